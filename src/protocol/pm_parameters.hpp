#pragma once

#include <numbers>

#include "protocol/arms.hpp"

// What phase-matching QKD (PM) is told besides the link: PM physics, sections 9 and 13.
namespace tfqkd {

// Which bound of the phase error, which error of the phase slices, how the link's misalignment enters, and up
// to which odd photon number errors are told apart.
enum class PmBound { prx, spp };
enum class PmSliceError { b19, sinc };
enum class PmMisalignment { ignored, added, only };
struct PmOptions {
    PmBound bound = PmBound::prx;
    PmSliceError slice_error = PmSliceError::b19;
    PmMisalignment misalignment = PmMisalignment::ignored;
    int largest_photon_number = 5;
};

constexpr Quantity pm_intensity{"intensity",
                                "photon",
                                {0, 4, true},
                                {1e-4, 3},
                                0.2,
                                Scale::log,
                                "mean photon number of both users' pulses together, mu = mu_a + mu_b"};
constexpr Quantity pm_photon_share{"photon_share",
                                   "",
                                   {0, 1, true, true},
                                   {1e-3, 0.999},
                                   0.5,
                                   Scale::logit,
                                   "Alice's share of the intensity, t"};
constexpr Quantity pm_decoy_ratio{"decoy_ratio",
                                  "",
                                  {0, 1, true, true},
                                  {1e-3, 0.9},
                                  0.1,
                                  Scale::logit,
                                  "decoy over signal intensity, nu/mu",
                                  false,
                                  "with infinite data it has no optimum: it would go to 0"};
constexpr Quantity pm_phase_slices{"phase_slices",
                                   "",
                                   {2, 1000},
                                   {4, 64},
                                   16,
                                   Scale::log,
                                   "number of phase slices, M",
                                   false,
                                   "it is a whole number, part of the protocol"};

template <class T>
struct PmParameters {
    static constexpr int count = 2;
    T intensity, phase_slices;

    template <class F>
    void each(F f) {
        f(intensity);
        f(phase_slices);
    }
};

template <class T>
struct PmAsymmetricParameters {
    static constexpr int count = 3;
    T intensity, photon_share, phase_slices;

    template <class F>
    void each(F f) {
        f(intensity);
        f(photon_share);
        f(phase_slices);
    }
};

template <class T>
struct PmDecoyParameters {
    static constexpr int count = 3;
    T intensity, decoy_ratio, phase_slices;

    template <class F>
    void each(F f) {
        f(intensity);
        f(decoy_ratio);
        f(phase_slices);
    }
};

// Error of matched slices alone: the paper's (B19), pi/M - sin^3(pi/M) (M/pi)^2, or that of two phases each
// uniform in its slice, (1 - sinc^2(pi/M))/2 (P1).
template <class T>
T pm_slice_error(PmSliceError how, T slices) {
    const T x = std::numbers::pi / slices, lacking = one_minus_sinc(x * x), sinc = 1.0 - lacking;
    if (how == PmSliceError::sinc) return 0.5 * lacking * (1.0 + sinc);
    return x * lacking * (1.0 + sinc + sinc * sinc);
}

// e_delta: error probability of a photon that arrives; from 1/2 on there is no more to lose.
template <class T, class Notes>
T pm_photon_error(const Link<T>& link, const PmOptions& options, T slices, Notes&& note) {
    T error = link.misalignment;
    if (options.misalignment != PmMisalignment::only) {
        error = pm_slice_error(options.slice_error, slices);
        if (options.misalignment == PmMisalignment::added) error = error + link.misalignment;
    }
    error = min(error, T(0.5));
    note("e_delta", error);
    return error;
}

// Rate from gain, bit error and phase error (B23); 2/M of the rounds have matching slices. Phase errors
// beyond 1/2 count as 1/2.
template <class T, class Notes>
KeyRate<T> pm_key(const Link<T>& link, T slices, T gain, T bit_error, T phase_error, Notes&& note) {
    note("Q", gain);
    note("EZ", bit_error);
    note("EX", phase_error);
    const T half(0.5), sifted = 2.0 / slices * gain;
    const T secret = 1.0 - binary_entropy(min(phase_error, half));
    const T correction = link.error_correction_inefficiency * binary_entropy(bit_error);
    return {sifted * (secret - correction), sifted, max(phase_error - half, T(0.0))};
}

}  // namespace tfqkd
