#include "cli/completions.hpp"

#include <algorithm>

#include "cli/command.hpp"

namespace tfqkd::cli {

namespace {

bool names_file(const Option& option) {
    return option.value == "FILE" || option.value == "PATH" || option.value == "FOLDER";
}

std::string spaced(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
    return line;
}

// One line without what a shell would read in single quotes or in the brackets of zsh.
std::string plain(std::string text) {
    for (char& letter : text)
        if (letter == '\'' || letter == '[' || letter == ']' || letter == ':' || letter == '\n')
            letter = letter == '[' ? '(' : letter == ']' ? ')' : letter == ':' ? ',' : ' ';
    return text;
}

}  // namespace

std::string bash_completion() {
    std::string commands_of_all, flags, values;
    for (const Command& command : commands()) {
        commands_of_all += (commands_of_all.empty() ? "" : " ") + command.name;
        std::string line = "--help";
        for (const Option& option : all_options(command, {})) {
            line += " " + option.flag;
            const std::string place = command.name + " " + option.flag;
            if (!option.choices.empty())
                values += "        '" + place + "') offered='" + spaced(option.choices) + "' ;;\n";
            else if (names_file(option))
                values += "        '" + place + "') return ;;\n";
            else if (!option.value.empty())
                values += "        '" + place + "') compopt +o default; return ;;\n";
        }
        flags += "            " + command.name + ") offered='" + line + "' ;;\n";
    }
    return "# Completion of tfqkd for bash; made by 'tfqkd manual bash'.\n"
           "_tfqkd() {\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} offered=\n"
           "    COMPREPLY=()\n"
           "    if [[ $COMP_CWORD -eq 1 ]]; then\n"
           "        COMPREPLY=($(compgen -W '" +
           commands_of_all +
           " --help --version' -- \"$word\"))\n"
           "        return\n"
           "    fi\n"
           "    case \"${COMP_WORDS[1]} $before\" in\n" +
           values +
           "    esac\n"
           "    if [[ -z $offered && $word == -* ]]; then\n"
           "        case ${COMP_WORDS[1]} in\n" +
           flags +
           "        esac\n"
           "    fi\n"
           "    [[ -n $offered ]] && COMPREPLY=($(compgen -W \"$offered\" -- \"$word\"))\n"
           "}\n"
           "complete -o default -F _tfqkd tfqkd\n";
}

std::string zsh_completion() {
    std::string listed, cases;
    for (const Command& command : commands()) {
        listed += "        '" + command.name + ":" + plain(command.summary) + "'\n";
        cases += "        " + command.name + ")\n            _arguments";
        for (const Option& option : all_options(command, {})) {
            cases += " \\\n                '" + std::string(option.many ? "*" : "") + option.flag + "[" +
                     plain(option.help) + "]";
            if (!option.choices.empty())
                cases += ":" + option.value + ":(" + spaced(option.choices) + ")";
            else if (!option.value.empty())
                cases += ":" + plain(option.value) + ":" + (names_file(option) ? "_files" : " ");
            cases += "'";
        }
        cases += " \\\n                '*:file:_files' ;;\n";
    }
    return "#compdef tfqkd\n# Completion of tfqkd for zsh; made by 'tfqkd manual zsh'.\n"
           "_tfqkd() {\n    local -a commands=(\n" +
           listed +
           "    )\n    if (( CURRENT == 2 )); then\n        _describe command commands\n        return\n    "
           "fi\n"
           "    local command=$words[2]\n    shift words\n    (( CURRENT-- ))\n    case $command in\n" +
           cases + "    esac\n}\n_tfqkd \"$@\"\n";
}

std::string fish_completion() {
    std::string text = "# Completion of tfqkd for fish; made by 'tfqkd manual fish'.\n";
    for (const Command& command : commands())
        text += "complete -c tfqkd -n __fish_use_subcommand -f -a " + command.name + " -d '" +
                plain(command.summary) + "'\n";
    for (const Command& command : commands())
        for (const Option& option : all_options(command, {})) {
            text += "complete -c tfqkd -n '__fish_seen_subcommand_from " + command.name + "' -l " +
                    option.flag.substr(2);
            if (!option.letter.empty()) text += " -s " + option.letter.substr(1);
            if (!option.value.empty()) text += names_file(option) ? " -r -F" : " -x";
            if (!option.choices.empty()) text += " -a '" + spaced(option.choices) + "'";
            text += " -d '" + plain(option.help) + "'\n";
        }
    return text;
}

}  // namespace tfqkd::cli
