#pragma once

#include <array>

#include "tfqkd/math/pack.hpp"
#include "tfqkd/math/real.hpp"

namespace tfqkd {

// A value and its slopes by N variables. T is double, long double or Pack.
template <class T, int N>
struct Dual {
    T value;
    std::array<T, N> slopes;

    Dual() = default;
    Dual(T v) : value(v) { slopes.fill(T(0.0)); }
    Dual(double v) requires(!std::same_as<T, double>) : Dual(T(v)) {}
    Dual(int v) : Dual(T(static_cast<double>(v))) {}

    // The variable number `i` itself: slope 1 by itself.
    static Dual variable(T v, int i) {
        Dual x(v);
        x.slopes[static_cast<std::size_t>(i)] = T(1.0);
        return x;
    }
};

template <class T, int N>
struct BaseOf<Dual<T, N>> {
    using type = T;
};

// f(x), where `f` is its value and `df` its slope at x.value.
template <class T, int N>
Dual<T, N> chain(T f, T df, const Dual<T, N>& x) {
    Dual<T, N> r;
    r.value = f;
    for (std::size_t i = 0; i < N; ++i) r.slopes[i] = df * x.slopes[i];
    return r;
}
template <class T, int N>
Dual<T, N> chain(T f, T dfdx, const Dual<T, N>& x, T dfdy, const Dual<T, N>& y) {
    Dual<T, N> r;
    r.value = f;
    for (std::size_t i = 0; i < N; ++i) r.slopes[i] = multiply_add(dfdx, x.slopes[i], dfdy * y.slopes[i]);
    return r;
}

template <class T, int N>
Dual<T, N> operator+(const Dual<T, N>& x, const Dual<T, N>& y) {
    Dual<T, N> r;
    r.value = x.value + y.value;
    for (std::size_t i = 0; i < N; ++i) r.slopes[i] = x.slopes[i] + y.slopes[i];
    return r;
}
template <class T, int N>
Dual<T, N> operator-(const Dual<T, N>& x, const Dual<T, N>& y) {
    Dual<T, N> r;
    r.value = x.value - y.value;
    for (std::size_t i = 0; i < N; ++i) r.slopes[i] = x.slopes[i] - y.slopes[i];
    return r;
}
template <class T, int N>
Dual<T, N> operator*(const Dual<T, N>& x, const Dual<T, N>& y) {
    return chain(x.value * y.value, y.value, x, x.value, y);
}
template <class T, int N>
Dual<T, N> operator/(const Dual<T, N>& x, const Dual<T, N>& y) {
    const T inverse = T(1.0) / y.value, quotient = x.value / y.value;
    return chain(quotient, inverse, x, -(quotient * inverse), y);
}
template <class T, int N>
Dual<T, N> operator-(const Dual<T, N>& x) {
    return chain(-x.value, T(-1.0), x);
}

// With a plain number, which has no slopes.
template <class T, int N>
Dual<T, N> operator+(const Dual<T, N>& x, double y) {
    Dual<T, N> r = x;
    r.value = x.value + T(y);
    return r;
}
template <class T, int N>
Dual<T, N> operator+(double x, const Dual<T, N>& y) {
    return y + x;
}
template <class T, int N>
Dual<T, N> operator-(const Dual<T, N>& x, double y) {
    return x + -y;
}
template <class T, int N>
Dual<T, N> operator-(double x, const Dual<T, N>& y) {
    return chain(T(x) - y.value, T(-1.0), y);
}
template <class T, int N>
Dual<T, N> operator*(const Dual<T, N>& x, double y) {
    return chain(x.value * T(y), T(y), x);
}
template <class T, int N>
Dual<T, N> operator*(double x, const Dual<T, N>& y) {
    return y * x;
}
template <class T, int N>
Dual<T, N> operator/(const Dual<T, N>& x, double y) {
    return chain(x.value / T(y), T(1.0) / T(y), x);
}
template <class T, int N>
Dual<T, N> operator/(double x, const Dual<T, N>& y) {
    const T quotient = T(x) / y.value;
    return chain(quotient, -(quotient / y.value), y);
}

template <class T, int N>
Dual<T, N> exp(const Dual<T, N>& x) {
    const T e = exp(x.value);
    return chain(e, e, x);
}
template <class T, int N>
Dual<T, N> expm1(const Dual<T, N>& x) {
    const T e = expm1(x.value);
    return chain(e, e + T(1.0), x);
}
template <class T, int N>
Dual<T, N> log(const Dual<T, N>& x) {
    return chain(log(x.value), T(1.0) / x.value, x);
}
template <class T, int N>
Dual<T, N> log1p(const Dual<T, N>& x) {
    return chain(log1p(x.value), T(1.0) / (T(1.0) + x.value), x);
}
// The slope at 0 is taken as 0: there the formulas' square roots are of products that vanish with their
// factors.
template <class T, int N>
Dual<T, N> sqrt(const Dual<T, N>& x) {
    const T root = sqrt(x.value);
    return chain(root, where_greater(root, T(0.0), T(0.5) / root, T(0.0)), x);
}
template <class T, int N>
Dual<T, N> where_greater(const Dual<T, N>& x, const Dual<T, N>& y, const Dual<T, N>& a, const Dual<T, N>& b) {
    Dual<T, N> r;
    r.value = where_greater(x.value, y.value, a.value, b.value);
    for (std::size_t i = 0; i < N; ++i)
        r.slopes[i] = where_greater(x.value, y.value, a.slopes[i], b.slopes[i]);
    return r;
}
template <class T, int N>
Dual<T, N> min(const Dual<T, N>& x, const Dual<T, N>& y) {
    return where_greater(x, y, y, x);
}
template <class T, int N>
Dual<T, N> max(const Dual<T, N>& x, const Dual<T, N>& y) {
    return where_greater(x, y, x, y);
}

}  // namespace tfqkd
