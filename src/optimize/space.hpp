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
        for (const auto& start : protocol.info().more_starts) {
            more_starts_.emplace_back();
            std::vector<std::pair<std::size_t, double>> of_a, of_b;
            for (const auto& [name, value] : start)
                for (const Axis& axis : axes_) {
                    const auto& q = parameters[axis.parameter].name;
                    if (q == name || q == name + "_a" || q == name + "_b")
                        more_starts_.back().emplace_back(axis.parameter, value);
                    if (q == name + "_a") of_a.emplace_back(axis.parameter, value);
                    if (q == name + "_b") of_b.emplace_back(axis.parameter, value);
                }
            if (of_a.empty()) hops_.push_back(more_starts_.back());
            for (auto& one : {of_a, of_b})
                if (!one.empty()) hops_.push_back(one);
        }
    }

    std::span<const Axis> axes() const { return axes_; }
    std::size_t size() const { return axes_.size(); }

    // How many starts there are besides a row's own, and the row's start with number `k` of them laid over
    // it.
    std::size_t more_starts() const { return more_starts_.size(); }
    std::vector<double> other_start(std::vector<double> point, std::size_t k) const {
        return laid_over(std::move(point), more_starts_[k]);
    }

    // Where each user has parameters of their own the best may lie where the two choose differently: the
    // k-th hop lays one user's part of a further start over a point.
    std::size_t hops() const { return hops_.size(); }
    std::vector<double> hop(std::vector<double> point, std::size_t k) const {
        return laid_over(std::move(point), hops_[k]);
    }

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
    using Values = std::vector<std::pair<std::size_t, double>>;  // parameters and their values
    static std::vector<double> laid_over(std::vector<double> point, const Values& values) {
        for (const auto& [parameter, value] : values) point[parameter] = value;
        return point;
    }

    std::vector<Axis> axes_;
    std::vector<Values> more_starts_, hops_;
};

// Where the attempts of one row begin: attempt 0 at its start, the next ones at the protocol's further
// starts, and those after, which are for rows without a key, at the best of a low-discrepancy sample, each
// from its own part of the series.
class Starts {
  public:
    Starts(const Space& space, std::vector<double> point, std::uint64_t seed, std::size_t samples)
        : space_(space), point_(std::move(point)), seed_(seed), samples_(samples) {}

    // Attempts that every row makes.
    std::size_t certain() const { return 1 + space_.more_starts(); }
    std::size_t candidates(std::size_t attempt) const { return attempt < certain() ? 1 : samples_; }
    // A candidate, as all parameters' values.
    std::vector<double> candidate(std::size_t attempt, std::size_t k) const {
        if (attempt == 0) return point_;
        if (attempt < certain()) return space_.other_start(point_, attempt - 1);
        std::vector<double> point = point_;
        const std::vector<double> x = space_.sample(seed_, k + samples_ * (attempt - certain()));
        for (std::size_t d = 0; d < x.size(); ++d)
            point[space_.axes()[d].parameter] = space_.axes()[d].value(x[d]);
        return point;
    }

  private:
    const Space& space_;
    std::vector<double> point_;
    std::uint64_t seed_;
    std::size_t samples_;
};

}  // namespace tfqkd
