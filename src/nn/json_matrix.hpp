#pragma once

#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

constexpr int any_size = -1;

// {"rows", "cols", "data": row by row}. Throws Error (data) when a number is not finite.
nlohmann::json matrix_to_json(const Matrix& matrix, const std::string& what);

// The members of a saved object. Each throws Error (data) when it is missing, of another type, out of range,
// or of another shape. A matrix is never larger than the text that it came from.
const nlohmann::json& member(const nlohmann::json& object, const std::string& key);
Matrix matrix_member(const nlohmann::json& object, const std::string& key, Eigen::Index rows = any_size,
                     Eigen::Index cols = any_size);
double number_member(const nlohmann::json& object, const std::string& key,
                     double lower = -std::numeric_limits<double>::max(),
                     double upper = std::numeric_limits<double>::max());
int integer_member(const nlohmann::json& object, const std::string& key, int lower, int upper);
std::string text_member(const nlohmann::json& object, const std::string& key);
const nlohmann::json& array_member(const nlohmann::json& object, const std::string& key);

// Checks the member "schema", such as "tfqkd.model/1". `name`: its part up to the version; `what` a file of
// that schema is, as in "a model file". Throws Error (data), for a newer version too.
void check_schema(const nlohmann::json& saved, const std::string& name, int version, const std::string& what);

}  // namespace tfqkd
