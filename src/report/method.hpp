#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tfqkd/report/benchmark.hpp"

namespace tfqkd {

// Parameters for links, and what is known about them; see MethodResult.
struct Choice {
    Columns points;
    std::vector<int> evaluations;
    std::vector<char> outside, flagged;
};

// A way of choosing parameters for links of one protocol: for many at once, and for one.
struct Method {
    std::string name, protocol;
    std::function<Choice(const Columns& links, int threads)> all;
    std::function<void(std::span<const double> link, std::span<double> point)> one;
    bool searches = false, knows_range = false;  // knows_range: says which links are outside
    // The parameters alone, where all() finds out more: what is timed.
    std::function<void(const Columns& links)> batch = {};
};

// All ways that a benchmark compares. Throws Error (data) for a test set without rows, and for a model or
// rows that belong to no test set.
std::vector<Method> methods_for(const std::vector<TestSet>& sets,
                                const std::vector<std::pair<std::string, Model>>& models,
                                const TrainingRows* train, const BenchmarkOptions& options);

// Marks the links that a model calls outside.
void add_outside(const Choice& choice, std::vector<char>& outside);

// What a method chooses on a test set, by the full formula; `outside` gains what a model calls so.
MethodResult judge(const Method& method, std::size_t number, const TestSet& set, int threads,
                   std::vector<char>& outside);

inline Columns one_row(std::span<const double> link) {
    return Eigen::Map<const Eigen::RowVectorXd>(link.data(), static_cast<Eigen::Index>(link.size()));
}

}  // namespace tfqkd
