#pragma once

#include "protocol/cal_phase_error.hpp"

// Twin-field QKD without phase post-selection, infinite data and decoys: CAL physics, section 7.
namespace tfqkd {

constexpr std::size_t npp_largest = 24;  // photons of both users together

// The first m of a parity for which the yield with n is taken as 1.
constexpr std::size_t npp_first_unknown(std::size_t n, std::size_t parity) {
    const std::size_t m = n > npp_largest ? 0 : npp_largest + 1 - n;
    return m + (m + parity) % 2;
}

// Upper bound of x_ij for photon numbers of parities i and j (A7); counts of both outcomes.
template <class T>
T npp_upper_bound(const CalSequence<T, npp_largest>& a, const CalSequence<T, npp_largest>& b,
                  const CalYields<T, static_cast<int>(npp_largest)>& yields, std::size_t i, std::size_t j) {
    T sum = a.from[npp_first_unknown(0, i)] * b.from[j];
    for (std::size_t n = i; n <= npp_largest; n += 2) {
        T row = b.from[npp_first_unknown(n, j)];
        for (std::size_t m = j; n + m <= npp_largest; m += 2)
            row = row + b.at[m] * sqrt(min(2.0 * yields(n, m), T(1.0)));
        sum = sum + a.at[n] * row;
    }
    return sum * sum;
}

// The largest phi(x, y) of a fixed sum x + y, with the smaller one at most `least` (bit).
template <class T>
T npp_best_split(T sum, T least) {
    const T some = max(sum, T(1e-290));
    return some * binary_entropy(min(least / some, T(0.5)));
}

template <bool asymmetric>
struct Npp {
    template <class T>
    using Parameters = CalSources<T, 0, asymmetric, false>;
    static constexpr int parameter_count = Parameters<double>::count;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& parameters, Notes&& note) const {
        const auto set = parameters.setting(cal_largest_signal);
        const CalChannel<T> channel = cal_channel(link, note);
        const CalKeyRounds<T> key = cal_key_rounds(channel, set.a.s, set.b.s, NoNotes{});
        const T gain = 2.0 * key.p_xx;
        note("Q", gain);
        note("e", key.e_x);
        const auto a = cal_amplitudes<npp_largest>(set.a.s), b = cal_amplitudes<npp_largest>(set.b.s);
        const CalYields<T, static_cast<int>(npp_largest)> yields(channel);
        std::array<std::array<T, 2>, 2> x;
        for (const std::size_t i : {0, 1})
            for (const std::size_t j : {0, 1})
                note_indexed(note, "x_upper", i, j, x[i][j] = npp_upper_bound(a, b, yields, i, j));

        // The best split of each sum is as equal as the bounds allow, so the smaller bound decides; the
        // marginal gains s/(s - least) of the two sums are equal where they are in proportion to their
        // smaller bounds.
        const T even = min(x[0][0], x[1][0]), odd = min(x[1][1], x[0][1]), both = even + odd;
        const T sum = clamp(gain * even / both, gain - (x[1][1] + x[0][1]), x[0][0] + x[1][0]);
        const T leaked = (npp_best_split(sum, even) + npp_best_split(gain - sum, odd)) / gain;  // (2)
        note("I_AE", leaked);
        const T counted = where_greater(set.outside, T(0.0), T(1.0), leaked);
        const T fraction = 1.0 - link.error_correction_inefficiency * binary_entropy(key.e_x) - counted;
        note("sifted", gain);
        return {gain * fraction, gain, cal_excess(both / gain) + set.outside};  // (3)
    }
};

}  // namespace tfqkd
