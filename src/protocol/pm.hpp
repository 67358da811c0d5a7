#pragma once

#include "protocol/pm_parameters.hpp"

// Phase-matching QKD with infinite data and infinite decoys, the paper's model of the channel: PM
// physics, 9.1 and 9.2. Arms of equal loss only.
namespace tfqkd {

// Photon numbers k = 0, 1, 2, ... of a Poissonian pulse, one after the other.
template <class T>
struct PmPhotons {
    T eta, mu;
    T weight = exp(-mu);  // P_k
    T arriving = T(0.0);  // 1 - (1 - eta)^k, without cancellation
    int k = 0;

    void advance() {
        ++k;
        weight = weight * mu * (1.0 / k);
        arriving = arriving + eta * (1.0 - arriving);
    }
    T yield(T p_d) const { return arriving + 2.0 * p_d * (1.0 - arriving); }                  // (B13)
    T errors(T p_d, T e_delta) const { return p_d * (1.0 - arriving) + e_delta * arriving; }  // (B20)
};

// Phase error times gain: (B27), or that of symmetry-protected privacy, in which all even photon numbers
// count.
template <class T>
T pm_phase_errors(const PmOptions& options, T eta, T mu, T p_d, T e_delta, T gain) {
    PmPhotons<T> photons{eta, mu};
    const T vacuum = photons.weight * photons.yield(p_d);
    T odd_gain(0.0), odd_errors(0.0);
    while (photons.k < options.largest_photon_number) {
        photons.advance();
        if (photons.k % 2 == 0) continue;
        odd_gain = odd_gain + photons.weight * photons.yield(p_d);
        odd_errors = odd_errors + photons.weight * photons.errors(p_d, e_delta);
    }
    if (options.bound == PmBound::spp) return gain - odd_gain;
    return 0.5 * vacuum + odd_errors + (gain - vacuum - odd_gain);
}

struct PmModel {
    template <class T>
    using Parameters = PmParameters<T>;
    static constexpr int parameter_count = Parameters<double>::count;

    PmOptions options;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& choice, Notes&& note) const {
        const T p_d = link.dark_count_probability, mu = choice.intensity, eta = equal_arm_efficiency(link);
        const T e_delta = pm_photon_error(link, options, choice.phase_slices, note);
        const T arriving = eta * mu, silent = exp(-arriving);
        const T gain = 2.0 * p_d * silent - expm1(-arriving);            // (B14)
        const T bit_error = (p_d + arriving * e_delta) * silent / gain;  // (B22)
        const T phase_error = pm_phase_errors(options, eta, mu, p_d, e_delta, gain) / gain;
        return on_equal_arms(link, pm_key(link, choice.phase_slices, gain, bit_error, phase_error, note));
    }
};

}  // namespace tfqkd
