#include "tfqkd/dataset/run_line.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "tfqkd/error.hpp"
#include "tfqkd/table/content_hash.hpp"

namespace tfqkd {

namespace {

std::string quoted_word(std::string_view word) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=,+%@{}";
    if (!word.empty() && word.find_first_not_of(plain) == std::string_view::npos) return std::string(word);
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? "'\\''" : std::string(1, c);
    return text + "'";
}

// What quoted_word made, and anything else without a crash.
std::vector<std::string> split_words(std::string_view line) {
    std::vector<std::string> words;
    bool in_word = false, quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == ' ' && !quoted) {
            in_word = false;
            continue;
        }
        if (!in_word) words.emplace_back();
        in_word = true;
        if (c == '\'') {
            quoted = !quoted;
        } else if (c == '\\' && !quoted && i + 1 < line.size()) {
            words.back() += line[++i];
        } else {
            words.back() += c;
        }
    }
    return words;
}

// The values of each flag; what stands before the first flag by its place.
std::map<std::string, std::string> settings_of(std::string_view line) {
    std::map<std::string, std::string> settings;
    std::string flag;
    std::size_t place = 0;
    constexpr std::string_view places[] = {"the program", "its version", "the command", "the operand"};
    for (const std::string& word : split_words(line)) {
        if (word.starts_with("--")) {
            flag = word;
            settings.try_emplace(flag);
            continue;
        }
        std::string& value =
            settings[flag.empty() ? std::string(places[std::min<std::size_t>(place++, 3)]) : flag];
        value += (value.empty() ? "" : " ") + word;
    }
    return settings;
}

}  // namespace

std::string join_words(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + quoted_word(word);
    return line;
}

std::string run_id(std::string_view run_line) { return hash_text(run_line); }

std::string run_difference(std::string_view run_a, std::string_view run_b, const std::string& name_a,
                           const std::string& name_b) {
    const auto a = settings_of(run_a), b = settings_of(run_b);
    std::set<std::string> names;
    for (const auto* settings : {&a, &b})
        for (const auto& [name, value] : *settings) names.insert(name);
    const auto shown = [](const auto& settings, const std::string& name) -> std::string {
        const auto found = settings.find(name);
        if (found == settings.end()) return "not set";
        return found->second.empty() ? "set" : in_quotes(found->second);
    };
    std::string text;
    for (const std::string& name : names) {
        const std::string in_a = shown(a, name), in_b = shown(b, name);
        if (in_a == in_b) continue;
        text += (text.empty() ? "" : "; ") + name + " is " + in_a + " in " + name_a + ", " + in_b + " in " +
                name_b;
    }
    return text;
}

}  // namespace tfqkd
