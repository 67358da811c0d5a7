#include <algorithm>
#include <ostream>

#include "cli/command.hpp"
#include "cli/words.hpp"

namespace tfqkd::cli {

namespace {

constexpr std::size_t help_width = 100;

void print_option(const Option& option, std::ostream& out) {
    constexpr std::size_t indent = 38;
    std::string head = "  " + (option.letter.empty() ? "" : option.letter + ", ") + option.flag +
                       (option.value.empty() ? "" : " " + option.value);
    head +=
        head.size() + 1 < indent ? std::string(indent - head.size(), ' ') : "\n" + std::string(indent, ' ');
    std::string text = option.help;
    if (!option.fallback.empty()) text += " [" + option.fallback + "]";
    out << head << wrapped(text, indent, help_width) << "\n";
}

}  // namespace

std::vector<std::string> option_groups(const std::vector<Option>& options) {
    std::vector<std::string> groups;
    for (const Option& option : options)
        if (std::find(groups.begin(), groups.end(), option.group) == groups.end())
            groups.push_back(option.group);
    return groups;
}

std::string usage_line(const Command& command) {
    return "tfqkd " + command.name + " [options]" + (command.operand.empty() ? "" : " " + command.operand);
}

void print_help(const Command& command, const std::vector<std::string>& words, std::ostream& out) {
    const std::vector<Option> options = all_options(command, words);
    out << "tfqkd " << command.name << " - " << command.summary << "\n\nUsage: " << usage_line(command)
        << "\n\n"
        << wrapped(command.description, 0, help_width) << "\n";
    for (const std::string& group : option_groups(options)) {
        out << "\n" << group << ":\n";
        for (const Option& option : options)
            if (option.group == group) print_option(option, out);
    }
    out << "\nExamples:\n";
    for (const Example& example : command.examples)
        out << "  " << wrapped(example.command, 4, help_width, " \\") << "\n      "
            << wrapped(example.meaning, 6, help_width) << "\n";
}

void print_help(std::ostream& out) {
    out << "tfqkd - key rates, optimal parameters and networks for twin-field quantum key distribution\n\n"
           "Usage: tfqkd COMMAND [options]\n\nCommands:\n";
    for (const Command& command : commands())
        out << "  " << command.name << std::string(12 - command.name.size(), ' ') << command.summary << "\n";
    out << "\n  --version   version, build and libraries; --format json for programs\n"
           "  --help      this text; 'tfqkd COMMAND --help' for a command\n\n"
           "A flag that is not given can stand in the environment, as TFQKD_THREADS=4, or in a --config "
           "file.\n"
           "Data go to standard output, talk to standard error. Exit codes: 0 ok, 1 a gate failed, 2 usage,\n"
           "3 bad data or model, 4 input/output or resources, 130 interrupted.\n";
}

}  // namespace tfqkd::cli
