#pragma once

#include "protocol/pm_parameters.hpp"

// Phase-matching QKD with infinite data and the intensities mu, nu and 0 (VW): PM physics, 9.4. Arms of equal
// loss only. Gains and errors are sums over photon numbers of the paper's yields (B13), (B20).
namespace tfqkd {

struct PmDecoyModel {
    template <class T>
    using Parameters = PmDecoyParameters<T>;
    static constexpr int parameter_count = Parameters<double>::count;

    PmOptions options;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& choice, Notes&& note) const {
        const T p_d = link.dark_count_probability, eta = equal_arm_efficiency(link);
        const T e_delta = pm_photon_error(link, options, choice.phase_slices, note);
        const T mu = choice.intensity, ratio = choice.decoy_ratio, nu = ratio * mu;
        const T arriving = eta * mu, silent = exp(-arriving), none = exp(-mu);
        const T gain = 2.0 * p_d * silent - expm1(-arriving);
        const T bit_error = (p_d * silent - e_delta * expm1(-arriving)) / gain;  // (P2)

        // Q_x e^x - Y_0 and W_x e^x - W_0 of intensity x, written without cancellation.
        const T y_0 = 2.0 * p_d, w_0 = p_d;
        const auto above = [&](T x, T vacuum, T photon) {
            const T lost = expm1((1.0 - eta) * x);
            return vacuum * lost + photon * (1.0 + lost) * expm1(eta * x);
        };
        const T one(1.0);
        const T y_1 = (above(nu, y_0, one) - ratio * ratio * above(mu, y_0, one)) / (nu * (1.0 - ratio));
        const T wrong_1 = above(nu, w_0, e_delta) / nu;  // upper bound of e_1 Y_1
        note("Y_1", y_1);
        note("e1Y1", wrong_1);
        const T q_0 = none * y_0 / gain, q_1 = mu * none * y_1 / gain;
        const T known = none * (w_0 + mu * wrong_1) / gain;
        const T phase_error = options.bound == PmBound::spp ? 1.0 - q_1 : known + 1.0 - q_0 - q_1;
        return on_equal_arms(link, pm_key(link, choice.phase_slices, gain, bit_error, phase_error, note));
    }
};

}  // namespace tfqkd
