#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tfqkd/learn/model.hpp"
#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

// Held-out optima under a name, such as "off-grid".
struct TestSet {
    std::string name;
    TrainingRows optima;
};

// What one way of choosing parameters came to on one test set.
struct MethodResult {
    std::size_t set = 0;  // its number
    std::string method;
    Columns points;                // rows x parameters
    Eigen::ArrayXd rate;           // of each link, by the full formula; may be negative
    std::vector<int> evaluations;  // of each link, for what searches; empty for what does not
    std::vector<char> flagged;     // links that the model itself calls outside or sparse; empty without one
    // Processor time a link [s], a number for each timed pass, on the first test set of a protocol: one link
    // after another as a controller would ask, and all at once.
    std::vector<double> single_s, batch_s;
};

struct Benchmark {
    std::vector<TestSet> sets;
    // Of each set, the links that lie outside the trained range of any model: they are no measure of a
    // network, and are reported apart.
    std::vector<std::vector<char>> outside;
    std::vector<MethodResult> results;  // set by set, method by method
};

struct BenchmarkOptions {
    int passes = 7;                   // 0: nothing is timed
    std::size_t single_links = 1000;  // links that are asked for one by one in each pass
    std::size_t batch_links = 2000;   // links that are chosen for at once in each pass
    std::size_t search_links = 256;   // of these, links that a search is timed on
    std::vector<std::string> methods{"lsa"};
    SearchOptions search;
    Precision precision = Precision::double_precision;  // of models asked for many links at once
    int threads = 1;                                    // for what is not timed
    void validate() const;
};

// Compares searches, models and plain rivals on held-out optima, all of them on the same links; timed on one
// core, in passes that take turns. `train`, where there is any: the rows that the models learned from, for
// the rivals: degree-5 polynomial ridge, a look-up table of equal size, the nearest row, and the best fixed
// parameters. Throws Error (data) for a model or rows that belong to no test set.
Benchmark run_benchmark(std::vector<TestSet> sets, const std::vector<std::pair<std::string, Model>>& models,
                        const TrainingRows* train, const BenchmarkOptions& options);

}  // namespace tfqkd
