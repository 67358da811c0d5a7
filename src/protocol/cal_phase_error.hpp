#pragma once

#include <utility>

#include "protocol/cal_channel.hpp"

// The phase error of the Curty-Azuma-Lo family from yields (R2), and the key rate (R1): CAL physics,
// section 3.
namespace tfqkd {

// Pairs of photon numbers whose yields are bounded; all others count as 1.
enum class CalSet { gc9, cal5, all };

constexpr std::size_t cal_largest(CalSet set) {
    return set == CalSet::gc9 ? 4 : set == CalSet::cal5 ? 2 : 12;
}
// The first m of n's parity whose yield with n is not bounded.
constexpr std::size_t cal_first_unknown(CalSet set, std::size_t n) {
    const std::size_t parity = n % 2, largest = cal_largest(set);
    if (n > largest) return parity;
    if (set == CalSet::cal5) return parity == 0 ? 4 : 3;
    return largest - n + 2;
}

namespace series {

constexpr double square_root(double x) {
    double root = x < 1 ? 1 : x;
    for (double next = 0.5 * (root + x / root); next < root; next = 0.5 * (root + x / root)) root = next;
    return root;
}
// sqrt(n! / (n + 2i)!): the terms of n, n + 2, n + 4, ... photons over the first one, for intensity 1.
template <std::size_t n>
constexpr auto amplitudes_from = [] {
    std::array<double, 20> c{1.0};
    for (std::size_t i = 1; i < c.size(); ++i)
        c[i] = c[i - 1] / square_root(static_cast<double>((n + 2 * i) * (n + 2 * i - 1)));
    return c;
}();

}  // namespace series

// One number for each photon number, and the sums from there on over one parity.
template <class T, std::size_t largest>
struct CalSequence {
    std::array<T, largest + 1> at;
    std::array<T, largest + 3> from;

    // `from` of the two numbers above the largest is given.
    void add_up(T beyond, T beyond_next) {
        from[largest + 1] = beyond;
        from[largest + 2] = beyond_next;
        for (std::size_t n = largest + 1; n-- > 0;) from[n] = at[n] + from[n + 2];
    }
};

// Largest intensity for which the sums over photon numbers are complete.
constexpr double cal_largest_signal = 4;

// c_n(s) = exp(-s/2) s^(n/2) / sqrt(n!).
template <std::size_t largest, class T>
CalSequence<T, largest> cal_amplitudes(T s) {
    CalSequence<T, largest> c;
    const T root = sqrt(s);
    T next = exp(-0.5 * s);
    for (std::size_t n = 0; n <= largest; ++n) {
        c.at[n] = next;
        next = next * root * (1.0 / series::square_root(static_cast<double>(n + 1)));
    }
    const T after = next * root * (1.0 / series::square_root(largest + 2));
    c.add_up(next * polynomial(s, series::amplitudes_from<largest + 1>),
             after * polynomial(s, series::amplitudes_from<largest + 2>));
    return c;
}

// Delta_j: the sum of a_n b_m over the pairs of parity j outside the set.
template <CalSet set, class T, std::size_t largest>
T cal_outside(const CalSequence<T, largest>& a, const CalSequence<T, largest>& b, std::size_t parity) {
    T sum = a.from[largest + 1 + (largest + 1 + parity) % 2] * b.from[parity];
    for (std::size_t n = parity; n <= largest; n += 2)
        sum = sum + a.at[n] * b.from[cal_first_unknown(set, n)];
    return sum;
}

// The sum of a_n b_m root(n, m) over the pairs of parity j in the set.
template <CalSet set, class T, std::size_t largest, class F>
T cal_inside(const CalSequence<T, largest>& a, const CalSequence<T, largest>& b, std::size_t parity, F root) {
    T sum(0.0);
    for (std::size_t n = parity; n <= largest; n += 2)
        for (std::size_t m = parity; m < cal_first_unknown(set, n); m += 2)
            sum = sum + a.at[n] * b.at[m] * root(n, m);
    return sum;
}

// p_xx e_z, where root(n, m) is the square root of a yield (R2).
template <CalSet set, class T, class F>
T cal_phase_errors(T s_a, T s_b, F root) {
    const auto a = cal_amplitudes<cal_largest(set)>(s_a), b = cal_amplitudes<cal_largest(set)>(s_b);
    T sum(0.0);
    for (const std::size_t parity : {0, 1}) {
        const T one = cal_inside<set>(a, b, parity, root) + cal_outside<set>(a, b, parity);
        sum = sum + one * one;
    }
    return sum;
}

// How far e is beyond 1/2, where no key is left: ln(2e), else 0.
template <class T>
T cal_excess(T e) {
    return log(max(2.0 * e, T(1.0)));
}

// Both outcomes together, for rounds that are a share of all (R1); `outside` > 0: no key whatever e_z is.
template <class T, class Notes>
KeyRate<T> cal_key_rate(const Link<T>& link, const CalKeyRounds<T>& key, T e_z, T outside, T share,
                        Notes&& note) {
    const T counted = where_greater(outside, T(0.0), T(0.5), min(e_z, T(0.5)));
    const T sifted = 2.0 * share * key.p_xx;
    note("sifted", sifted);
    const T fraction =
        1.0 - link.error_correction_inefficiency * binary_entropy(key.e_x) - binary_entropy(counted);
    return {sifted * fraction, sifted, cal_excess(e_z) + outside};
}

}  // namespace tfqkd
