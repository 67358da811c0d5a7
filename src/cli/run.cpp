#include "cli/run.hpp"

#include <algorithm>
#include <new>
#include <ostream>

#include "cli/subcommands.hpp"
#include "cli/version.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

constexpr int internal_failure = 4;

const Command& find_command(const std::string& name) {
    std::vector<std::string_view> names;
    for (const Command& command : commands()) {
        if (command.name == name) return command;
        names.push_back(command.name);
    }
    throw Error(ErrorKind::usage,
                "no command '" + name + "'" + did_you_mean(name, names) + "; see 'tfqkd --help'");
}

int dispatch(const std::vector<std::string>& words, Streams& streams) {
    const auto asks = [&](const char* a, const char* b) {
        return std::any_of(words.begin(), words.end(), [&](const auto& w) { return w == a || w == b; });
    };
    if (words.empty()) {
        print_help(streams.err);
        return static_cast<int>(ErrorKind::usage);
    }
    if (words[0] == "--version") {
        print_version(words.size() > 1 && words.back() == "json", streams.out);
        return 0;
    }
    if (words[0] == "--help" || words[0] == "-h" || words[0] == "help") {
        print_help(streams.out);
        return 0;
    }
    const Command& command = find_command(words[0]);
    const std::vector<std::string> rest(words.begin() + 1, words.end());
    if (asks("--help", "-h")) {
        print_help(command, command.options(rest), streams.out);
        return 0;
    }
    return command.run(parse(command, rest), streams);
}

}  // namespace

const std::vector<Command>& commands() {
    static const std::vector<Command> all{protocols_command(), rate_command(),     optimize_command(),
                                          compare_command(),   generate_command(), train_command(),
                                          predict_command(),   benchmark_command()};
    return all;
}

int run(int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err) {
    Streams streams{in, out, err};
    try {
        const int code = dispatch({argv + std::min(argc, 1), argv + argc}, streams);
        out.flush();
        if (!out) throw Error(ErrorKind::io, "standard output can't be written");
        return code;
    } catch (const Error& error) {
        err << "tfqkd: " << error.what() << "\n";
        return static_cast<int>(error.kind());
    } catch (const std::bad_alloc&) {
        err << "tfqkd: out of memory\n";
    } catch (const std::exception& error) {
        err << "tfqkd: " << error.what() << "\n";
    }
    return internal_failure;
}

}  // namespace tfqkd::cli
