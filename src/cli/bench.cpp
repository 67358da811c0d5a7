#include "cli/bench.hpp"

#include <algorithm>
#include <ostream>
#include <sstream>

#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

const std::vector<Command>& bench_commands() {
    static const std::vector<Command> all{bench_rates_command(), bench_searches_command(),
                                          bench_serve_command()};
    return all;
}

// Help and errors are written for tfqkd; here they are of tfqkd-bench.
std::string renamed(std::string text) {
    for (const Command& command : bench_commands())
        for (std::size_t at = 0; (at = text.find("tfqkd " + command.name, at)) != std::string::npos; ++at)
            text.replace(at, 5, "tfqkd-bench");
    return text;
}

void print_bench_help(std::ostream& out) {
    out << "tfqkd-bench - measures tfqkd itself\n\nUsage: tfqkd-bench COMMAND [options]\n\nCommands:\n";
    for (const Command& command : bench_commands())
        out << "  " << command.name << std::string(12 - command.name.size(), ' ') << command.summary << "\n";
}

int dispatch(const std::vector<std::string>& words, Streams& streams) {
    const auto is_help = [](const std::string& word) { return word == "--help" || word == "-h"; };
    if (words.empty() || is_help(words[0])) {
        print_bench_help(words.empty() ? streams.err : streams.out);
        return words.empty() ? static_cast<int>(ErrorKind::usage) : 0;
    }
    for (const Command& command : bench_commands()) {
        if (command.name != words[0]) continue;
        const std::vector<std::string> rest(words.begin() + 1, words.end());
        if (std::none_of(rest.begin(), rest.end(), is_help))
            return command.run(parse(command, rest), streams);
        std::ostringstream help;
        print_help(command, rest, help);
        streams.out << renamed(help.str());
        return 0;
    }
    throw Error(ErrorKind::usage, "no command '" + words[0] + "'; see 'tfqkd-bench --help'");
}

}  // namespace

int run_bench(int argc, const char* const* argv, Streams streams) {
    try {
        return dispatch({argv + std::min(argc, 1), argv + argc}, streams);
    } catch (const Error& error) {
        streams.err << "tfqkd-bench: " << renamed(error.what()) << "\n";
        return static_cast<int>(error.kind());
    } catch (const std::exception& error) {
        streams.err << "tfqkd-bench: " << error.what() << "\n";
    }
    return 4;
}

}  // namespace tfqkd::cli
