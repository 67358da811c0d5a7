#include <nlohmann/json.hpp>

#include "nn/json_matrix.hpp"

#include <cmath>

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

[[noreturn]] void refuse(const std::string& key, const std::string& rule) {
    throw Error(ErrorKind::data, "'" + key + "' " + rule);
}

double finite_number(const nlohmann::json& value, const std::string& key) {
    if (!value.is_number()) refuse(key, "must be a number");
    const double number = value.get<double>();
    if (!std::isfinite(number)) refuse(key, "must be finite");
    return number;
}

std::int64_t whole_number(const nlohmann::json& value, const std::string& key, std::int64_t lower,
                          std::int64_t upper) {
    const std::string rule =
        "must be a whole number from " + std::to_string(lower) + " to " + std::to_string(upper);
    if (!value.is_number_integer()) refuse(key, rule);
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(upper))
        refuse(key, rule);
    const auto number = value.get<std::int64_t>();
    if (number < lower || number > upper) refuse(key, rule);
    return number;
}

}  // namespace

nlohmann::json matrix_to_json(const Matrix& matrix, const std::string& what) {
    if (!matrix.allFinite())
        throw Error(ErrorKind::data, what + ": a number is not finite, so it is not saved");
    auto data = nlohmann::json::array();
    for (Eigen::Index row = 0; row < matrix.rows(); ++row)
        for (Eigen::Index col = 0; col < matrix.cols(); ++col) data.push_back(matrix(row, col));
    return {{"rows", matrix.rows()}, {"cols", matrix.cols()}, {"data", std::move(data)}};
}

const nlohmann::json& member(const nlohmann::json& object, const std::string& key) {
    if (!object.is_object() || !object.contains(key)) refuse(key, "is missing");
    return object.at(key);
}

Matrix matrix_member(const nlohmann::json& object, const std::string& key, Eigen::Index rows,
                     Eigen::Index cols) {
    constexpr std::int64_t largest = std::numeric_limits<int>::max();
    const auto& saved = member(object, key);
    const auto saved_rows = whole_number(member(saved, "rows"), key + ".rows", 1, largest);
    const auto saved_cols = whole_number(member(saved, "cols"), key + ".cols", 1, largest);
    const auto& data = member(saved, "data");
    if ((rows != any_size && saved_rows != rows) || (cols != any_size && saved_cols != cols))
        refuse(key, "has a shape that does not fit the rest");
    if (!data.is_array() || data.size() != static_cast<std::uint64_t>(saved_rows * saved_cols))
        refuse(key, "must hold rows x cols numbers");
    Matrix matrix(saved_rows, saved_cols);
    std::size_t next = 0;
    for (Eigen::Index row = 0; row < saved_rows; ++row)
        for (Eigen::Index col = 0; col < saved_cols; ++col)
            matrix(row, col) = finite_number(data[next++], key);
    return matrix;
}

double number_member(const nlohmann::json& object, const std::string& key, double lower, double upper) {
    const double number = finite_number(member(object, key), key);
    if (number < lower || number > upper) refuse(key, "is out of its range");
    return number;
}

int integer_member(const nlohmann::json& object, const std::string& key, int lower, int upper) {
    return static_cast<int>(whole_number(member(object, key), key, lower, upper));
}

std::string text_member(const nlohmann::json& object, const std::string& key) {
    const auto& value = member(object, key);
    if (!value.is_string()) refuse(key, "must be a string");
    return value.get<std::string>();
}

const nlohmann::json& array_member(const nlohmann::json& object, const std::string& key) {
    const nlohmann::json& value = member(object, key);
    if (!value.is_array()) refuse(key, "must be an array");
    return value;
}

void check_schema(const nlohmann::json& saved, const std::string& name, int version,
                  const std::string& what) {
    const std::string schema = text_member(saved, "schema");
    if (!schema.starts_with(name))
        throw Error(ErrorKind::data, "its schema is " + in_quotes(schema) + ", not " + name +
                                         std::to_string(version) + ": this is not " + what);
    const auto found = parse_count(std::string_view(schema).substr(name.size()));
    if (found && *found > static_cast<std::uint64_t>(version))
        throw Error(ErrorKind::data, "its schema is " + in_quotes(schema) +
                                         ": written by a newer tfqkd; this one reads up to version " +
                                         std::to_string(version));
    if (found != static_cast<std::uint64_t>(version))
        throw Error(ErrorKind::data, "its schema " + in_quotes(schema) + " is not known");
}

}  // namespace tfqkd
