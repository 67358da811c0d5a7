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
    // The better of this and what another search of the row came to; evaluations are those of both.
    void take_up(const Outcome& other) {
        const int both = evaluations + other.evaluations;
        if (other.merit > merit) *this = other;
        evaluations = both;
    }
};

// The searches row by row: outcomes hold the starts, and take the results. Evaluations are added to.
void local_search_rows(const Protocol& protocol, const Columns& links, const Space& space,
                       const SearchOptions& options, int threads, std::vector<Outcome>& outcomes);
void gradient_search_rows(const Protocol& protocol, const Columns& links, const Space& space,
                          const SearchOptions& options, int threads, std::vector<Outcome>& outcomes);

using Rows = std::vector<Eigen::Index>;
template <class Predicate>
Rows rows_where(const std::vector<Outcome>& outcomes, const Predicate& holds) {
    Rows rows;
    for (std::size_t row = 0; row < outcomes.size(); ++row)
        if (holds(outcomes[row])) rows.push_back(static_cast<Eigen::Index>(row));
    return rows;
}
template <class T>
std::vector<T> some_of(const std::vector<T>& all, const Rows& rows) {
    std::vector<T> some;
    for (const Eigen::Index row : rows) some.push_back(all[static_cast<std::size_t>(row)]);
    return some;
}
inline bool keyless(const Outcome& outcome) { return !has_key(outcome.merit); }

std::vector<Outcome> start_outcomes(const Objective& objective);

// Rates, slopes and statuses of the outcomes, by the full formula.
Optima gather(const Objective& objective, const Space& space, const std::vector<Outcome>& outcomes);

}  // namespace tfqkd
