#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "tfqkd/math/random.hpp"
#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

// What searches maximise, from a score: 100 + ln(rate) where there is a key, else the score itself. It is
// monotone, and on its scale equal steps are equal relative gains. NaN counts as the worst.
inline double merit(double score) {
    if (score > 0) return 100 + std::log(score);
    return score <= 0 ? std::max(score, -1e6) : -1e6;
}

// The free parameters' box, each axis on its parameter's own scale.
class Space {
  public:
    struct Axis {
        std::size_t parameter;
        Scale scale;
        double lower, upper;              // coordinates
        double value_lower, value_upper;  // parameter values
        double width() const { return upper - lower; }
        double value(double coordinate) const {
            return std::clamp(from_scale(scale, coordinate), value_lower, value_upper);
        }
        double coordinate(double v) const { return std::clamp(to_scale(scale, v), lower, upper); }
    };

    Space(const Protocol& protocol, const std::vector<bool>& free) {
        const auto& parameters = protocol.info().parameters;
        for (std::size_t k = 0; k < parameters.size(); ++k) {
            const Quantity& q = parameters[k];
            if (!free[k]) continue;
            axes_.push_back({k, q.scale, to_scale(q.scale, q.search.lower), to_scale(q.scale, q.search.upper),
                             q.search.lower, q.search.upper});
        }
    }

    std::span<const Axis> axes() const { return axes_; }
    std::size_t size() const { return axes_.size(); }

    // The k-th of a low-discrepancy series of points in the box (Kronecker series with the generalised golden
    // ratio, shifted by a function of the seed).
    std::vector<double> sample(std::uint64_t seed, std::uint64_t k) const {
        double phi = 2;
        for (int i = 0; i < 60; ++i) phi = std::pow(1 + phi, 1.0 / (static_cast<double>(size()) + 1));
        std::vector<double> x(size());
        for (std::size_t d = 0; d < size(); ++d) {
            const double shift = uniform(seed, Purpose::restart, 0, d);
            const double u = shift + static_cast<double>(k + 1) * std::pow(phi, -static_cast<double>(d + 1));
            x[d] = axes_[d].lower + (u - std::floor(u)) * axes_[d].width();
        }
        return x;
    }

  private:
    std::vector<Axis> axes_;
};

}  // namespace tfqkd
