#pragma once

#include "protocol/sns_observables.hpp"
#include "tfqkd/math/chernoff.hpp"

// What is known of the single photons, exactly or as bounds, and what a key of them is worth: SNS physics,
// sections 2, 4 and 5. Shared by SNS and AOPP.
namespace tfqkd {

// Single-photon yields and the phase error rate, exact or as bounds.
template <class T>
struct SnsSinglePhotons {
    T s_10, s_01, phase_error;
    T excess;  // > 0 where the bounds leave no key
};

// How far e = numerator/denominator is beyond 1/2, as 1 - 1/(2e): it goes on smoothly where the denominator
// is negative.
template <class T>
T sns_phase_excess(T numerator, T denominator) {
    const T inverse = 0.5 * denominator / max(numerator, T(1e-290));
    return min(max(1.0 - inverse, T(0.0)), T(100.0));
}

// Infinite decoys: the exact single-photon quantities (S9)-(S11).
template <class T, class Notes>
SnsSinglePhotons<T> sns_exact(const Link<T>& link, const SnsSetting<T>& set, const SnsObservables<T>& o,
                              Notes&& note) {
    const T p_d = o.p_d;
    const auto yield = [&](T eta) { return (1.0 - p_d) * (eta + 2.0 * p_d * (1.0 - eta)); };  // (S9)
    SnsSinglePhotons<T> single;
    note("s_10", single.s_10 = yield(o.eta_a));
    note("s_01", single.s_01 = yield(o.eta_b));
    const T q = o.w_10 / (o.w_10 + o.w_01);
    const T from_a = q * o.eta_a, from_b = (1.0 - q) * o.eta_b, eta = from_a + from_b;
    const T root_a = sqrt(from_a), root_b = sqrt(from_b), half = 0.5 * set.delta;
    const T wrong =
        0.5 * (root_a - root_b) * (root_a - root_b) + root_a * root_b * one_minus_sinc(half * half);
    const T s_1 = yield(eta), t_1 = (1.0 - p_d) * (wrong + p_d * (1.0 - eta));  // (S10), (S11)
    note("e1ph",
         single.phase_error = ((1.0 - 2.0 * link.misalignment) * t_1 + link.misalignment * s_1) / s_1);
    note("s_1", s_1);
    single.excess = max(single.phase_error - 0.5, T(0.0));
    return single;
}

// What the decoy bounds are computed from: yields, or bounds of their expected values where data are finite.
template <class T>
struct SnsBoundedYields {
    T s00_lower, s00_upper, s10_lower, s20_upper, s01_lower, s02_upper, t_upper;
};

// Single-photon yield of one user from the yields of his two decoys (S17).
template <class T>
T sns_yield_bound(const SnsUser<T>& user, T weak, T strong, T vacuum) {
    const T mu_1 = user.mu_1, mu_2 = user.mu_2, square_1 = mu_1 * mu_1, square_2 = mu_2 * mu_2;
    return (square_2 * exp(mu_1) * weak - square_1 * exp(mu_2) * strong - (square_2 - square_1) * vacuum) /
           (mu_1 * mu_2 * (mu_2 - mu_1));
}

template <class T, class Notes>
SnsSinglePhotons<T> sns_decoy_bounds(const SnsSetting<T>& set, const SnsObservables<T>& o,
                                     const SnsBoundedYields<T>& y, const char* phase_error_name,
                                     Notes&& note) {
    SnsSinglePhotons<T> single;
    note("s_10", single.s_10 = sns_yield_bound(set.a, y.s10_lower, y.s20_upper, y.s00_upper));  // (S17)
    note("s_01", single.s_01 = sns_yield_bound(set.b, y.s01_lower, y.s02_upper, y.s00_upper));
    const T sum = set.a.mu_1 + set.b.mu_1;
    const T s_1 = (set.a.mu_1 * single.s_10 + set.b.mu_1 * single.s_01) / sum;  // (S18)
    const T vacuum = exp(-sum);
    const T errors = y.t_upper - 0.5 * vacuum * y.s00_lower, photons = sum * vacuum * s_1;
    single.phase_error = max(errors / max(photons, T(1e-60)), T(0.0));  // (S19)
    note(phase_error_name, single.phase_error);
    note("s_1", s_1);
    single.excess = sns_phase_excess(errors, photons) + max(-single.s_10 / o.eta_a, T(0.0)) +
                    max(-single.s_01 / o.eta_b, T(0.0)) + set.outside;
    return single;
}

// Numbers of windows behind each yield (S24), (S25) and the Chernoff bounds of the yields' expected values.
template <class T, class Notes>
SnsBoundedYields<T> sns_fluctuate(const Link<T>& link, const SnsSetting<T>& set, const SnsObservables<T>& o,
                                  const SnsDecoyYields<T>& y, T beta, Notes&& note) {
    const SnsUser<T>&a = set.a, &b = set.b;
    const T decoy_a = 1.0 - a.p_z, decoy_b = 1.0 - b.p_z;
    const T silent_a = a.p_z * (1.0 - a.epsilon), silent_b = b.p_z * (1.0 - b.epsilon);
    const T vacuum_a = decoy_a * a.p_0, vacuum_b = decoy_b * b.p_0;
    const T quiet_a = vacuum_a + silent_a, quiet_b = vacuum_b + silent_b, n = link.pulses;
    const T n_00 = n * (vacuum_a * vacuum_b + silent_a * vacuum_b + vacuum_a * silent_b);
    const T n_10 = n * decoy_a * a.p_1 * quiet_b, n_20 = n * decoy_a * a.p_2 * quiet_b;
    const T n_01 = n * decoy_b * b.p_1 * quiet_a, n_02 = n * decoy_b * b.p_2 * quiet_a;
    const T n_x = n * decoy_a * a.p_1 * decoy_b * b.p_1 * set.delta * (1.0 / 3.14159265358979323846);
    note("N_00", n_00);
    note("N_10", n_10);
    note("N_20", n_20);
    note("N_01", n_01);
    note("N_02", n_02);
    note("N_X", n_x);

    const T none(1e-290);  // an empty class gives useless bounds, not a division by zero
    const auto lower = [&](T windows, T yield) {
        return expected_lower(windows * yield, beta) / max(windows, none);
    };
    const auto upper = [&](T windows, T yield) {
        return expected_upper(windows * yield, beta) / max(windows, none);
    };
    SnsBoundedYields<T> bounds;
    note("S00_L", bounds.s00_lower = lower(n_00, o.s_00));  // (S20), (S21)
    note("S00_U", bounds.s00_upper = upper(n_00, o.s_00));
    note("S10_L", bounds.s10_lower = lower(n_10, y.s_10));
    note("S20_U", bounds.s20_upper = upper(n_20, y.s_20));
    note("S01_L", bounds.s01_lower = lower(n_01, y.s_01));
    note("S02_U", bounds.s02_upper = upper(n_02, y.s_02));
    note("T_U", bounds.t_upper = upper(n_x, y.t_delta));
    return bounds;
}
// Each side of a Chernoff bound fails with half of the probability given.
template <class T>
T sns_beta(const Link<T>& link) {
    return std::numbers::ln2 - log(link.chernoff_failure);
}

// The single photons of a level; `beta` is used where data are finite.
template <SnsLevel level, class T, class Notes>
SnsSinglePhotons<T> sns_single_photons(const Link<T>& link, const SnsSetting<T>& set,
                                       const SnsObservables<T>& o, T beta, Notes&& note) {
    if constexpr (level == SnsLevel::asymptotic) return sns_exact(link, set, o, note);
    const SnsDecoyYields<T> y = sns_decoy_yields(link, set, o, note);
    if constexpr (level == SnsLevel::finite)
        return sns_decoy_bounds(set, o, sns_fluctuate(link, set, o, y, beta, note), "e1_exp", note);
    return sns_decoy_bounds(set, o, {o.s_00, o.s_00, y.s_10, y.s_20, y.s_01, y.s_02, y.t_delta}, "e1ph",
                            note);
}

// 1 - h(e), with errors of 1/2 and more counted as 1/2.
template <class T>
T sns_secret_fraction(T phase_error) {
    return 1.0 - binary_entropy(min(phase_error, T(0.5)));
}

// Bits lost to correctness and privacy amplification: log2(2/eps_cor) + 2 log2(1/(sqrt 2 eps_PA eps_hat)).
template <class T>
T sns_final_bits(const Link<T>& link) {
    return -std::numbers::log2e *
           (log(link.correctness_failure) + 2.0 * (log(link.privacy_failure) + log(link.smoothing_failure)));
}

// 0 where either yield is no lower bound of anything: then there is no key (section 10).
template <class T>
T sns_where_bounded(const SnsSinglePhotons<T>& single, T value) {
    return where_greater(min(single.s_10, single.s_01), T(0.0), value, T(0.0));
}
}  // namespace tfqkd
