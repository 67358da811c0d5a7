#pragma once

#include "protocol/pm_parameters.hpp"

// The rate estimate of the first twin-field proposal: PM physics, section 11. Arms of equal loss only.
namespace tfqkd {

constexpr Quantity tf_signal_duty{"signal_duty",
                                  "",
                                  {0, 1, true},
                                  {0.1, 1},
                                  1,
                                  Scale::linear,
                                  "share of the pulses that carry key, d",
                                  false,
                                  "the rate is proportional to it"};

template <class T>
struct TfOriginalParameters {
    static constexpr int count = 3;
    T intensity, phase_slices, signal_duty;

    template <class F>
    void each(F f) {
        f(intensity);
        f(phase_slices);
        f(signal_duty);
    }
};

struct TfOriginalModel {
    template <class T>
    using Parameters = TfOriginalParameters<T>;
    static constexpr int parameter_count = Parameters<double>::count;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& choice, Notes&& note) const {
        const T mu = choice.intensity, y_0 = 2.0 * link.dark_count_probability,
                eta = equal_arm_efficiency(link);
        const T slice = (2.0 * std::numbers::pi) / choice.phase_slices;
        const T e_m = 0.5 * one_minus_sinc(slice * slice);  // 1/2 - sin(2 pi/M) / (4 pi/M)
        const auto error = [&](T clicked, T all) {  // of the optics and dark counts, then of the slices
            const T e = (link.misalignment * clicked + 0.5 * y_0) / all;
            return e + e_m - 2.0 * e * e_m;
        };
        const T seen = -(1.0 - y_0) * expm1(-eta * mu), gain = seen + y_0;
        const T seen_1 = (1.0 - y_0) * eta, y_1 = seen_1 + y_0;
        const T e = error(seen, gain), e_1 = error(seen_1, y_1), gain_1 = mu * exp(-mu) * y_1;
        note("E_M", e_m);
        note("Q", gain);
        note("E", e);
        note("Q1", gain_1);
        note("e1", e_1);
        const T share = choice.signal_duty / choice.phase_slices, half(0.5);
        const T secret = gain_1 * (1.0 - binary_entropy(min(e_1, half)));
        const T correction = link.error_correction_inefficiency * gain * binary_entropy(e);
        return on_equal_arms(
            link, KeyRate<T>{share * (secret - correction), share * gain, max(e_1 - half, T(0.0))});
    }
};

}  // namespace tfqkd
