#pragma once

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tfqkd/protocol/protocol.hpp"

// Reading the reference values under data/reference and laying them out as rows of links and points.
namespace reference {

using nlohmann::json;
using Named = std::map<std::string, double>;

inline json load(const std::string& name) {
    std::ifstream file(std::string(TFQKD_DATA_DIR) + "/reference/" + name);
    return json::parse(file);
}

// A JSON number, or a decimal in a string; 0 where it is below the range of double.
inline double number(const json& value) {
    return value.is_string() ? std::strtod(value.get_ref<const std::string&>().c_str(), nullptr)
                             : value.get<double>();
}

// Values in the order of `quantities`; start values for those that have no name in `named`.
inline std::vector<double> row(const std::vector<tfqkd::Quantity>& quantities, const Named& named) {
    std::vector<double> values;
    for (const tfqkd::Quantity& q : quantities) {
        const auto found = named.find(std::string(q.name));
        values.push_back(found == named.end() ? q.start : found->second);
    }
    return values;
}

// |value - expected| in units of `scale`.
inline double off(double value, double expected, double scale) {
    return value == expected ? 0 : std::abs(value - expected) / std::abs(scale);
}

inline Named notes(const tfqkd::Protocol& protocol, const std::vector<double>& link,
                   const std::vector<double>& point) {
    Named named;
    for (const tfqkd::Intermediate& note : protocol.explain(link, point)) named[note.name] = note.value;
    return named;
}

}  // namespace reference
