#pragma once

#include "protocol/sns_single_photons.hpp"
#include "tfqkd/protocol/protocol.hpp"

// Key rates of SNS with actively odd-parity pairing (AOPP): SNS physics, sections 7, 8 and 10. Bob pairs his
// bits 0 with his bits 1; pairs of odd parity at Alice's side give one bit each.
namespace tfqkd {

// How finite data are treated: pairs as if independent (S47), or zigzag (S60)-(S68).
enum class AoppProof { simple, zigzag };

// Pairs and what is left of them, per time window.
template <class T>
struct AoppPairs {
    T formed, kept, error;
};

template <class T, class Notes>
AoppPairs<T> aopp_pair(const SnsObservables<T>& o, Notes&& note) {
    const T formed = min(o.n_t0, o.n_t1);  // (S40)
    const T right = o.c_01 / o.n_t0 * (o.c_10 / o.n_t1), wrong = o.d / o.n_t0 * (o.v / o.n_t1);
    AoppPairs<T> pairs{formed, formed * (right + wrong), wrong / (right + wrong)};
    note("n_g", pairs.formed);
    note("n_t_aopp", pairs.kept);  // (S41), (S42)
    note("E_aopp", pairs.error);   // (S43)
    return pairs;
}

// Single-photon bits of either kind: rates per time window, or counts.
template <class T>
struct AoppBits {
    T n_01, n_10;
    T sum() const { return n_01 + n_10; }
};

// Single-photon pairs, what is left of their phase error, and how far either is from giving a key.
template <class T>
struct AoppKey {
    T pairs, phase_error, excess;
};

// How far an expected count is below what gives a useful lower bound; it starts early, since a count that is
// just enough is bounded by nearly nothing.
template <class T>
T aopp_shortage(T expected, T beta) {
    return max(1.0 - expected / (2.0 * beta), T(0.0));
}

// Keeps quotients and their slopes finite where there are no single photons.
template <class T>
T aopp_some(T count) {
    return max(count, T(1e-60));
}

// Infinite data.
template <class T, class Notes>
AoppKey<T> aopp_asymptotic(const SnsObservables<T>& o, const AoppPairs<T>& pairs,
                           const SnsSinglePhotons<T>& single, Notes&& note) {
    const AoppBits<T> bits{sns_where_bounded(single, o.w_01 * single.s_01),
                           sns_where_bounded(single, o.w_10 * single.s_10)};
    note("n_01", bits.n_01);
    note("n_10", bits.n_10);
    note("n_1", bits.sum());
    const T n_1 = pairs.formed * (bits.n_01 / o.n_t0) * (bits.n_10 / o.n_t1);   // (S44)
    const T e = min(single.phase_error, T(0.5)), paired = 2.0 * e * (1.0 - e);  // (S45)
    note("n_1_aopp", n_1);
    note("e1ph_aopp", paired);
    return {n_1, paired, T(0.0)};
}

// Finite data, pairs taken as independent (S47). Counts.
template <class T, class Notes>
AoppKey<T> aopp_simple(const Link<T>& link, const SnsObservables<T>& o, const AoppPairs<T>& pairs,
                       const AoppBits<T>& bits, T expected_error, T beta, Notes&& note) {
    const T some_1 = aopp_some(bits.sum());
    const T before = observed_upper(some_1 * expected_error, beta) / some_1, e = min(before, T(0.5));
    const T expected = pairs.formed / link.pulses * (bits.n_01 / o.n_t0) * (bits.n_10 / o.n_t1);
    const T n_1 = observed_lower(expected, beta), some = aopp_some(n_1);
    const T after = observed_upper(2.0 * e * (1.0 - e) * some, beta) / some;
    note("e1ph", before);
    note("n_1_aopp_count", n_1);
    note("e1ph_aopp", after);
    return {n_1, after, aopp_shortage(expected, beta) + sns_phase_excess(after, T(1.0))};
}

// Finite data, zigzag: two halves, each as if of random pairs (S60)-(S67). Counts; `pairs` of one half.
template <class T, class Notes>
AoppKey<T> aopp_zigzag(const Link<T>& link, const SnsObservables<T>& o, const AoppPairs<T>& pairs,
                       const AoppBits<T>& bits, T expected_error, T beta, Notes&& note) {
    const T n = link.pulses, n_1 = bits.sum(), some_1 = aopp_some(n_1);
    const T n_odd = n * o.n_t0 * (o.n_t1 / o.n_t), u = n * pairs.formed / (2.0 * n_odd);  // (S60), (S61)
    note("n_odd", n_odd);
    note("u", u);
    const T expected_r = n_1 * (n_1 / (n * o.n_t)) * (0.5 * u);
    const T n_1r = observed_lower(expected_r, beta), some_r = aopp_some(n_1r);  // (S62)
    const T expected_min = 2.0 * n_1r * (min(bits.n_01, bits.n_10) / some_1);
    const T n_min = observed_lower(expected_min, beta);  // (S63)
    const T expected_half = n_min * (1.0 - n_min / (2.0 * some_r));
    const T n_half = observed_lower(expected_half, beta);  // (S64)
    note("n1r", n_1r);
    note("n_min", n_min);
    note("n1_half", n_half);

    const T rest = aopp_some(n_1 - 2.0 * n_1r);
    const T e_tau = observed_upper(rest * expected_error, beta) / rest, e = min(e_tau, T(0.5));  // (S65)
    const T r = n_1 / rest * log(max(3.0 * rest * rest / link.chernoff_failure, T(1.0)));        // (S66)
    const T errors = observed_upper(max(n_1r - r, T(0.0)) * e * (1.0 - e), beta) + r;            // (S67)
    const T phase_error = errors / aopp_some(n_half);
    note("e_tau", e_tau);
    note("r", r);
    note("M_s", errors);
    note("e1ph_aopp", phase_error);
    note("n_1_aopp_count", 2.0 * n_half);
    const T shortage = aopp_shortage(expected_r, beta) + aopp_shortage(expected_min, beta) +
                       aopp_shortage(expected_half, beta) + max(r - n_1r, T(0.0)) / (r + 1.0);
    const T useful = where_greater(n_1r, r, n_half, T(0.0));  // none where r >= n_1r (section 10)
    return {useful, phase_error, shortage + sns_phase_excess(errors, n_half)};
}

template <SnsLevel level, AoppProof proof, template <class, SnsLevel> class Sources>
struct AoppModel {
    template <class T>
    using Parameters = Sources<T, level>;
    static constexpr int parameter_count = Parameters<double>::count;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& parameters, Notes&& note) const {
        const SnsSetting<T> set = parameters.setting();
        const SnsObservables<T> o = sns_observe(link, set, note);
        const AoppPairs<T> pairs = aopp_pair(o, note);
        const T beta = level == SnsLevel::finite ? sns_beta(link) : T(0.0);
        const SnsSinglePhotons<T> single = sns_single_photons<level>(link, set, o, beta, note);
        const T correction = link.error_correction_inefficiency * pairs.kept * binary_entropy(pairs.error);
        if constexpr (level == SnsLevel::finite)
            return finite(link, o, pairs, single, correction, beta, note);
        const AoppKey<T> key = aopp_asymptotic(o, pairs, single, note);
        return {key.pairs * sns_secret_fraction(key.phase_error) - correction, pairs.kept,  // (S46)
                single.excess};
    }

