#pragma once

#include "optimize/space.hpp"

namespace tfqkd {

constexpr double merit_of_no_key = 0;
inline bool has_key(double merit) { return merit > merit_of_no_key; }

// What a search leaves for one row: its start at first, then the best point so far.
struct Outcome {
    std::vector<double> point;
    double merit = -1e300;
    int evaluations = 0;
    Stop stop = Stop::converged;
    SearchMethod method = SearchMethod::lsa;  // that found the point

    void take(const std::vector<double>& candidate, double value) {
        if (value <= merit) return;
        merit = value;
        point = candidate;
    }
};

// The searches row by row: outcomes hold the starts, and take the results. Evaluations are added to.
void local_search_rows(const Protocol& protocol, const Columns& links, const Space& space,
                       const SearchOptions& options, int threads, std::vector<Outcome>& outcomes);
void gradient_search_rows(const Protocol& protocol, const Columns& links, const Space& space,
                          const SearchOptions& options, int threads, std::vector<Outcome>& outcomes);

std::vector<Outcome> start_outcomes(const Objective& objective);

// Rates, slopes and statuses of the outcomes, by the full formula.
Optima gather(const Objective& objective, const Space& space, const std::vector<Outcome>& outcomes);

}  // namespace tfqkd
