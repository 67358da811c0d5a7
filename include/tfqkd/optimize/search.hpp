#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tfqkd/protocol/protocol.hpp"

namespace tfqkd {

// Why a search ended on a row.
// stalled: no further gain along any step, at a kink or at the limit of double precision.
enum class Stop { converged, stalled, evaluation_limit, failed };
std::string_view stop_name(Stop stop);

// Which search found a row's optimum.
enum class SearchMethod { lsa, gradient, nlopt };
std::string_view method_name(SearchMethod method);

// What is known of a row's key rate.
enum class RowStatus { ok, zero, failed };
std::string_view status_name(RowStatus status);

// What a search is to do: one row, one link.
struct Objective {
    const Protocol& protocol;
    Columns links;           // rows x link quantities
    Columns starts;          // rows x parameters; parameters that are not free keep these values
    std::vector<bool> free;  // which parameters may move
    int threads = 1;
};

// Every row from the protocol's start point, every optimised parameter free, except those in `fixed`
// (parameter name, value). Throws Error (usage) for an unknown name or a value out of range.
Objective make_task(const Protocol& protocol, Columns links,
                    const std::vector<std::pair<std::string, double>>& fixed, int threads);
// The same, and throws Error (usage) when nothing is left to optimise, with the reason.
Objective make_objective(const Protocol& protocol, Columns links,
                         const std::vector<std::pair<std::string, double>>& fixed, int threads);

// One optimum a row.
struct Optima {
    Columns points;                  // rows x parameters, within their search ranges
    Eigen::ArrayXd rate;             // signed key rate [bit per time window]
    Eigen::ArrayXd projected_slope;  // largest |d ln R / d coordinate| that a free parameter could still
                                     // follow; NaN where R <= 0
    std::vector<int> evaluations;
    std::vector<Stop> stop;
    std::vector<SearchMethod> method;
    std::vector<RowStatus> status;
};

// The starts as if they were optima, for an objective in which nothing is free.
Optima evaluate(const Objective& objective);

// Finds for each row the parameters with the highest key rate. A row's result depends on its link and start
// alone: not on the other rows, their order or the number of threads.
class Search {
  public:
    virtual ~Search() = default;
    virtual Optima maximize(const Objective& objective) const = 0;
};

// "auto", "gradient", "lsa", or "nlopt:NAME" for any NLopt algorithm that works without further settings,
// such as nlopt:LN_BOBYQA or nlopt:LD_LBFGS. Throws Error (usage) that names the nearest method.
struct SearchOptions {
    int most_evaluations = 20000;   // a row, all restarts together
    double tolerance = 1e-8;        // relative gain in rate below which a sweep counts as quiet
    double slope_tolerance = 1e-6;  // largest |d ln R / d parameter| x range that gradient search leaves
    int restarts = 2;               // where no key was found: followed from less loss, then from samples
    std::uint64_t seed = 1;
    void validate() const;
};
std::unique_ptr<Search> make_search(std::string_view method, const SearchOptions& options);
std::vector<std::string> search_methods();

}  // namespace tfqkd