  private:
    template <class T, class Notes>
    static KeyRate<T> finite(const Link<T>& link, const SnsObservables<T>& o, const AoppPairs<T>& pairs,
                             const SnsSinglePhotons<T>& single, T correction, T beta, Notes&& note) {
        const T expected_01 = sns_where_bounded(single, link.pulses * o.w_01 * single.s_01);
        const T expected_10 = sns_where_bounded(single, link.pulses * o.w_10 * single.s_10);
        const AoppBits<T> bits{observed_lower(expected_01, beta), observed_lower(expected_10, beta)};
        note("n01_count", bits.n_01);
        note("n10_count", bits.n_10);
        note("n_1_count", bits.sum());
        AoppKey<T> key;
        if constexpr (proof == AoppProof::zigzag)
            key = aopp_zigzag(link, o, pairs, bits, single.phase_error, beta, note);
        else
            key = aopp_simple(link, o, pairs, bits, single.phase_error, beta, note);
        const double halves = proof == AoppProof::zigzag ? 2 : 1;  // each has its own final bits
        const T bits_left = halves * key.pairs * sns_secret_fraction(key.phase_error) -
                            link.pulses * correction - halves * sns_final_bits(link);  // (S47), (S68)
        note("key_bits", bits_left);
        const T few = aopp_shortage(expected_01, beta) + aopp_shortage(expected_10, beta);
        return {bits_left / link.pulses, pairs.kept, single.excess + few + key.excess};
    }
};

}  // namespace tfqkd
