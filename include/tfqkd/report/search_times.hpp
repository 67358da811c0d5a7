#pragma once

#include <string>
#include <vector>

#include "tfqkd/optimize/search.hpp"
#include "tfqkd/protocol/protocol.hpp"
#include "tfqkd/report/accuracy.hpp"
#include "tfqkd/report/timing.hpp"
#include "tfqkd/table/table.hpp"

namespace tfqkd {

// How long one search takes, and how good its optima are.
struct SearchTimes {
    std::string method;
    Timing seconds;          // a link, processor time of one core
    std::size_t passes = 0;  // that were timed
    double evaluations = 0;  // a link, on average
    Eigen::Index links = 0;  // the first ones of the input
    Accuracy quality;        // against the best of all searches
};

// Optima that another program found for the first links.
struct OtherSearch {
    std::string method;
    Columns points;      // links x parameters
    double seconds = 0;  // a link
    double evaluations = 0;
};

struct SearchTimesOptions {
    std::vector<std::string> methods = search_methods();
    int passes = 5;
    Eigen::Index nlopt_links = 200;  // NLopt's methods are slower, and take only the first links
    double seconds_a_pass = 20;      // a method whose first pass took longer is not timed again
    SearchOptions search;
    void validate() const;
};

// Optimises `links` by each method, on one core; the passes of all methods take turns. The rates of other
// programs' optima are computed here, by the same formula.
std::vector<SearchTimes> time_searches(const Protocol& protocol, const Columns& links,
                                       const std::vector<OtherSearch>& others,
                                       const SearchTimesOptions& options);

// In microseconds a link.
Table search_times_table(const std::vector<SearchTimes>& rows);

// Rows of {method, a column for each parameter, us_per_link, evaluations}, link by link for each method.
std::vector<OtherSearch> read_other_searches(const Table& table, const Protocol& protocol);

}  // namespace tfqkd
