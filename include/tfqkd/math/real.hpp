#pragma once

#include <algorithm>
#include <cmath>

// The formulas' vocabulary for plain numbers. It comes before pack.hpp and dual.hpp: `double` has no
// namespace in which a name could be found later.
namespace tfqkd {

template <class T>
concept Plain = std::same_as<T, double> || std::same_as<T, long double>;

template <Plain T>
T exp(T x) {
    return std::exp(x);
}
template <Plain T>
T log(T x) {
    return std::log(x);
}
template <Plain T>
T sqrt(T x) {
    return std::sqrt(x);
}
template <Plain T>
T expm1(T x) {
    return std::expm1(x);
}
template <Plain T>
T log1p(T x) {
    return std::log1p(x);
}
template <Plain T>
T min(T x, T y) {
    return y < x ? y : x;
}
template <Plain T>
T max(T x, T y) {
    return x < y ? y : x;
}

// x > y ? a : b, the only select of the formulas.
template <Plain T>
T where_greater(T x, T y, T a, T b) {
    return x > y ? a : b;
}

// x * y + z in whichever way is fastest.
template <Plain T>
T multiply_add(T x, T y, T z) {
    return x * y + z;
}

// The number type below any slopes: the type on which roots are found.
template <class T>
struct BaseOf {
    using type = T;
};
template <class T>
using Base = typename BaseOf<T>::type;

}  // namespace tfqkd
