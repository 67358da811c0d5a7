#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

// How hard an audit looks for something better than what a search found.
struct AuditOptions {
    // Global searches, each from the protocol's start, with `evaluations` a row.
    std::vector<std::string> rivals = {"nlopt:GN_CRS2_LM", "nlopt:GN_DIRECT_L", "nlopt:GN_MLSL_LDS",
                                       "nlopt:GD_MLSL_LDS"};
    // Local searches from the best point that any search found, and from `restarts` points of a sample.
    std::vector<std::string> polishers = {"gradient", "nlopt:LN_SBPLX"};
    int evaluations = 20000;
    int restarts = 8;
    std::uint64_t seed = 1;
    void validate() const;
};

// What the audit found for each row. Rates below 0 count as 0.
struct Audit {
    Optima searched;           // by the search under audit
    Eigen::ArrayXd best_rate;  // the highest rate that any search found
    Columns best_points;       // where: rows x parameters
    std::vector<std::string> best_method;
    Eigen::ArrayXd ratio;  // searched over best; 1 where nobody finds a key
};

// Runs a search, named `method` in the result, and its rivals on every row of `objective`.
Audit audit_search(const Search& search, const std::string& method, const Objective& objective,
                   const AuditOptions& options);

// Of the ratios on links where some search finds a key.
struct AuditSummary {
    std::size_t links = 0, with_key = 0;
    std::size_t zeros = 0;  // links where only another search finds a key
    double minimum = 1, percentile_1 = 1, percentile_5 = 1, median = 1;
};
AuditSummary summarise(const Audit& audit);

// Rows by ratio, the worst first, at most `count`; rows whose search is beaten by no more than 1e-12 are left
// out.
std::vector<std::size_t> worst_rows(const Audit& audit, std::size_t count);

// `count` of `rows` rows, evenly spread, ascending.
std::vector<std::size_t> spread_rows(std::size_t rows, std::size_t count);

}  // namespace tfqkd
