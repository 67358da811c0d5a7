#include "cli/command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

using Given = std::map<std::string, std::vector<std::string>>;

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::usage, message); }

std::vector<std::string_view> flags_of(const std::vector<Option>& options) {
    std::vector<std::string_view> flags;
    for (const Option& option : options) flags.push_back(option.flag);
    return flags;
}

// CLI11 only takes the words apart; every value stays text, because its own readers of numbers accept too
// much.
Given take_apart(const Command& command, const std::vector<Option>& options, std::vector<std::string> words) {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    Given texts;
    std::map<std::string, int> switches;
    std::vector<std::string> operands;
    for (const Option& option : options) {
        const std::string names = option.letter.empty() ? option.flag : option.letter + "," + option.flag;
        if (option.value.empty())
            app.add_flag(names, switches[option.flag]);
        else
            app.add_option(names, texts[option.flag])
                ->expected(1)
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
                ->allow_extra_args(false);
    }
    std::reverse(words.begin(), words.end());
    try {
        app.parse(words);
    } catch (const CLI::ParseError& error) {
        refuse(error.what() + std::string("; see 'tfqkd ") + command.name + " --help'");
    }
    for (const std::string& word : app.remaining()) {
        if (word.starts_with("-") && word != "-") {
            const std::string flag = word.substr(0, word.find('='));
            refuse("no flag '" + flag + "' in 'tfqkd " + command.name + "'" +
                   did_you_mean(flag, flags_of(options)) + "; see 'tfqkd " + command.name + " --help'");
        }
        operands.push_back(word);
    }
    const std::size_t most = command.operand.empty() ? 0 : 1;
    if (operands.size() > most)
        refuse("unexpected word '" + operands[most] + "'; flags begin with --, see 'tfqkd " + command.name +
               " --help'");
    Given given;
    if (!operands.empty()) given[""] = operands;
    for (const Option& option : options) {
        if (option.value.empty() && switches[option.flag] > 0) given[option.flag] = {"true"};
        if (const auto& values = texts[option.flag]; !values.empty()) {
            if (values.size() > 1 && !option.many) refuse(option.flag + " is given twice");
            given[option.flag] = values;
        }
    }
    return given;
}

std::string json_text(const nlohmann::json& value, const std::string& key, const std::string& file) {
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "true" : "";
    if (value.is_number()) return value.dump();
    throw Error(ErrorKind::data,
                file + ": '" + key + "' must be text, a number, true, false or a list of these");
}

// {"seed": 7, "fix": ["signal_intensity=0.4"]}: keys are flags without the dashes.
void add_config(Given& given, const std::vector<Option>& options, const std::string& file) {
    std::ifstream in(file);
    if (!in) throw Error(ErrorKind::io, file + ": can't be opened for reading");
    nlohmann::json config;
    try {
        config = nlohmann::json::parse(in);
    } catch (const nlohmann::json::exception& error) {
        throw Error(ErrorKind::data, file + ": not JSON: " + error.what());
    }
    if (!config.is_object())
        throw Error(ErrorKind::data,
                    file + ": must be one JSON object of flags without their dashes, as in {\"seed\": 7}");
    for (const auto& [key, value] : config.items()) {
        const auto option = std::find_if(options.begin(), options.end(),
                                         [&](const Option& o) { return o.flag == "--" + key; });
        if (option == options.end())
            throw Error(ErrorKind::data,
                        file + ": unknown key '" + key + "'" + did_you_mean("--" + key, flags_of(options)));
        if (given.contains(option->flag)) continue;
        std::vector<std::string> texts;
        for (const auto& one : value.is_array() ? value : nlohmann::json::array({value}))
            texts.push_back(json_text(one, key, file));
        if (texts.size() > 1 && !option->many)
            throw Error(ErrorKind::data, file + ": '" + key + "' takes one value");
        std::erase(texts, "");
        if (!texts.empty()) given[option->flag] = texts;
    }
}

