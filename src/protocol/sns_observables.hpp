#pragma once

#include "protocol/arms.hpp"
#include "protocol/sns_parameters.hpp"
#include "tfqkd/math/quadrature.hpp"

// Channel, detectors and what is observed: SNS physics, sections 2 and 3.
namespace tfqkd {

// Probability of exactly one click with `a` mean photons from one user after loss (S3), without cancellation.
template <class T>
T sns_one_click(T p_d, T a) {
    return 2.0 * (1.0 - p_d) * exp(-a) * (p_d + expm1(0.5 * a));
}

// The same with `a` and `b` mean photons and a random relative phase (S4); a and b at most 4.
template <class T>
T sns_two_pulses(T p_d, T a, T b) {
    const T i0 = bessel_i0_minus_1(a * b), sum = a + b;
    return 2.0 * (1.0 - p_d) * exp(-sum) * (p_d + expm1(0.5 * sum) * (i0 + 1.0) + i0);
}

// X windows: wrong clicks T_X (S6) and all single clicks S_X (S7) for phases within a slice of width `delta`.
template <class T>
struct SnsSlice {
    T wrong, all;
};
template <class T>
SnsSlice<T> sns_slice(T p_d, T a, T b, T delta) {
    const T root_ab = sqrt(a * b), difference = sqrt(a) - sqrt(b);
    const T dark_port = 0.5 * (difference * difference);
    const T bright_port = 0.5 * (a + b) + root_ab;  // nu_r at delta = 0
    T wrong(0.0), right(0.0);
    for (std::size_t i = 0; i < EvenGaussLegendre::nodes.size(); ++i) {
        const T half_phase = delta * (0.25 * EvenGaussLegendre::nodes[i]);
        const T leak = 2.0 * root_ab * sine_squared(half_phase * half_phase);
        wrong = wrong + EvenGaussLegendre::weights[i] * expm1(dark_port + leak);
        right = right + EvenGaussLegendre::weights[i] * expm1(bright_port - leak);
    }
    const T common = (1.0 - p_d) * exp(-(a + b));
    // exp(-nu_r) exp(a+b) = exp(nu_w): the port that stays dark decides.
    return {common * (p_d + wrong), common * (2.0 * p_d + wrong + right)};
}

// Rates per time window. Indices: (Alice, Bob).
template <class T>
struct SnsObservables {
    T eta_a, eta_b, p_d;
    T s_00;              // one click from vacuum
    T c_10, c_01, d, v;  // signal windows: Alice alone sends, Bob alone, both, none (S13)
    T n_t, e_z;          // sifted bits and their error rate (S14)
    T n_t0, n_t1;        // by Bob's bit (S15)
    T w_10, w_01;        // single-photon weights
};

template <class T, class Notes>
SnsObservables<T> sns_observe(const Link<T>& link, const SnsSetting<T>& set, Notes&& note) {
    SnsObservables<T> o;
    note("eta_a", o.eta_a = arm_efficiency(link, link.loss_a_db));  // (S1)
    note("eta_b", o.eta_b = arm_efficiency(link, link.loss_b_db));
    const T p_d = o.p_d = link.dark_count_probability;
    note("S_00", o.s_00 = 2.0 * p_d * (1.0 - p_d));  // (S2)
    const T a = o.eta_a * set.a.mu_z, b = o.eta_b * set.b.mu_z;
    const T s_z0 = sns_one_click(p_d, a), s_0z = sns_one_click(p_d, b),
            s_zz = sns_two_pulses(p_d, a, b);  // (S12)
    note("S_z0", s_z0);
    note("S_0z", s_0z);
    note("S_zz", s_zz);

    const T both = set.a.p_z * set.b.p_z;
    const T only_a = both * set.a.epsilon * (1.0 - set.b.epsilon);
    const T only_b = both * (1.0 - set.a.epsilon) * set.b.epsilon;
    note("C10", o.c_10 = only_a * s_z0);  // (S13)
    note("C01", o.c_01 = only_b * s_0z);
    note("D", o.d = both * set.a.epsilon * set.b.epsilon * s_zz);
    note("V", o.v = both * (1.0 - set.a.epsilon) * (1.0 - set.b.epsilon) * o.s_00);
    note("n_t", o.n_t = o.c_10 + o.c_01 + o.d + o.v);  // (S14)
    note("E_Z", o.e_z = (o.d + o.v) / o.n_t);
    note("n_t0", o.n_t0 = o.c_01 + o.d);  // (S15)
    note("n_t1", o.n_t1 = o.c_10 + o.v);
    note("w_10", o.w_10 = only_a * set.a.mu_z * exp(-set.a.mu_z));
    note("w_01", o.w_01 = only_b * set.b.mu_z * exp(-set.b.mu_z));
    return o;
}

// Yields of the decoy windows (S16).
template <class T>
struct SnsDecoyYields {
    T s_10, s_20, s_01, s_02, t_delta;
};

template <class T, class Notes>
SnsDecoyYields<T> sns_decoy_yields(const Link<T>& link, const SnsSetting<T>& set, const SnsObservables<T>& o,
                                   Notes&& note) {
    SnsDecoyYields<T> y;
    note("S_10", y.s_10 = sns_one_click(o.p_d, o.eta_a * set.a.mu_1));
    note("S_20", y.s_20 = sns_one_click(o.p_d, o.eta_a * set.a.mu_2));
    note("S_01", y.s_01 = sns_one_click(o.p_d, o.eta_b * set.b.mu_1));
    note("S_02", y.s_02 = sns_one_click(o.p_d, o.eta_b * set.b.mu_2));
    const SnsSlice<T> slice = sns_slice(o.p_d, o.eta_a * set.a.mu_1, o.eta_b * set.b.mu_1, set.delta);
    note("S_X", slice.all);
    note("T_X", slice.wrong);
    note("T_D",
         y.t_delta = (1.0 - 2.0 * link.misalignment) * slice.wrong + link.misalignment * slice.all);  // (S8)
    return y;
}

}  // namespace tfqkd
