#include "cli/command.hpp"

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::usage, message); }

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

Arguments Arguments::with(const std::string& flag, std::vector<std::string> values) const {
    Arguments changed = *this;
    changed.given_[flag] = std::move(values);
    return changed;
}

double Arguments::number(const std::string& flag, const Interval& allowed) const {
    const std::string value = text(flag);
    const auto number = parse_number(value);
    const std::string rule = ", must be a number in " + allowed.text();
    if (!number)
        refuse(flag + " = " + in_quotes(value) + rule +
               (value.find(',') != std::string::npos ? "; write a decimal point" : ""));
    if (!allowed.contains(*number)) refuse(flag + " = " + value + rule);
    return *number;
}

std::uint64_t Arguments::count(const std::string& flag, std::uint64_t lower, std::uint64_t upper) const {
    const std::string value = text(flag);
    const auto number = parse_count(value);
    if (!number || *number < lower || *number > upper)
        refuse(flag + " = " + in_quotes(value) + ", must be a whole number from " + std::to_string(lower) +
               " to " + std::to_string(upper));
    return *number;
}

std::vector<std::pair<std::string, double>> Arguments::settings(const std::string& flag) const {
    std::vector<std::pair<std::string, double>> settings;
    for (const std::string& one : all(flag)) {
        const std::size_t equals = one.find('=');
        const auto number = equals == std::string::npos ? std::nullopt : parse_number(one.substr(equals + 1));
        if (!number || equals == 0)
            refuse(flag + " = " + in_quotes(one) + ", must be NAME=VALUE with a number as value");
        const std::string name = one.substr(0, equals);
        for (const auto& [other, value] : settings)
            if (other == name) refuse(flag + " names " + in_quotes(name) + " twice; leave one");
        settings.emplace_back(name, *number);
    }
    return settings;
}

}  // namespace tfqkd::cli
