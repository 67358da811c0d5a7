#include "protocol/registry.hpp"

#include <algorithm>
#include <deque>
#include <mutex>

#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

struct Entry {
    std::string_view name;
    std::unique_ptr<const Protocol> (*make)(const Choices&);
};

// All protocols. A new one is a line here and its maker in registry.hpp.
constexpr Entry entries[] = {
    {"sns-asymptotic", make_sns_asymptotic},
    {"sns-decoy", make_sns_decoy},
    {"sns-finite", make_sns_finite},
    {"aopp-asymptotic", make_aopp_asymptotic},
    {"aopp-decoy", make_aopp_decoy},
    {"aopp-finite", make_aopp_finite},
    {"aopp-finite-simple", make_aopp_finite_simple},
    {"cal-asymptotic", make_cal_asymptotic},
    {"cal-decoy", make_cal_decoy},
    {"cal-gaussian", make_cal_gaussian},
    {"cal-finite", make_cal_finite},
    {"npp-asymptotic", make_npp_asymptotic},
    {"pm-asymptotic", make_pm_asymptotic},
    {"pm-decoy", make_pm_decoy},
    {"tf-original", make_tf_original},
    {"plob", make_plob},
    {"repeater", make_repeater},
};

[[noreturn]] void refuse(const std::string& what, std::string_view typed,
                         const std::vector<std::string_view>& allowed) {
    std::string list;
    for (const std::string_view name : allowed) list += (list.empty() ? "" : ", ") + std::string(name);
    throw Error(ErrorKind::usage, "no " + what + " '" + std::string(typed) + "'" +
                                      did_you_mean(typed, allowed) + "; there are: " + list);
}

// "sources=asymmetric,error_correction=refined"
std::map<std::string, std::string> parse_choices(std::string_view text, std::string_view spec) {
    std::map<std::string, std::string> named;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        const std::string_view one = text.substr(0, end);
        const std::size_t equals = one.find('=');
        if (equals == std::string_view::npos || equals == 0)
            throw Error(ErrorKind::usage, "protocol '" + std::string(spec) + "': '" + std::string(one) +
                                              "' is not OPTION=CHOICE, as in sns-finite:sources=asymmetric");
        if (!named.emplace(one.substr(0, equals), one.substr(equals + 1)).second)
            throw Error(ErrorKind::usage, "protocol '" + std::string(spec) + "' names the option '" +
                                              std::string(one.substr(0, equals)) + "' twice");
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return named;
}

}  // namespace

std::string_view permanent(const std::string& text) {
    static std::mutex mutex;
    static std::deque<std::string> texts;
    const std::lock_guard lock(mutex);
    const auto known = std::find(texts.begin(), texts.end(), text);
    return known != texts.end() ? *known : texts.emplace_back(text);
}

void add_uses(std::vector<bool>& uses, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) {
        const auto found = std::find_if(link_quantities().begin(), link_quantities().end(),
                                        [&](const Quantity& q) { return q.name == name; });
        uses.at(static_cast<std::size_t>(found - link_quantities().begin())) = true;
    }
}

std::vector<bool> link_uses(std::initializer_list<std::string_view> names) {
    std::vector<bool> uses(link_quantities().size(), false);
    add_uses(uses, names);
    return uses;
}

std::string Choices::get(const std::string& option, const std::string& fallback) const {
    const auto named = named_.find(option);
    return named == named_.end() ? fallback : named->second;
}

ProtocolInfo Choices::check(ProtocolInfo info) const {
    std::vector<std::string_view> names;
    for (const ProtocolOption& option : info.options) names.push_back(option.name);
    for (const auto& [name, choice] : named_)
        if (std::find(names.begin(), names.end(), name) == names.end())
            refuse(info.name + " option", name, names);
    for (const ProtocolOption& option : info.options) {
        const std::string choice = get(option.name, option.choices.front());
        if (std::find(option.choices.begin(), option.choices.end(), choice) == option.choices.end())
            refuse(option.name + " choice", choice, {option.choices.begin(), option.choices.end()});
        info.chosen[option.name] = choice;
    }
    return info;
}

std::string ProtocolInfo::spec() const {
    std::string text = name;
    for (const ProtocolOption& option : options)
        if (const std::string& choice = chosen.at(option.name); choice != option.choices.front())
            text += (text.size() == name.size() ? ":" : ",") + option.name + "=" + choice;
    return text;
}

int ProtocolInfo::parameter(std::string_view parameter_name) const {
    std::vector<std::string_view> names;
    for (const Quantity& q : parameters) names.push_back(q.name);
    const auto found = std::find(names.begin(), names.end(), parameter_name);
    if (found == names.end()) refuse("parameter of " + spec(), parameter_name, names);
    return static_cast<int>(found - names.begin());
}

std::vector<std::string_view> protocol_names() {
    std::vector<std::string_view> names;
    for (const Entry& entry : entries) names.push_back(entry.name);
    return names;
}

std::unique_ptr<const Protocol> make_protocol(std::string_view spec) {
    const std::size_t colon = std::min(spec.find(':'), spec.size());
    const std::string_view name = spec.substr(0, colon);
    for (const Entry& entry : entries)
        if (entry.name == name)
            return entry.make(Choices(parse_choices(spec.substr(std::min(colon + 1, spec.size())), spec)));
    refuse("protocol", name, protocol_names());
}

}  // namespace tfqkd
