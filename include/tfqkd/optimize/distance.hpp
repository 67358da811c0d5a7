#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

// Fibre links whose length is asked for, one a row.
struct FibreLinks {
    const Protocol& protocol;
    Columns links;                                      // rows x link quantities; the losses are not used
    Eigen::ArrayXd attenuation;                         // rows [dB/km]
    double arm_difference_km = 0;                       // distance_a_km - distance_b_km
    std::vector<std::pair<std::string, double>> fixed;  // parameters that are not optimised
    int threads = 1;

    double shortest_km() const;                 // total distance where one arm has length 0
    double longest_km(Eigen::Index row) const;  // within the valid range of the losses
    // Of the rows in `which`, at total distances `distance_km`.
    Columns at(const std::vector<Eigen::Index>& which, const std::vector<double>& distance_km) const;
};

struct DistanceOptions {
    double resolution_km = 0.01;
    double step_km = 25;  // of the walk outwards that brackets the distance
    void validate() const;
};

// What became of a row. no_key: none at the shortest distance; beyond: key (or more than the bound) up to the
// end of the range; no_crossing: the rate never exceeds the bound.
enum class DistanceStatus { ok, no_key, beyond, no_crossing };
std::string_view distance_status_name(DistanceStatus status);

struct MaxDistances {
    Eigen::ArrayXd distance_km;  // the last one with a key, to the resolution; NaN where status is not ok
    Eigen::ArrayXd rate;         // there [bit per time window]
    std::vector<int> evaluations;
    std::vector<DistanceStatus> status;
};

// The last distance with a key: a walk outwards, then bracketing the end, all rows together; each rate is
// optimised from the nearest optimum known, on the walk and at the end from the protocol's start as well.
MaxDistances find_max_distance(const Search& search, const FibreLinks& fibres,
                               const DistanceOptions& options);

struct Crossings {
    Eigen::ArrayXd first_km, last_km;  // the smallest and the largest distance where the optimised rate
                                       // exceeds the bound, to the resolution; NaN where there is none
    std::vector<int> evaluations;
    std::vector<DistanceStatus> status;
};

// Where the optimised rate exceeds `bound`, a protocol without parameters such as "plob". Excesses that last
// for less than a step are found where the ratio to the bound has one maximum.
Crossings find_crossings(const Search& search, const FibreLinks& fibres, const Protocol& bound,
                         const DistanceOptions& options);

}  // namespace tfqkd
