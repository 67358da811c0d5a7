#include "optimize/distance_explorer.hpp"

#include <algorithm>
#include <cmath>

namespace tfqkd {

std::vector<double> DistanceExplorer::rates(const std::vector<Probe>& probes, bool fresh) {
    std::vector<double> best(probes.size(), no_value);
    if (probes.empty()) return best;
    std::vector<std::size_t> origin;  // the probe of each search row
    const Optima optima = search_.maximize(starts(probes, fresh, origin));
    for (std::size_t k = 0; k < origin.size(); ++k) {
        const auto [row, distance_km] = probes[origin[k]];
        const auto index = static_cast<Eigen::Index>(k);
        const double rate = optima.rate[index];
        evaluations_[static_cast<std::size_t>(row)] += optima.evaluations[k];
        if (rate > 0)
            known_[static_cast<std::size_t>(row)].push_back({distance_km, rate, optima.points.row(index)});
        if (rate > best[origin[k]]) best[origin[k]] = rate;
    }
    return best;
}

double DistanceExplorer::rate_at(const Probe& probe) const {
    const Known* known = nearest(probe);
    return known && known->distance_km == probe.distance_km ? known->rate : no_value;
}

// At equal distance the one with the higher rate.
const DistanceExplorer::Known* DistanceExplorer::nearest(const Probe& probe) const {
    const auto nearer = [&](const Known& a, const Known& b) {
        const double gap_a = std::abs(a.distance_km - probe.distance_km),
                     gap_b = std::abs(b.distance_km - probe.distance_km);
        return gap_a != gap_b ? gap_a < gap_b : a.rate > b.rate;
    };
    const auto& known = known_[static_cast<std::size_t>(probe.row)];
    const auto best = std::min_element(known.begin(), known.end(), nearer);
    return best == known.end() ? nullptr : &*best;
}

Objective DistanceExplorer::starts(const std::vector<Probe>& probes, bool fresh,
                                   std::vector<std::size_t>& origin) const {
    std::vector<const Known*> from;
    std::vector<Eigen::Index> rows;
    std::vector<double> distances;
    const auto add = [&](std::size_t k, const Known* start) {
        origin.push_back(k);
        from.push_back(start);
        rows.push_back(probes[k].row);
        distances.push_back(probes[k].distance_km);
    };
    for (std::size_t k = 0; k < probes.size(); ++k) {
        const Known* start = nearest(probes[k]);
        if (start) add(k, start);
        if (!start || fresh) add(k, nullptr);
    }
    Objective objective =
        make_objective(fibres_.protocol, fibres_.at(rows, distances), fibres_.fixed, fibres_.threads);
    for (std::size_t k = 0; k < from.size(); ++k)
        if (from[k]) objective.starts.row(static_cast<Eigen::Index>(k)) = from[k]->point;
    return objective;
}

}  // namespace tfqkd
