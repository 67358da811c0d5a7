#pragma once

#include "protocol/cal_functionals.hpp"

// Upper bounds on yields from decoys: products of one functional of each user. CAL physics,
// sections 4.2, 4.3.
namespace tfqkd {

constexpr std::array<std::array<std::size_t, 2>, 9> cal_bounded_pairs{
    {{0, 0}, {0, 2}, {2, 0}, {2, 2}, {1, 1}, {1, 3}, {3, 1}, {0, 4}, {4, 0}}};

// One number for each of the pairs above, by photon numbers.
template <class T>
struct CalPairs {
    std::array<std::array<T, cal_targets>, cal_targets> of;
};

// The functional applied to numbers that belong to the decoys.
template <class T, std::size_t decoys>
T cal_over_decoys(const CalFunctional& f, const std::array<T, decoys>& size,
                  const std::array<T, decoys>& numbers) {
    T sum = size[f.at[0]] * numbers[f.at[0]];
    for (std::size_t i = 1; i < f.points; ++i) {
        const T term = size[f.at[i]] * numbers[f.at[i]];
        sum = i % 2 == 1 ? sum - term : sum + term;
    }
    return sum;
}

// What the negative photon numbers of a functional may hide when no yield exceeds 1.
template <class T>
struct CalSlack {
    T plus, minus;  // sums of |weight of n|/n! over positive and negative n
};

template <CalBound bound, class T, std::size_t decoys, std::size_t count>
auto cal_slacks(const std::array<CalWeights<T, decoys>, count>& weights, const std::array<T, decoys>& mu) {
    static constexpr auto functionals = cal_functionals<bound, static_cast<int>(decoys)>();
    std::array<CalSlack<T>, bound == CalBound::kp5 ? count : 1> slacks;
    if constexpr (bound == CalBound::kp5) {
        std::array<T, decoys> rest;
        for (std::size_t k = 0; k < decoys; ++k) rest[k] = cal_exponential_rest(mu[k]);
        for (std::size_t i = 0; i < count; ++i) {
            const CalFunctional& f = functionals[i];
            slacks[i] = {T(0.0), T(0.0)};
            for (std::size_t n = 0; n < cal_photons; ++n) {
                T& side = f.negative(n) ? slacks[i].minus : slacks[i].plus;
                if (!f.kills(n)) side = side + weights[i].photons[n] * (1.0 / cal_factorials[n]);
            }
            slacks[i].plus = slacks[i].plus + cal_over_decoys(f, weights[i].size, rest);
        }
    }
    return slacks;
}

// The smallest bound of each yield. `sums(i, j)` = {upper, lower} bound of what functionals i of Alice and j
// of Bob make of exp(mu + nu) Q(mu, nu). `weakest`: the smaller one of both users' weakest intensities.
template <CalBound bound, class T, std::size_t decoys, std::size_t count, std::size_t slack_count, class Sums>
CalPairs<T> cal_smallest_bounds(const std::array<CalWeights<T, decoys>, count>& a,
                                const std::array<CalWeights<T, decoys>, count>& b,
                                const std::array<CalSlack<T>, slack_count>& slack_a,
                                const std::array<CalSlack<T>, slack_count>& slack_b, T weakest, Sums& sums) {
    static constexpr auto functionals = cal_functionals<bound, static_cast<int>(decoys)>();
    const T no_light = where_greater(weakest, T(1e-12), T(0.0), T(1e300));
    CalPairs<T> bounds;
    for (const auto& [p, q] : cal_bounded_pairs) bounds.of[p][q] = T(1e300);
    for (std::size_t i = 0; i < count; ++i) {
        sums.row(i);
        for (std::size_t j = 0; j < count; ++j) {
            const CalFunctional &f = functionals[i], &g = functionals[j];
            const auto [upper, lower] = sums(j);
            T positive = upper, negative = -lower;
            if constexpr (bound == CalBound::kp5) {
                const CalSlack<T>&s = slack_a[i], &t = slack_b[j];
                positive = positive + (s.plus * t.minus + s.minus * t.plus);
                negative = negative + (s.plus * t.plus + s.minus * t.minus);
            }
            for (const auto& [p, q] : cal_bounded_pairs) {
                if (!f.targets(p, decoys) || !g.targets(q, decoys)) continue;
                const T& whole = f.negative(p) == g.negative(q) ? positive : negative;
                T found = whole * (a[i].over[p] * b[j].over[q]);
                if (f.needs_light(p, decoys) || g.needs_light(q, decoys)) found = found + no_light;
                bounds.of[p][q] = min(bounds.of[p][q], found);
            }
        }
    }
    return bounds;
}

// Sums from bounds `lower` and `upper` of each exp(mu_k + nu_l) Q^kl.
template <CalBound bound, class T, std::size_t decoys, std::size_t count>
class CalIntervalSums {
  public:
    using Weights = std::array<CalWeights<T, decoys>, count>;
    using Grid = std::array<std::array<T, decoys>, decoys>;  // Bob's decoys x Alice's decoys

