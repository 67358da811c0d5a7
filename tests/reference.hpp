#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tfqkd/protocol/protocol.hpp"

// Points of data/reference, and protocols evaluated at named values.
namespace tfqkd::test {

inline nlohmann::json reference_points(const std::string& file) {
    const auto path =
        std::filesystem::path(__FILE__).parent_path().parent_path() / "data" / "reference" / file;
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot read " + path.string());
    return nlohmann::json::parse(in).at("points");
}

inline double number(const nlohmann::json& value) { return std::stod(value.get<std::string>()); }

// Values by name; the order of a protocol's columns is filled in from them, else from the start values.
using Values = std::map<std::string, double>;

inline std::vector<double> row(const std::vector<Quantity>& quantities, const Values& values) {
    std::vector<double> numbers;
    for (const Quantity& q : quantities) {
        const auto found = values.find(std::string(q.name));
        numbers.push_back(found == values.end() ? q.start : found->second);
    }
    return numbers;
}

inline std::map<std::string, double> explained(const Protocol& protocol, const std::vector<double>& link,
                                               const std::vector<double>& point) {
    std::map<std::string, double> notes;
    for (const Intermediate& i : protocol.explain(link, point)) notes[i.name] = i.value;
    return notes;
}

}  // namespace tfqkd::test
