#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tfqkd/learn/model.hpp"
#include "tfqkd/optimize/search.hpp"
#include "tfqkd/report/accuracy.hpp"
#include "tfqkd/table/table.hpp"

namespace tfqkd {

// Seconds a link, over several passes that take turns with those of the other methods.
struct Timing {
    double minimum = 0, median = 0;
};

// One way of choosing parameters, measured on held-out links.
struct BenchmarkRow {
    std::string method;
    Accuracy accuracy;
    std::optional<Timing> single;  // one link after another, as a controller would ask
    Timing batch;                  // all links at once
};

struct BenchmarkOptions {
    int passes = 7;
    std::size_t single_links = 1000;  // links that are asked for one by one in each pass
    std::size_t search_links = 256;   // links that are optimised in each pass; 0: no search is timed
    std::string method = "lsa";
    SearchOptions search;
    void validate() const;
};

// Compares the search, the models and the plain rivals on held-out optima, on one core. With `train`, the
// rows that the models learned from: best fixed parameters, the nearest row, and degree-5 polynomial ridge.
std::vector<BenchmarkRow> run_benchmark(const TrainingRows& held_out,
                                        const std::vector<std::pair<std::string, Model>>& models,
                                        const TrainingRows* train, const BenchmarkOptions& options);

// The rows as a table, times in microseconds a link and as a multiple of the first row's batch time.
Table benchmark_table(const std::vector<BenchmarkRow>& rows);

}  // namespace tfqkd
