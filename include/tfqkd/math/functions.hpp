#pragma once

#include <array>
#include <numbers>

#include "tfqkd/math/dual.hpp"

namespace tfqkd {

template <class T>
T clamp(T x, T lower, T upper) {
    return min(max(x, lower), upper);
}

// c[0] + c[1] x + c[2] x^2 + ...
template <class T, std::size_t K>
T polynomial(T x, const std::array<double, K>& c) {
    T sum(c[K - 1]);
    for (std::size_t k = K - 1; k-- > 0;) sum = multiply_add(sum, x, T(c[k]));
    return sum;
}
template <std::size_t K>
constexpr std::array<double, K - 1> derivative(const std::array<double, K>& c) {
    std::array<double, K - 1> d{};
    for (std::size_t k = 1; k < K; ++k) d[k - 1] = static_cast<double>(k) * c[k];
    return d;
}
template <class T, int N, std::size_t K>
Dual<T, N> polynomial(const Dual<T, N>& x, const std::array<double, K>& c) {
    return chain(polynomial(x.value, c), polynomial(x.value, derivative(c)), x);
}

// h(x) = -x log2 x - (1-x) log2(1-x) [bit], x in [0, 1].
template <class T>
T binary_entropy(T x) {
    const T tiny(1e-300);
    const T rest = max(T(1.0) - x, tiny), small = max(x, tiny);
    return (small * log(small) + rest * log1p(max(-x, T(-1.0) + T(1e-16)))) * T(-std::numbers::log2e);
}
template <class T, int N>
Dual<T, N> binary_entropy(const Dual<T, N>& x) {
    const T tiny(1e-300);
    const T inside = max(x.value, tiny), rest = max(T(1.0) - x.value, tiny);
    return chain(binary_entropy(x.value), log(rest / inside) * T(std::numbers::log2e), x);
}

namespace series {

// Coefficients of I0(2 sqrt t) - 1 = t + t^2/4 + ... + t^k/(k!)^2, without the leading t.
constexpr auto bessel_i0 = [] {
    std::array<double, 18> c{};
    double term = 1;
    for (std::size_t k = 1; k <= c.size(); ++k) c[k - 1] = term /= static_cast<double>(k * k);
    return c;
}();

// Coefficients of sin^2(x) in y = x^2, without the leading y: sum of (-1)^k 2^(2k+1) y^k / (2k+2)!.
constexpr auto sine_squared = [] {
    std::array<double, 14> c{};
    double term = 1;
    for (std::size_t k = 0; k < c.size(); ++k) {
        c[k] = term;
        term *= -4.0 / static_cast<double>((2 * k + 3) * (2 * k + 4));
    }
    return c;
}();

// Coefficients of 1 - sin(x)/x in y = x^2, without the leading y: 1/3! - y/5! + ...
constexpr auto one_minus_sinc = [] {
    std::array<double, 14> c{};
    double term = 1.0 / 6;
    for (std::size_t k = 0; k < c.size(); ++k) {
        c[k] = term;
        term *= -1.0 / static_cast<double>((2 * k + 4) * (2 * k + 5));
    }
    return c;
}();

}  // namespace series

// I0(x) - 1 of the modified Bessel function, given x^2 (so that it is smooth at 0); exact to rounding for x
// <= 4.
template <class T>
T bessel_i0_minus_1(T x_squared) {
    const T t = x_squared * T(0.25);
    return t * polynomial(t, series::bessel_i0);
}

// sin^2(x) and 1 - sin(x)/x for |x| <= pi/2, given x^2; exact to rounding.
template <class T>
T sine_squared(T x_squared) {
    return x_squared * polynomial(x_squared, series::sine_squared);
}
template <class T>
T one_minus_sinc(T x_squared) {
    return x_squared * polynomial(x_squared, series::one_minus_sinc);
}

}  // namespace tfqkd
