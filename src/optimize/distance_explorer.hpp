#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "tfqkd/optimize/distance.hpp"

namespace tfqkd {

constexpr double no_value = -std::numeric_limits<double>::infinity();

// A row and a distance at which its optimised rate is wanted.
struct Probe {
    Eigen::Index row;
    double distance_km;
};

// Optimises rows at distances, all of a call in one search, and remembers every optimum with a key: the
// nearest one is where the next search of that row starts.
class DistanceExplorer {
  public:
    DistanceExplorer(const Search& search, const FibreLinks& fibres)
        : search_(search),
          fibres_(fibres),
          known_(static_cast<std::size_t>(fibres.links.rows())),
          evaluations_(known_.size(), 0) {}

    // Signed rates. With `fresh`, also from the protocol's start, and the better one counts.
    std::vector<double> rates(const std::vector<Probe>& probes, bool fresh);
    // The best rate known at a distance that was asked for.
    double rate_at(const Probe& probe) const;
    const std::vector<int>& evaluations() const { return evaluations_; }

  private:
    struct Known {
        double distance_km, rate;
        Eigen::ArrayXXd point;  // 1 x parameters
    };
    const Known* nearest(const Probe& probe) const;
    Objective starts(const std::vector<Probe>& probes, bool fresh, std::vector<std::size_t>& origin) const;

    const Search& search_;
    const FibreLinks& fibres_;
    std::vector<std::vector<Known>> known_;
    std::vector<int> evaluations_;
};

}  // namespace tfqkd
