#include "cli/manual_pages.hpp"

#include <algorithm>
#include <sstream>

#include "cli/version.hpp"

namespace tfqkd::cli {

namespace {

// Text as troff shows it: hyphens as in the shell, nothing at a line's start taken for a request.
std::string troff(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '\\')
            result += "\\e";
        else if (letter == '-')
            result += "\\-";
        else
            result += letter;
    }
    return result.starts_with(".") || result.starts_with("'") ? "\\&" + result : result;
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char letter) { return letter >= 'a' && letter <= 'z' ? char(letter - 32) : letter; });
    return text;
}

std::string man_head(const std::string& name, const std::string& summary) {
    return ".TH " + upper(name) + " 1 \"\" \"tfqkd " + version_number() + "\" \"User Commands\"\n.SH NAME\n" +
           troff(name) + " \\- " + troff(summary) + "\n";
}

std::string man_option(const Option& option) {
    std::string text = ".TP\n";
    if (!option.letter.empty()) text += "\\fB" + troff(option.letter) + "\\fR, ";
    text += "\\fB" + troff(option.flag) + "\\fR";
    if (!option.value.empty()) text += " \\fI" + troff(option.value) + "\\fR";
    text += "\n" + troff(option.help);
    if (!option.fallback.empty()) text += " [" + troff(option.fallback) + "]";
    return text + "\n";
}

constexpr const char* exit_codes =
    ".SH EXIT STATUS\n0 ok, 1 a gate failed, 2 usage, 3 bad data or model, 4 input/output or resources, 130 "
    "interrupted.\n";

// As a cell of a table of Markdown.
std::string markdown_cell(const std::string& text) {
    std::string result;
    for (const char letter : text) {
        if (letter == '|' || letter == '<' || letter == '*' || letter == '_') result += '\\';
        result += letter;
    }
    return result;
}

}  // namespace

std::string man_page() {
    std::string text = man_head(
        "tfqkd", "key rates, optimal parameters and networks for twin-field quantum key distribution");
    text += ".SH SYNOPSIS\n\\fBtfqkd\\fR \\fICOMMAND\\fR [options]\n.SH COMMANDS\n";
    for (const Command& command : commands())
        text += ".TP\n\\fBtfqkd\\-" + troff(command.name) + "\\fR(1)\n" + troff(command.summary) + "\n";
    return text +
           ".SH ENVIRONMENT\nA flag that is not given can stand in the environment: TFQKD_THREADS=4 for "
           "\\-\\-threads 4. TFQKD_MODEL_DIR is a folder with models that are found by name.\n" +
           exit_codes;
}

std::string man_page(const Command& command) {
    const std::vector<Option> options = all_options(command, {});
    std::string text = man_head("tfqkd-" + command.name, command.summary);
    text += ".SH SYNOPSIS\n\\fB" + troff(usage_line(command)) + "\\fR\n.SH DESCRIPTION\n" +
            troff(command.description) + "\n.SH OPTIONS\n";
    for (const std::string& group : option_groups(options)) {
        text += ".SS " + troff(group) + "\n";
        for (const Option& option : options)
            if (option.group == group) text += man_option(option);
    }
    text += ".SH EXAMPLES\n";
    for (const Example& example : command.examples)
        text += ".TP\n" + troff(example.command) + "\n" + troff(example.meaning) + "\n";
    return text + exit_codes + ".SH SEE ALSO\n\\fBtfqkd\\fR(1)\n";
}

std::string markdown_reference() {
    std::ostringstream out;
    out << "# Commands of tfqkd\n\nWhat `tfqkd COMMAND --help` says, on one page; made by `tfqkd manual "
           "markdown`.\n\n";
    for (const Command& command : commands())
        out << "- [`" << command.name << "`](#tfqkd-" << command.name << "): " << command.summary << "\n";
    for (const Command& command : commands()) {
        const std::vector<Option> options = all_options(command, {});
        out << "\n## tfqkd " << command.name << "\n\n    " << usage_line(command) << "\n\n"
            << markdown_cell(command.description) << "\n";
        for (const std::string& group : option_groups(options)) {
            out << "\n| " << group << " | | default |\n|---|---|---|\n";
            for (const Option& option : options)
                if (option.group == group)
                    out << "| `" << (option.letter.empty() ? "" : option.letter + ", ") << option.flag
                        << (option.value.empty() ? "" : " " + option.value) << "` | "
                        << markdown_cell(option.help) << " | " << markdown_cell(option.fallback) << " |\n";
        }
        out << "\n";
        for (const Example& example : command.examples)
            out << "    # " << example.meaning << "\n    " << example.command << "\n";
    }
    return out.str();
}

}  // namespace tfqkd::cli
