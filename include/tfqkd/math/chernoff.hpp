#pragma once

#include "tfqkd/math/functions.hpp"

// Chernoff bounds between an expected value and an observed count, both directions. `beta` = ln(1/failure of
// one side). Each bound is count * t, where t solves an equation in c = beta/count. The root is found on
// plain numbers in a fixed number of steps: a start that is within 1e-3 of it for every c, then two steps of
// fourth order. Its slopes are those of the root, by the implicit function theorem. Source: physics of SNS,
// equations S20-S23, with t written as exp(-u) or 1 + x.
namespace tfqkd {

namespace chernoff {

// t, and the slopes of count * t by count and by beta.
template <class T>
struct Bound {
    T t, by_count, by_beta;
};

// Starts: root = s + s^2 p(s)/q(s), s = sqrt(2c), fitted on 0.001 <= s <= 1000.
template <class T, std::size_t K>
T start(T s, const std::array<double, K>& numerator, const std::array<double, K>& denominator) {
    return multiply_add(s * s, polynomial(s, numerator) / polynomial(s, denominator), s);
}

// One step of Schroeder's method of fourth order for f(x) = 0; ratio2 = f''/(2f'), ratio3 = f'''/(6f').
template <class T>
T improve(T x, T f_over_slope, T ratio2, T ratio3) {
    const T h = f_over_slope;
    return x - h * (T(1.0) + h * (ratio2 + h * (T(2.0) * ratio2 * ratio2 - ratio3)));
}

// x > 0 with x - ln(1 + x) = c.
template <class T>
T solve_above(T c) {
    constexpr std::array numerator{0.333375, 0.208486, 0.0393697, 0.00115018};
    constexpr std::array denominator{1.0, 0.542678, 0.0832757, 0.00230044};
    T x = start(sqrt(T(2.0) * c), numerator, denominator);
    for (int step = 0; step < 2; ++step) {
        const T inverse = T(1.0) / x, q = T(1.0) / (T(1.0) + x);
        const T f_over_slope = (x - log1p(x) - c) * (T(1.0) + inverse);
        x = improve(x, f_over_slope, T(0.5) * inverse * q, T(-1.0 / 3) * inverse * q * q);
    }
    return x;
}

// u > 0 with u - (1 - exp(-u)) = c.
template <class T>
T solve_below(T c) {
    constexpr std::array numerator{0.164707, 0.0733422, 0.00948481, 0.0171355};
    constexpr std::array denominator{1.0, 0.211671, 0.0889809, 0.034264};
    T u = start(sqrt(T(2.0) * c), numerator, denominator);
    for (int step = 0; step < 2; ++step) {
        const T minus_m = expm1(-u), inverse = T(-1.0) / minus_m;
        const T rest = (T(1.0) + minus_m) * inverse;
        u = improve(u, (u + minus_m - c) * inverse, T(0.5) * rest, T(-1.0 / 6) * rest);
    }
    return u;
}

// x > 0 with (1 + x) ln(1 + x) - x = c.
template <class T>
T solve_entropy(T c) {
    constexpr std::array numerator{0.165017, 0.0207938, 0.000242137, 2.09778e-07};
    constexpr std::array denominator{1.0, 0.194088, 0.00377403, 5.51453e-06};
    T x = start(sqrt(T(2.0) * c), numerator, denominator);
    for (int step = 0; step < 2; ++step) {
        const T slope = log1p(x), inverse = T(1.0) / slope, q = T(1.0) / (T(1.0) + x);
        const T f = (T(1.0) + x) * slope - x - c;
        x = improve(x, f * inverse, T(0.5) * q * inverse, T(-1.0 / 6) * q * q * inverse);
    }
    return x;
}

// Keeps beta/count finite for an empty count.
template <class T>
T nonzero(T count) {
    return max(count, T(1e-150));
}

template <class T>
Bound<T> expected_lower(T count, T beta) {  // (S20): t - 1 - ln t = c, t < 1
    const T u = solve_below(beta / nonzero(count));
    const T t = exp(-u), m = -expm1(-u);
    return {t, t * u / m, -t / m};
}
template <class T>
Bound<T> expected_upper(T count, T beta) {  // (S21): t - 1 - ln t = c, t > 1
    const T x = solve_above(beta / nonzero(count));
    const T t = T(1.0) + x;
    return {t, t * log1p(x) / x, t / x};
}
template <class T>
Bound<T> observed_upper(T count, T beta) {  // (S22): t ln t - t + 1 = c, t > 1
    const T x = solve_entropy(beta / nonzero(count));
    const T slope = log1p(x);
    return {T(1.0) + x, x / slope, T(1.0) / slope};
}
template <class T>
Bound<T> observed_lower(T count, T beta) {  // (S23): t ln t - t + 1 = c, t < 1; none for c >= 1
    // With t = exp(-u): u - ln(1 + u) = -ln(1 - c), the equation of (S21).
    const T c = min(beta / nonzero(count), T(1.0 - 1e-15));
    const T u = solve_above(-log1p(-c));
    const T t = exp(-u);
    return {t, -expm1(-u) / u, T(-1.0) / u};
}

}  // namespace chernoff

// Bounds of the expected value, from an observed count (S20, S21). Each fails with probability exp(-beta).
template <class T>
T expected_lower(T count, T beta) {
    return count * chernoff::expected_lower(count, beta).t;
}
template <class T>
T expected_upper(T count, T beta) {
    return chernoff::nonzero(count) * chernoff::expected_upper(count, beta).t;
}

// Bounds of the count that will be observed, from the expected value (S22, S23); 0 where there is none.
template <class T>
T observed_lower(T expected, T beta) {
    return where_greater(expected, beta, expected * chernoff::observed_lower(expected, beta).t, T(0.0));
}
template <class T>
T observed_upper(T expected, T beta) {
    return where_greater(expected, T(0.0), expected * chernoff::observed_upper(expected, beta).t, T(0.0));
}

template <class T, int N>
Dual<T, N> expected_lower(const Dual<T, N>& count, const Dual<T, N>& beta) {
    const auto bound = chernoff::expected_lower(count.value, beta.value);
    return chain(count.value * bound.t, bound.by_count, count, bound.by_beta, beta);
}
template <class T, int N>
Dual<T, N> expected_upper(const Dual<T, N>& count, const Dual<T, N>& beta) {
    const auto bound = chernoff::expected_upper(count.value, beta.value);
    return chain(chernoff::nonzero(count.value) * bound.t, bound.by_count, count, bound.by_beta, beta);
}
template <class T, int N>
Dual<T, N> observed_lower(const Dual<T, N>& expected, const Dual<T, N>& beta) {
    const auto bound = chernoff::observed_lower(expected.value, beta.value);
    const Dual<T, N> some = chain(expected.value * bound.t, bound.by_count, expected, bound.by_beta, beta);
    return where_greater(expected, beta, some, Dual<T, N>(0.0));
}
template <class T, int N>
Dual<T, N> observed_upper(const Dual<T, N>& expected, const Dual<T, N>& beta) {
    const auto bound = chernoff::observed_upper(expected.value, beta.value);
    const Dual<T, N> some = chain(expected.value * bound.t, bound.by_count, expected, bound.by_beta, beta);
    return where_greater(expected, Dual<T, N>(0.0), some, Dual<T, N>(0.0));
}

}  // namespace tfqkd
