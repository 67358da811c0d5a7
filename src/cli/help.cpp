#include <algorithm>
#include <ostream>
#include <sstream>

#include "cli/command.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

// The next word, or several that belong on one line: an interval, or in a command a flag with its value.
bool take_unit(std::istringstream& words, std::string& unit, bool command) {
    if (!(words >> unit)) return false;
    const bool interval = unit.size() > 2 && unit.back() == ',' && (unit[0] == '[' || unit[0] == '(') &&
                          parse_number(std::string_view(unit).substr(1, unit.size() - 2));
    std::string rest;
    if ((interval || (command && unit.starts_with("--"))) && words >> rest) unit += " " + rest;
    return true;
}

// Breaks a text into lines of at most `width`, the first one after what stands there already; each line but
// the last ends with `line_end`.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width,
                    const std::string& line_end = "") {
    std::string result;
    std::size_t column = indent;
    std::istringstream words(text);
    for (std::string word; take_unit(words, word, !line_end.empty());) {
        if (column > indent && column + 1 + word.size() + line_end.size() > width) {
            result += line_end + "\n" + std::string(indent, ' ');
            column = indent;
        }
        if (column > indent) result += ' ', ++column;
        result += word;
        column += word.size();
    }
    return result;
}

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

void print_help(const Command& command, const std::vector<std::string>& words, std::ostream& out) {
    const std::vector<Option> options = all_options(command, words);
    out << "tfqkd " << command.name << " - " << command.summary << "\n\nUsage: tfqkd " << command.name
        << " [options]" << (command.operand.empty() ? "" : " " + command.operand) << "\n\n"
        << wrapped(command.description, 0, help_width) << "\n";
    std::vector<std::string> groups;
    for (const Option& option : options)
        if (std::find(groups.begin(), groups.end(), option.group) == groups.end())
            groups.push_back(option.group);
    for (const std::string& group : groups) {
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
