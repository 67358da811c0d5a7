#include "cli/command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"
#include "tfqkd/table/text_file.hpp"

namespace tfqkd::cli {

namespace {

using Given = std::map<std::string, std::vector<std::string>>;

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::usage, message); }

std::vector<std::string_view> flags_of(const std::vector<Option>& options) {
    std::vector<std::string_view> flags;
    for (const Option& option : options) flags.push_back(option.flag);
    return flags;
}

std::string see_help(const std::string& command) { return "; see 'tfqkd " + command + " --help'"; }

const Option* find_option(const std::vector<Option>& options, std::string_view flag) {
    const auto found =
        std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.flag == flag; });
    return found == options.end() ? nullptr : &*found;
}

// What CLI11 could not take apart: a flag without its value, or a value for a switch.
[[noreturn]] void refuse_words(const std::string& command, const std::vector<Option>& options,
                               const std::string& message) {
    std::string flag = message.substr(0, message.find_first_of(": "));
    if (!flag.starts_with("-")) flag = "--" + flag;
    const Option* option = find_option(options, flag);
    if (option && option->value.empty()) refuse(option->flag + " is a switch and takes no value");
    if (option) refuse(option->flag + " needs a value, " + option->value + ": " + option->help);
    refuse(message + see_help(command));
}

// The words that no flag took: operands, and no flag.
std::vector<std::string> operands_of(const Command& command, const std::vector<Option>& options,
                                     const std::vector<std::string>& words) {
    std::vector<std::string> operands;
    for (const std::string& word : words) {
        if (word.starts_with("-") && word != "-") {
            const std::string flag = word.substr(0, word.find('='));
            refuse("no flag " + in_quotes(flag) + " in 'tfqkd " + command.name + "'" +
                   did_you_mean(flag, flags_of(options)) + see_help(command.name));
        }
        operands.push_back(word);
    }
    const std::string& shown = command.operand;
    const auto one_each = static_cast<std::size_t>(std::count(shown.begin(), shown.end(), ' ')) + 1;
    const std::size_t most = shown.empty()                            ? 0
                             : shown.find("...") != std::string::npos ? words.size()
                                                                      : one_each;
    if (operands.size() > most)
        refuse("unexpected word " + in_quotes(operands[most]) +
               "; each value belongs behind a flag that begins with --" + see_help(command.name));
    return operands;
}

// A value that is another flag or nothing (as from an unset variable of the shell) is one that was forgotten.
void check_given(const Option& option, const std::string& value, const std::vector<Option>& options) {
    const std::string needs = "needs a value, " + option.value + ": " + option.help;
    if (value.empty()) refuse(option.flag + " = '' is empty; it " + needs);
    for (const Option& other : options)
        if (value == other.flag || value == other.letter)
            refuse(option.flag + " is followed by " + value + "; it " + needs);
}

// CLI11 only takes the words apart; every value stays the text that was typed, because its own readers of
// numbers accept too much and give brackets a meaning.
Given take_apart(const Command& command, const std::vector<Option>& options, std::vector<std::string> words) {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    std::vector<CLI::Option*> parsed;
    for (const Option& option : options) {
        const std::string names = option.letter.empty() ? option.flag : option.letter + "," + option.flag;
        if (option.value.empty())
            parsed.push_back(app.add_flag(names)->disable_flag_override());
        else
            parsed.push_back(app.add_option(names)
                                 ->expected(1)
                                 ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
                                 ->allow_extra_args(false));
    }
    std::reverse(words.begin(), words.end());
    try {
        app.parse(words);
    } catch (const CLI::ParseError& error) {
        refuse_words(command.name, options, error.what());
    }
    Given given;
    for (std::size_t k = 0; k < options.size(); ++k) {
        const Option& option = options[k];
        const std::vector<std::string> values = parsed[k]->results();
        if (values.empty()) continue;
        if (option.value.empty()) {
            given[option.flag] = {"true"};
            continue;
        }
        if (values.size() > 1 && !option.many) refuse(option.flag + " is given twice; leave one");
        for (const std::string& value : values) check_given(option, value, options);
        given[option.flag] = values;
    }
    if (const auto operands = operands_of(command, options, app.remaining()); !operands.empty())
        given[""] = operands;
    return given;
}

