#pragma once

#include "protocol/sns_single_photons.hpp"
#include "tfqkd/protocol/protocol.hpp"

// Key rates of sending-or-not-sending twin-field QKD: SNS physics, sections 6 and 9.
namespace tfqkd {

enum class ErrorCorrection { plain, refined };

// Bits of error correction per time window, f n_t h(E_Z), or by Bob's bit value (S34).
template <class T, class Notes>
T sns_error_correction(const Link<T>& link, const SnsObservables<T>& o, ErrorCorrection how, Notes&& note) {
    if (how == ErrorCorrection::plain)
        return link.error_correction_inefficiency * o.n_t * binary_entropy(o.e_z);
    const T error_0 = o.d / o.n_t0, error_1 = o.v / o.n_t1;
    note("E_0", error_0);
    note("E_1", error_1);
    return link.error_correction_inefficiency *
           (o.n_t0 * binary_entropy(error_0) + o.n_t1 * binary_entropy(error_1));
}

// More errors than correct bits are cheap to correct but are no way to a key; without this a search that has
// found none yet would go there.
template <class T>
T sns_error_excess(const Link<T>& link, const SnsObservables<T>& o) {
    const T half(0.5), e = max(o.e_z, half);
    return link.error_correction_inefficiency * (1.0 - binary_entropy(e)) + 2.0 * (e - half);
}

template <SnsLevel level, template <class, SnsLevel> class Sources>
struct SnsModel {
    template <class T>
    using Parameters = Sources<T, level>;
    static constexpr int parameter_count = Parameters<double>::count;

    ErrorCorrection error_correction = ErrorCorrection::plain;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& parameters, Notes&& note) const {
        const SnsSetting<T> set = parameters.setting();
        const SnsObservables<T> o = sns_observe(link, set, note);
        const T beta = level == SnsLevel::finite ? sns_beta(link) : T(0.0);
        const SnsSinglePhotons<T> single = sns_single_photons<level>(link, set, o, beta, note);
        if constexpr (level == SnsLevel::finite) return finite(link, o, single, beta, note);
        const T n_01 = sns_where_bounded(single, o.w_01 * single.s_01);
        const T n_10 = sns_where_bounded(single, o.w_10 * single.s_10), n_1 = n_01 + n_10;
        note("n_01", n_01);
        note("n_10", n_10);
        note("n_1", n_1);
        const T correction = sns_error_correction(link, o, error_correction, note);
        return {n_1 * sns_secret_fraction(single.phase_error) - correction, o.n_t,  // (S30)
                single.excess + sns_error_excess(link, o)};
    }

  private:
    template <class T, class Notes>
    KeyRate<T> finite(const Link<T>& link, const SnsObservables<T>& o, const SnsSinglePhotons<T>& single,
                      T beta, Notes&& note) const {
        const T expected =
            sns_where_bounded(single, link.pulses * (o.w_10 * single.s_10 + o.w_01 * single.s_01));
        const T n_1 = observed_lower(expected, beta);  // (S31)
        const T some = max(n_1, T(1e-100));
        const T phase_error = observed_upper(some * single.phase_error, beta) / some;  // (S32)
        note("n_1_count", n_1);
        note("e1ph", phase_error);
        const T correction = link.pulses * sns_error_correction(link, o, error_correction, note);
        const T bits = n_1 * sns_secret_fraction(phase_error) - correction - sns_final_bits(link);  // (S33)
        note("key_bits", bits);
        const T few = max(1.0 - expected / beta, T(0.0)), errors = sns_error_excess(link, o);
        return {bits / link.pulses, o.n_t,
                single.excess + few + errors + sns_phase_excess(phase_error, T(1.0))};
    }
};

}  // namespace tfqkd
