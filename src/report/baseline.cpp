#include "tfqkd/report/baseline.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>

#include "nn/json_matrix.hpp"
#include "table/shallow_json.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/content_hash.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

using nlohmann::json;
const std::string schema_name = "tfqkd.baseline/";
constexpr int schema_version = 1, deepest = 8;

// What tells one set of links from another: their quantities, to ten digits.
std::string hash_of(const TrainingRows& rows) {
    std::string text;
    for (Eigen::Index row = 0; row < rows.links.rows(); ++row)
        for (const double value : rows.links.row(row)) text += format_number(value, 10) + ",";
    return hash_text(text);
}

// Numbers of an array; JSON has no infinite ones, but some that overflow.
std::vector<double> numbers_member(const json& object, const std::string& key, double lower) {
    std::vector<double> numbers;
    for (const json& cell : array_member(object, key)) {
        if (!cell.is_number() || !std::isfinite(cell.get<double>()) || cell.get<double>() < lower)
            throw Error(ErrorKind::data, "'" + key + "' holds " + cell.dump() + ", which is no such number");
        numbers.push_back(cell.get<double>());
    }
    return numbers;
}

BaselineCase read_case(const json& saved) {
    BaselineCase one{text_member(saved, "test_set"), text_member(saved, "method"), {}, {}, {}, {}};
    one.rate = numbers_member(saved, "rate", -1e300);
    for (const double count : numbers_member(saved, "evaluations", 0)) {
        if (count > 1e9 || count != std::floor(count))
            throw Error(ErrorKind::data, "'evaluations' holds a number that is no count");
        one.evaluations.push_back(static_cast<int>(count));
    }
    one.single_s = numbers_member(saved, "single_s", 0);
    one.batch_s = numbers_member(saved, "batch_s", 0);
    if (!one.evaluations.empty() && one.evaluations.size() != one.rate.size())
        throw Error(ErrorKind::data,
                    "'evaluations' of " + in_quotes(one.method) + " has not as many entries as 'rate'");
    return one;
}

Baseline read(const json& saved) {
    if (!saved.is_object()) throw Error(ErrorKind::data, "it is not a JSON object");
    check_schema(saved, schema_name, schema_version, "a baseline");
    Baseline baseline;
    for (const json& set : array_member(saved, "test_sets"))
        baseline.sets.push_back(
            {text_member(set, "name"), text_member(set, "protocol"), text_member(set, "links")});
    for (const json& one : array_member(saved, "cases")) baseline.cases.push_back(read_case(one));
    return baseline;
}

}  // namespace

Baseline baseline_of(const Benchmark& benchmark) {
    Baseline baseline;
    for (const TestSet& set : benchmark.sets)
        baseline.sets.push_back({set.name, set.optima.protocol, hash_of(set.optima)});
    for (const MethodResult& result : benchmark.results)
        baseline.cases.push_back({benchmark.sets[result.set].name,
                                  result.method,
                                  {result.rate.begin(), result.rate.end()},
                                  result.evaluations,
                                  result.single_s,
                                  result.batch_s});
    return baseline;
}

void write_baseline(std::ostream& out, const Baseline& baseline) {
    json sets = json::array(), cases = json::array();
    for (const Baseline::Set& set : baseline.sets)
        sets.push_back({{"name", set.name}, {"protocol", set.protocol}, {"links", set.links}});
    for (const BaselineCase& one : baseline.cases)
        cases.push_back({{"test_set", one.test_set},
                         {"method", one.method},
                         {"rate", one.rate},
                         {"evaluations", one.evaluations},
                         {"single_s", one.single_s},
                         {"batch_s", one.batch_s}});
    const json saved = {
        {"schema", schema_name + std::to_string(schema_version)}, {"test_sets", sets}, {"cases", cases}};
    out << saved.dump(1) << '\n';
}

Baseline read_baseline(const std::string& text, const std::string& source) {
    try {
        return read(parse_shallow(text, deepest));
    } catch (const Error& error) {
        throw Error(error.kind(), source + ": " + error.what());
    } catch (const json::exception& error) {
        throw Error(ErrorKind::data, source + ": it is not JSON: " + std::string(error.what()));
    }
}

}  // namespace tfqkd
