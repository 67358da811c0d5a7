#pragma once

#include <Eigen/Core>

#include "tfqkd/math/real.hpp"

namespace tfqkd {

// One register of doubles. Exactly one: wider packs were slower, and wrong with some compilers. Lanes never
// mix, so a lane's result does not depend on what the other lanes hold.
struct Pack {
    using Register = Eigen::internal::packet_traits<double>::type;
    static constexpr int width = Eigen::internal::unpacket_traits<Register>::size;

    Register lanes;

    Pack() = default;
    Pack(double x) : lanes(Eigen::internal::pset1<Register>(x)) {}
    Pack(int x) : Pack(static_cast<double>(x)) {}
    static Pack of(Register r) {
        Pack p;
        p.lanes = r;
        return p;
    }
    static Pack load(const double* from) { return of(Eigen::internal::ploadu<Register>(from)); }
    void store(double* to) const { Eigen::internal::pstoreu(to, lanes); }

    friend Pack operator+(Pack x, Pack y) { return of(Eigen::internal::padd(x.lanes, y.lanes)); }
    friend Pack operator-(Pack x, Pack y) { return of(Eigen::internal::psub(x.lanes, y.lanes)); }
    friend Pack operator*(Pack x, Pack y) { return of(Eigen::internal::pmul(x.lanes, y.lanes)); }
    friend Pack operator/(Pack x, Pack y) { return of(Eigen::internal::pdiv(x.lanes, y.lanes)); }
    friend Pack operator-(Pack x) { return of(Eigen::internal::pnegate(x.lanes)); }
};

inline Pack exp(Pack x) { return Pack::of(Eigen::internal::pexp(x.lanes)); }
inline Pack log(Pack x) { return Pack::of(Eigen::internal::plog(x.lanes)); }
inline Pack sqrt(Pack x) { return Pack::of(Eigen::internal::psqrt(x.lanes)); }
inline Pack min(Pack x, Pack y) { return Pack::of(Eigen::internal::pmin(x.lanes, y.lanes)); }
inline Pack max(Pack x, Pack y) { return Pack::of(Eigen::internal::pmax(x.lanes, y.lanes)); }
inline Pack multiply_add(Pack x, Pack y, Pack z) {
    return Pack::of(Eigen::internal::pmadd(x.lanes, y.lanes, z.lanes));
}
inline Pack where_greater(Pack x, Pack y, Pack a, Pack b) {
    return Pack::of(Eigen::internal::pselect(Eigen::internal::pcmp_lt(y.lanes, x.lanes), a.lanes, b.lanes));
}

// The nearest whole number, |x| < 2^51: adding 1.5 * 2^52 leaves no room for a fraction. (Eigen's rounding
// does not compile for SSE2.)
inline Pack nearest(Pack x) {
    const Pack shift(6755399441055744.0);
    return (x + shift) - shift;
}

// Eigen has no packet expm1 or log1p for doubles.

// expm1(x) = 2^k (expm1(r) + 1) - 1 with x = k ln 2 + r, |r| <= ln 2 / 2; the Taylor series of expm1 to r^14.
// Above 709.4 it stays what it is there, 1.2e308: 2^k must not overflow.
inline Pack expm1(Pack x) {
    x = min(max(x, Pack(-745.0)), Pack(709.4));
    const Pack k = nearest(x * Pack(1.4426950408889634));
    const Pack r = multiply_add(k, Pack(-1.90821492927058770002e-10),
                                multiply_add(k, Pack(-6.93147180369123816490e-01), x));
    Pack p(1.0 / 87178291200.0);
    for (const double denominator : {6227020800.0, 479001600.0, 39916800.0, 3628800.0, 362880.0, 40320.0,
                                     5040.0, 720.0, 120.0, 24.0, 6.0, 2.0})
        p = multiply_add(p, r, Pack(1.0 / denominator));
    const Pack small = multiply_add(p * r, r, r);
    const Pack power = Pack::of(Eigen::internal::pldexp(Pack(1.0).lanes, k.lanes));
    return multiply_add(small, power, power - Pack(1.0));
}

// log(u) with u = 1 + x rounded, and the rounding error of u mended to first order.
inline Pack log1p(Pack x) {
    const Pack u = Pack(1.0) + x;
    return log(u) + (x - (u - Pack(1.0))) / u;
}

}  // namespace tfqkd
