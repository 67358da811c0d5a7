#pragma once

#include "protocol/cal_bounds.hpp"

// Infinite data and 2 to 4 decoys: CAL physics, section 4.
namespace tfqkd {

template <int decoys, CalBound bound, bool asymmetric>
struct CalDecoy {
    template <class T>
    using Parameters = CalSources<T, decoys, asymmetric, asymmetric>;
    static constexpr int parameter_count = Parameters<double>::count;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& parameters, Notes&& note) const {
        const auto set = parameters.setting(cal_largest_signal);
        const CalChannel<T> channel = cal_channel(link, note);
        const CalKeyRounds<T> key = cal_key_rounds(channel, set.a.s, set.b.s, note);
        for (std::size_t k = 0; k < decoys; ++k)
            for (std::size_t l = 0; l < decoys; ++l)
                note_indexed(note, "Q", k, l, [&] { return cal_gain(channel, set.a.mu[k], set.b.mu[l]); });
        const CalPairs<T> yields = bounds(channel, set);
        const T errors = cal_phase_errors<CalSet::gc9>(set.a.s, set.b.s, [&](std::size_t n, std::size_t m) {
            const T most = cal_factorials[n] * cal_factorials[m] * yields.of[n][m];
            const T yield = clamp(most, T(0.0), T(1.0));
            note_indexed(note, "Y_upper", n, m, yield);
            return sqrt(yield);
        });
        const T e_z = errors / key.p_xx;  // (R2)
        note("e_z", e_z);
        return cal_key_rate(link, key, e_z, set.outside, T(1.0), note);
    }

  private:
    template <class T>
    static CalPairs<T> bounds(const CalChannel<T>& channel, const CalSetting<T, decoys>& set) {
        const auto weights_a = cal_weights<bound>(cal_powers(set.a.mu));
        const auto slacks_a = cal_slacks<bound>(weights_a, set.a.mu);
        const auto modes_a = cal_user_modes<bound>(weights_a, set.a.mu, channel.eta_a);
        const auto modes_of_b = [&](const auto& weights) {
            return cal_user_modes<bound>(weights, set.b.mu, channel.eta_b);
        };
        if constexpr (!asymmetric) {
            CalExactSums sums(channel, modes_a, modes_of_b(weights_a));
            return cal_smallest_bounds<bound>(weights_a, weights_a, slacks_a, slacks_a, set.a.mu.back(),
                                              sums);
        } else {
            const auto weights_b = cal_weights<bound>(cal_powers(set.b.mu));
            const auto slacks_b = cal_slacks<bound>(weights_b, set.b.mu);
            CalExactSums sums(channel, modes_a, modes_of_b(weights_b));
            return cal_smallest_bounds<bound>(weights_a, weights_b, slacks_a, slacks_b,
                                              min(set.a.mu.back(), set.b.mu.back()), sums);
        }
    }
};

}  // namespace tfqkd