    CalIntervalSums(const Weights& a, const Weights& b, const Grid& lower, const Grid& upper)
        : a_(a), b_(b), lower_(lower), upper_(upper) {}
    void row(std::size_t i) {
        for (std::size_t l = 0; l < decoys; ++l) {
            high_[l] = apply(i, a_[i].size, upper_[l], lower_[l]);
            if constexpr (decoys > 1) low_[l] = apply(i, a_[i].size, lower_[l], upper_[l]);
        }
    }
    std::pair<T, T> operator()(std::size_t j) const {
        const T high = apply(j, b_[j].size, high_, low_);
        if constexpr (bound == CalBound::p_plus) return {high, high};
        return {high, apply(j, b_[j].size, low_, high_)};
    }

  private:
    // Positive weights take the numbers of one side, negative ones those of the other.
    static T apply(std::size_t i, const std::array<T, decoys>& size, const std::array<T, decoys>& positive,
                   const std::array<T, decoys>& negative) {
        static constexpr auto functionals = cal_functionals<bound, static_cast<int>(decoys)>();
        const CalFunctional& f = functionals[i];
        T sum = size[f.at[0]] * positive[f.at[0]];
        for (std::size_t k = 1; k < f.points; ++k) {
            const std::size_t at = f.at[k];
            sum = k % 2 == 1 ? sum - size[at] * negative[at] : sum + size[at] * positive[at];
        }
        return sum;
    }
    const Weights &a_, &b_;
    const Grid &lower_, &upper_;
    std::array<T, decoys> high_, low_;
};

// Sums for exact gains, from photon numbers and not from decoys, so that nothing is lost to cancellation:
// with W = <(1-eta)^n>, D = <(1-eta/2)^n - (1-eta)^n>, M_k = <binomial(n, k) (1-eta/2)^(n-k)> of each user,
// (C6) gives (1-p_d) [D_A (D_B + W_B) + W_A (D_B + p_d W_B) + sum_k (eta_A eta_B cos^2 theta / 4)^k M_k M_k].
constexpr std::size_t cal_modes = 10;  // D, W, and k = 1 to 8

template <class T>
using CalModes = std::array<T, cal_modes>;

// The modes of Poissonian light, less those of 0 to 5 photons.
template <class T>
CalModes<T> cal_rest_modes(const CalArm<T, 24>& arm, T mu) {
    CalModes<T> rest;
    const T z = mu * arm.passed[1];
    std::array<T, cal_photons + 1> from;  // sums of z^n/n! over n >= index
    from[cal_photons] = cal_exponential_rest(z);
    std::array<T, cal_photons> term{T(1.0)};
    for (std::size_t n = 1; n < cal_photons; ++n) term[n] = term[n - 1] * z * (1.0 / static_cast<double>(n));
    for (std::size_t n = cal_photons; n-- > 0;) from[n] = from[n + 1] + term[n];
    rest[0] = T(0.0);
    T weight = mu * mu * mu * mu * mu * (1.0 / 120);
    for (std::size_t n = cal_photons; n < arm.some.size(); ++n) {
        weight = weight * mu * (1.0 / static_cast<double>(n));
        rest[0] = rest[0] + weight * arm.some[n];
    }
    rest[1] = cal_exponential_rest(mu * arm.none[1]);
    T factor(1.0);  // mu^k / k!
    for (std::size_t k = 1; k + 1 < cal_modes; ++k) {
        factor = factor * mu * (1.0 / static_cast<double>(k));
        rest[k + 1] = factor * from[k < cal_photons ? cal_photons - k : 0];
    }
    return rest;
}

// The modes of n photons.
template <class T>
CalModes<T> cal_photon_modes(const CalArm<T, 24>& arm, std::size_t n) {
    CalModes<T> modes;
    modes[0] = arm.some[n];
    modes[1] = arm.none[n];
    for (std::size_t k = 1; k + 1 < cal_modes; ++k)
        modes[k + 1] = k <= n ? cal_binomials[n][k] * arm.passed[n - k] : T(0.0);
    return modes;
}

template <CalBound bound, class T, std::size_t decoys, std::size_t count>
auto cal_user_modes(const std::array<CalWeights<T, decoys>, count>& weights, const std::array<T, decoys>& mu,
                    T eta) {
    static constexpr auto functionals = cal_functionals<bound, static_cast<int>(decoys)>();
    const CalArm<T, 24> arm(eta);
    std::array<CalModes<T>, decoys> rest;
    for (std::size_t k = 0; k < decoys; ++k) rest[k] = cal_rest_modes(arm, mu[k]);
    std::array<CalModes<T>, cal_photons> photon;
    for (std::size_t n = 0; n < cal_photons; ++n) photon[n] = cal_photon_modes(arm, n);
    std::array<CalModes<T>, count> all;
    for (std::size_t i = 0; i < count; ++i) {
        const CalFunctional& f = functionals[i];
        for (std::size_t mode = 0; mode < cal_modes; ++mode) {
            T sum(0.0);
            for (std::size_t k = 0; k < f.points; ++k) {
                const T term = weights[i].size[f.at[k]] * rest[f.at[k]][mode];
                sum = k % 2 == 1 ? sum - term : sum + term;
            }
            for (std::size_t n = mode < 2 ? 0 : mode - 1; n < cal_photons; ++n) {
                if (f.kills(n)) continue;
                const T term = weights[i].photons[n] * photon[n][mode] * (1.0 / cal_factorials[n]);
                sum = f.negative(n) ? sum - term : sum + term;
            }
            all[i][mode] = sum;
        }
    }
    return all;
}

template <class T, std::size_t count>
class CalExactSums {
  public:
    using Modes = std::array<CalModes<T>, count>;

    CalExactSums(const CalChannel<T>& c, Modes a, Modes b) : a_(std::move(a)), b_(std::move(b)) {
        for (CalModes<T>& modes : b_) {
            const T lost = modes[1], some = modes[0];
            modes[0] = some + lost;
            modes[1] = some + c.p_d * lost;
        }
        for (CalModes<T>& modes : a_) {
            T factor = 1.0 - c.p_d;
            modes[0] = modes[0] * factor;
            modes[1] = modes[1] * factor;
            for (std::size_t k = 2; k < cal_modes; ++k) {
                factor = factor * (0.25 * (c.eta_a * c.eta_b * c.squared_overlap));
                modes[k] = modes[k] * factor;
            }
        }
    }
    void row(std::size_t i) { row_ = i; }
    std::pair<T, T> operator()(std::size_t j) const {
        T sum = a_[row_][0] * b_[j][0];
        for (std::size_t k = 1; k < cal_modes; ++k) sum = sum + a_[row_][k] * b_[j][k];
        return {sum, sum};
    }

  private:
    Modes a_, b_;
    std::size_t row_ = 0;
};

}  // namespace tfqkd