void add_environment(Given& given, const std::vector<Option>& options) {
    for (const Option& option : options) {
        if (given.contains(option.flag)) continue;
        std::string name = "TFQKD_" + option.flag.substr(2);
        std::transform(name.begin(), name.end(), name.begin(),
                       [](char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
        if (const char* text = std::getenv(name.c_str()); text && *text) given[option.flag] = {text};
    }
}

// Breaks a text into lines of at most `width`, the first one after what stands there already.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width) {
    std::string result;
    std::size_t column = indent;
    std::istringstream words(text);
    for (std::string word; words >> word;) {
        if (column > indent && column + 1 + word.size() > width) {
            result += "\n" + std::string(indent, ' ');
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

std::string Arguments::text(const std::string& flag) const {
    if (const auto found = given_.find(flag); found != given_.end()) return found->second.back();
    for (const Option& option : options_)
        if (option.flag == flag) return option.fallback;
    return "";
}

std::vector<std::string> Arguments::all(const std::string& flag) const {
    const auto found = given_.find(flag);
    return found == given_.end() ? std::vector<std::string>{} : found->second;
}

double Arguments::number(const std::string& flag, const Interval& allowed) const {
    const std::string value = text(flag);
    const auto number = parse_number(value);
    const std::string rule = ", must be a number in " + allowed.text();
    if (!number)
        refuse(flag + " = '" + value + "'" + rule +
               (value.find(',') != std::string::npos ? "; write a decimal point" : ""));
    if (!allowed.contains(*number)) refuse(flag + " = " + value + rule);
    return *number;
}

std::uint64_t Arguments::count(const std::string& flag, std::uint64_t lower, std::uint64_t upper) const {
    const std::string value = text(flag);
    const auto number = parse_count(value);
    if (!number || *number < lower || *number > upper)
        refuse(flag + " = '" + value + "', must be a whole number from " + std::to_string(lower) + " to " +
               std::to_string(upper));
    return *number;
}

std::vector<std::pair<std::string, double>> Arguments::settings(const std::string& flag) const {
    std::vector<std::pair<std::string, double>> settings;
    for (const std::string& one : all(flag)) {
        const std::size_t equals = one.find('=');
        const auto number = equals == std::string::npos ? std::nullopt : parse_number(one.substr(equals + 1));
        if (!number || equals == 0)
            refuse(flag + " = '" + one + "', must be NAME=VALUE with a number as value");
        settings.emplace_back(one.substr(0, equals), *number);
    }
    return settings;
}

std::string flag_of(std::string_view name) {
    std::string flag = "--" + std::string(name);
    std::replace(flag.begin(), flag.end(), '_', '-');
    return flag;
}

std::string protocol_in(const std::vector<std::string>& words, const std::string& fallback) {
    std::string protocol = fallback;
    if (const char* text = std::getenv("TFQKD_PROTOCOL"); text && *text) protocol = text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--protocol" && i + 1 < words.size()) protocol = words[i + 1];
        if (words[i].starts_with("--protocol=")) protocol = words[i].substr(11);
    }
    return protocol;
}

Arguments parse(const Command& command, const std::vector<std::string>& words) {
    std::vector<Option> options = command.options(words);
    options.push_back({"--config", "FILE", "",
                       "JSON object of flags, used where neither flag nor environment says otherwise",
                       "General"});
    Given given = take_apart(command, options, words);
    add_environment(given, options);
    if (given.contains("--config")) add_config(given, options, given["--config"].back());
    return {std::move(options), std::move(given)};
}

void print_help(const Command& command, const std::vector<Option>& options, std::ostream& out) {
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
        out << "  " << example.command << "\n      " << wrapped(example.meaning, 6, help_width) << "\n";
}

void print_help(std::ostream& out) {
    out << "tfqkd - key rates, optimal parameters and networks for twin-field quantum key distribution\n\n"
           "Usage: tfqkd COMMAND [options]\n\nCommands:\n";
    for (const Command& command : commands())
        out << "  " << command.name << std::string(12 - command.name.size(), ' ') << command.summary << "\n";
    out << "\n  --version   version, build and libraries; --format json for programs\n"
           "  --help      this text; 'tfqkd COMMAND --help' for a command\n\n"
           "Data go to standard output, talk to standard error. Exit codes: 0 ok, 1 a gate failed, 2 usage,\n"
           "3 bad data or model, 4 input/output or resources, 130 interrupted.\n";
}

}  // namespace tfqkd::cli
