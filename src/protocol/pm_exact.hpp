#pragma once

#include "protocol/pm_parameters.hpp"
#include "tfqkd/math/quadrature.hpp"

// Phase-matching QKD with infinite data and infinite decoys on the exact channel, arms of any loss: PM
// physics, 9.3. Of k photons, those that reach the wrong port decide; sums over even and odd k are hyperbolic
// functions, written so that nothing cancels.
namespace tfqkd {

// sinh(x) and cosh(x) - 1.
template <class T>
struct Hyperbolic {
    T sinh, cosh_minus_1;
};
template <class T>
Hyperbolic<T> hyperbolic(T x) {
    const T up = expm1(x), down = up / (1.0 + up);  // 1 - exp(-x)
    return {0.5 * (up + down), 0.5 * up * down};
}

struct PmExactModel {
    template <class T>
    using Parameters = PmAsymmetricParameters<T>;
    static constexpr int parameter_count = Parameters<double>::count;

    PmOptions options;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& choice, Notes&& note) const {
        const T p_d = link.dark_count_probability, mu = choice.intensity;
        const T a = arm_efficiency(link, link.loss_a_db) * choice.photon_share;
        const T b = arm_efficiency(link, link.loss_b_db) * (1.0 - choice.photon_share);
        const Hyperbolic<T> dark = dark_port(link, choice, a, b);  // <sinh y>, <cosh y> - 1 of y = mu g_d
        const T arriving = mu * (a + b), weight = (1.0 - p_d) * exp(-mu);
        const Hyperbolic<T> all = hyperbolic(mu), lost = hyperbolic(mu - arriving),
                            found = hyperbolic(arriving);

        // Wrong clicks: of x = mu - arriving and y, sinh(x + y) - (1 - p_d) sinh x for odd k, cosh for even.
        const T lost_cosh = 1.0 + lost.cosh_minus_1, all_cosh = 1.0 + all.cosh_minus_1;
        const T wrong_odd = lost.sinh * (dark.cosh_minus_1 + p_d) + lost_cosh * dark.sinh;
        const T wrong_even = lost_cosh * (dark.cosh_minus_1 + p_d) + lost.sinh * dark.sinh;
        // Correct clicks: sinh(mu - y) - (1 - p_d) sinh x, with sinh mu - sinh x of mu = x + arriving.
        const T right_odd = lost.sinh * (found.cosh_minus_1 + p_d) + lost_cosh * found.sinh +
                            all.sinh * dark.cosh_minus_1 - all_cosh * dark.sinh;
        const T right_even = lost_cosh * (found.cosh_minus_1 + p_d) + lost.sinh * found.sinh +
                             all_cosh * dark.cosh_minus_1 - all.sinh * dark.sinh;
        const T wrong = wrong_odd + wrong_even, even = wrong_even + right_even;
        const T clicks = wrong + right_odd + right_even;
        const T phase_errors = options.bound == PmBound::spp ? even : wrong_odd + right_even;
        return pm_key(link, choice.phase_slices, weight * clicks, wrong / clicks, phase_errors / clicks,
                      note);
    }

  private:
    // Average over the phase between matched slices, triangular on +-2 pi/M, and the constant mismatch.
    template <class T>
    Hyperbolic<T> dark_port(const Link<T>& link, const Parameters<T>& choice, T a, T b) const {
        const bool no_slices = options.misalignment == PmMisalignment::only;
        const bool no_device = options.misalignment == PmMisalignment::ignored;
        const T width = no_slices ? T(0.0) : std::numbers::pi / choice.phase_slices;  // of half the phase
        const T e_d = no_device ? T(0.0) : link.misalignment;
        const T shift = (0.5 * std::numbers::pi) * link.phase_mismatch;
        const T difference = sqrt(a) - sqrt(b), base = 0.5 * (difference * difference), root_ab = sqrt(a * b);
        Hyperbolic<T> average{T(0.0), T(0.0)};
        for (std::size_t i = 0; i < TriangularGauss::nodes.size(); ++i)
            for (const double sign : {-1.0, 1.0}) {
                const T half = shift + sign * TriangularGauss::nodes[i] * width;
                const T turned = 2.0 * (e_d + (1.0 - 2.0 * e_d) * sine_squared(half * half));
                const Hyperbolic<T> y = hyperbolic(choice.intensity * (base + root_ab * turned));
                average.sinh = average.sinh + 0.5 * TriangularGauss::weights[i] * y.sinh;
                average.cosh_minus_1 =
                    average.cosh_minus_1 + 0.5 * TriangularGauss::weights[i] * y.cosh_minus_1;
            }
        return average;
    }
};

}  // namespace tfqkd
