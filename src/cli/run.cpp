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
                "no command " + in_quotes(name) + did_you_mean(name, names) + "; see 'tfqkd --help'");
}

bool is_help(const std::string& word) { return word == "--help" || word == "-h"; }

int version(const std::vector<std::string>& words, std::ostream& out) {
    const std::vector<std::string> rest(words.begin() + 1, words.end());
    const bool json = rest == std::vector<std::string>{"--format", "json"} ||
                      rest == std::vector<std::string>{"--format=json"};
    if (!rest.empty() && !json)
        throw Error(ErrorKind::usage,
                    "after --version: " + in_quotes(rest.back()) + "; only --format json may follow");
    print_version(json, out);
    return 0;
}

int dispatch(const std::vector<std::string>& words, Streams& streams) {
    if (words.empty()) {
        print_help(streams.err);
        return static_cast<int>(ErrorKind::usage);
    }
    if (words[0] == "--version") return version(words, streams.out);
    const bool asks = words[0] == "help" || is_help(words[0]);
    if (asks && words.size() == 1) {
        print_help(streams.out);
        return 0;
    }
    const Command& command = find_command(words[asks ? 1 : 0]);
    const std::vector<std::string> rest(words.begin() + (asks ? 2 : 1), words.end());
    if (asks || std::any_of(rest.begin(), rest.end(), is_help)) {
        print_help(command, rest, streams.out);
        return 0;
    }
    const Arguments arguments = parse(command, rest);
    if (arguments.has("--threads")) threads(arguments);  // a mistake is one even where threads are of no use
    return command.run(arguments, streams);
}

}  // namespace

const std::vector<Command>& commands() {
    static const std::vector<Command> all{
        protocols_command(), rate_command(),   optimize_command(), compare_command(),   generate_command(),
        merge_command(),     train_command(),  predict_command(),  benchmark_command(), export_command(),
        serve_command(),     plot_command(),   report_command(),   convert_command(),   rerun_command(),
        diff_command(),      doctor_command(), manual_command()};
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