std::string text_of(const nlohmann::json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

// The texts that a key of --config stands for; none for a switch that is off.
std::vector<std::string> config_values(const Option& option, const nlohmann::json& value,
                                       const std::string& where) {
    if (option.value.empty()) {
        if (!value.is_boolean()) throw Error(ErrorKind::data, where + " must be true or false");
        return value.get<bool>() ? std::vector<std::string>{"true"} : std::vector<std::string>{};
    }
    if (value.is_array() && !option.many)
        throw Error(ErrorKind::data, where + " takes one value, not a list");
    std::vector<std::string> texts;
    for (const auto& one : value.is_array() ? value : nlohmann::json::array({value})) {
        if ((!one.is_string() && !one.is_number()) || text_of(one).empty())
            throw Error(ErrorKind::data, where + " must be a text or a number" +
                                             (option.many ? ", or a list of these" : "") + ": " +
                                             option.value);
        texts.push_back(text_of(one));
    }
    return texts;
}

// The JSON object in a file; mistakes are said with file and line.
nlohmann::json read_config(const std::string& file) {
    using Event = nlohmann::json::parse_event_t;
    const std::string text = read_text_file(file), example = "as in {\"seed\": 7}";
    std::vector<std::string> keys;
    const auto check = [&](int depth, Event event, const nlohmann::json& value) {
        if (depth > 2) throw Error(ErrorKind::data, file + ": nested too deep for an object of flags");
        if (depth != 1 || event != Event::key) return true;
        const auto key = value.get<std::string>();
        if (std::find(keys.begin(), keys.end(), key) != keys.end())
            throw Error(ErrorKind::data, file + ": the key " + in_quotes(key) + " is there twice; leave one");
        keys.push_back(key);
        return true;
    };
    nlohmann::json config;
    try {
        config = nlohmann::json::parse(text, check);
    } catch (const nlohmann::json::parse_error& error) {
        throw Error(ErrorKind::data, place_in_text(file, text, error.byte) +
                                         ": not valid JSON; write an object of flags without their dashes, " +
                                         example);
    } catch (const nlohmann::json::exception&) {
        throw Error(ErrorKind::data, file + ": a number is too large");
    }
    if (!config.is_object())
        throw Error(ErrorKind::data,
                    file + ": must be one JSON object of flags without their dashes, " + example);
    return config;
}

// {"seed": 7, "fix": ["signal_intensity=0.4"]}: keys are flags without the dashes.
void add_config(Given& given, const std::vector<Option>& options, const nlohmann::json& config,
                const std::string& file) {
    for (const auto& [key, value] : config.items()) {
        const Option* option = key == "config" ? nullptr : find_option(options, "--" + key);
        if (!option) {
            std::vector<std::string_view> names = flags_of(options);
            for (std::string_view& name : names) name.remove_prefix(2);
            throw Error(ErrorKind::data, file + ": unknown key " + in_quotes(key) + did_you_mean(key, names) +
                                             "; keys are this command's flags without their dashes");
        }
        const std::vector<std::string> texts = config_values(*option, value, file + ": " + in_quotes(key));
        if (!given.contains(option->flag) && !texts.empty()) given[option->flag] = texts;
    }
}

std::string variable_of(const std::string& flag) {
    std::string name = "TFQKD_" + flag.substr(2);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    return name;
}

// A switch in the environment is 1 or 0, so that TFQKD_FORCE=0 never means force.
void add_environment(Given& given, const std::vector<Option>& options) {
    for (const Option& option : options) {
        const std::string name = variable_of(option.flag);
        const char* text = std::getenv(name.c_str());
        if (given.contains(option.flag) || !text || !*text) continue;
        const std::string_view value = text;
        if (!option.value.empty()) {
            given[option.flag] = {text};
        } else if (value == "1" || value == "true") {
            given[option.flag] = {"true"};
        } else if (value != "0" && value != "false") {
            refuse("the environment variable " + name + " = " + in_quotes(value) + ", must be 0 or 1");
        }
    }
}

}  // namespace

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

std::vector<Option> all_options(const Command& command, const std::vector<std::string>& words) {
    std::vector<Option> options = command.options(words);
    options.push_back({"--config", "FILE", "",
                       "JSON object of flags, used where neither flag nor environment says otherwise",
                       "General", false, "", false});
    return options;
}

Arguments parse(const Command& command, const std::vector<std::string>& words) {
    std::vector<Option> options = all_options(command, words);
    Given given = take_apart(command, options, words);
    add_environment(given, options);
    if (given.contains("--config")) {
        const std::string file = given["--config"].back();
        const nlohmann::json config = read_config(file);
        // Some flags depend on the protocol, which the file may name.
        if (!given.contains("--protocol") && config.contains("protocol") && config["protocol"].is_string())
            options = all_options(command, {"--protocol", config["protocol"].get<std::string>()});
        add_config(given, options, config, file);
    }
    return {command.name, std::move(options), std::move(given)};
}

}  // namespace tfqkd::cli
