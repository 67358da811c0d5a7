#pragma once

#include "protocol/cal_bounds.hpp"

// Finite data by standard errors, own signals and common decoys: CAL physics, section 5.
namespace tfqkd {

constexpr std::size_t cal_gaussian_decoys = 3;

template <class T>
struct CalGaussianParameters {
    static constexpr std::size_t decoys = cal_gaussian_decoys;
    using Sources = CalSources<T, decoys, true, false>;
    static constexpr int count = Sources::count + 1 + CalShares<T, decoys>::count + 1;

    Sources sources;
    T signal_probability;
    CalShares<T, decoys> shares;
    T standard_errors;

    void adapt_to(const Link<T>& link) { sources.adapt_to(link); }
    template <class F>
    void each(F f) {
        sources.each(f);
        f(signal_probability);
        shares.each(f);
        f(standard_errors);
    }
};

template <CalBound bound>
struct CalGaussian {
    static constexpr std::size_t decoys = cal_gaussian_decoys;
    template <class T>
    using Parameters = CalGaussianParameters<T>;
    static constexpr int parameter_count = Parameters<double>::count;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& parameters, Notes&& note) const {
        const auto set = parameters.sources.setting(cal_largest_signal);
        const CalChannel<T> channel = cal_channel(link, note);
        const CalKeyRounds<T> key = cal_key_rounds(channel, set.a.s, set.b.s, note);
        const CalPairs<T> yields = bounds(link, channel, parameters, set, note);
        const T errors = cal_phase_errors<CalSet::gc9>(set.a.s, set.b.s, [&](std::size_t n, std::size_t m) {
            const T most = cal_factorials[n] * cal_factorials[m] * yields.of[n][m];
            const T yield = clamp(most, T(0.0), T(1.0));
            note_indexed(note, "Y_upper", n, m, yield);
            return sqrt(yield);
        });
        const T e_z = errors / key.p_xx;  // (R2)
        note("e_z", e_z);
        const T share = parameters.signal_probability * parameters.signal_probability;
        return cal_key_rate(link, key, e_z, set.outside, share, note);
    }

  private:
    // The intervals Q -+ gamma sqrt(Q / (N P_k P_l)) and the yields' bounds from them.
    template <class T, class Notes>
    static CalPairs<T> bounds(const Link<T>& link, const CalChannel<T>& channel,
                              const Parameters<T>& parameters,
                              const CalSetting<T, static_cast<int>(decoys)>& set, Notes& note) {
        const auto share = parameters.shares.probabilities();
        const T rounds =
            (1.0 - parameters.signal_probability) * (1.0 - parameters.signal_probability) * link.pulses;
        std::array<std::array<T, decoys>, decoys> lower, upper;
        for (std::size_t k = 0; k < decoys; ++k)
            for (std::size_t l = 0; l < decoys; ++l) {
                const T gain = cal_gain(channel, set.a.mu[k], set.b.mu[l]);  // (C5)
                const T count = max(rounds * share[k] * share[l], T(1e-100));
                const T error = parameters.standard_errors * sqrt(gain / count);
                const T least = max(gain - error, T(0.0)), most = min(gain + error, T(1.0));
                note_indexed(note, "Q_lo", k, l, least);
                note_indexed(note, "Q_hi", k, l, most);
                const T scale = exp(set.a.mu[k] + set.b.mu[l]);
                lower[l][k] = scale * least;
                upper[l][k] = scale * most;
            }
        const auto weights = cal_weights<bound>(cal_powers(set.a.mu));
        const auto slacks = cal_slacks<bound>(weights, set.a.mu);
        CalIntervalSums<bound, T, decoys, weights.size()> sums(weights, weights, lower, upper);
        return cal_smallest_bounds<bound>(weights, weights, slacks, slacks, set.a.mu.back(), sums);
    }
};

}  // namespace tfqkd
