#pragma once

#include "tfqkd/math/functions.hpp"
#include "tfqkd/protocol/link.hpp"

// What the users of sending-or-not-sending (SNS) choose. Symbols and equation numbers: SNS physics, section 1
// and (S50).
namespace tfqkd {

// How much of the protocol is modelled: exact single-photon quantities, four intensities with infinite data,
// finite data.
enum class SnsLevel { asymptotic, decoy, finite };

// One user's choices, in coordinates in which every combination is allowed.
template <class T>
struct SnsSource {
    T signal_intensity, sending_probability;
    T weak_decoy_intensity, decoy_ratio;
    T signal_window_probability, vacuum_probability, weak_decoy_fraction;

    static constexpr auto fields() {
        constexpr Interval inside{0, 1, true, true};
        return std::to_array<Field<SnsSource, T>>({
            {{"signal_intensity",
              "photon",
              {0, 4, true},
              {0.01, 1},
              0.45,
              Scale::log,
              "mean photon number of a sent signal pulse, mu_z"},
             &SnsSource::signal_intensity},
            {{"sending_probability",
              "",
              inside,
              {1e-5, 0.5},
              0.035,
              Scale::log,
              "probability to send in a signal window, epsilon"},
             &SnsSource::sending_probability},
            {{"weak_decoy_intensity",
              "photon",
              {0, 4, true},
              {0.002, 0.5},
              0.05,
              Scale::log,
              "mean photon number of the weak decoy pulse, mu_1"},
             &SnsSource::weak_decoy_intensity},
            {{"decoy_ratio",
              "",
              inside,
              {1e-3, 0.9},
              0.16,
              Scale::logit,
              "weak over strong decoy intensity, mu_1/mu_2"},
             &SnsSource::decoy_ratio},
            {{"signal_window_probability",
              "",
              {0, 1, true, false},
              {0.02, 0.995},
              0.85,
              Scale::logit,
              "probability of a signal window, p_z"},
             &SnsSource::signal_window_probability},
            {{"vacuum_probability",
              "",
              {0, 1, false, true},
              {0.002, 0.992},
              0.05,
              Scale::logit,
              "probability of vacuum in a decoy window, p_0"},
             &SnsSource::vacuum_probability},
            {{"weak_decoy_fraction",
              "",
              {0, 1, false, true},
              {0.002, 0.998},
              0.94,
              Scale::logit,
              "share of the weak decoy among non-vacuum decoys, p_1/(1-p_0)"},
             &SnsSource::weak_decoy_fraction},
        });
    }
};

template <class T>
constexpr Quantity sns_phase_slice{"phase_slice_rad",
                                   "rad",
                                   {0, 3.14159265358979323846},
                                   {0.02, 1.6},
                                   0.35,
                                   Scale::log,
                                   "full width of the accepted phase difference in X windows, Delta"};

// Which fields of SnsSource a level has.
constexpr bool sns_uses(SnsLevel level, std::size_t field) {
    const bool decoys = field == 2 || field == 3, shares = field == 5 || field == 6;
    return level == SnsLevel::finite || (!shares && (!decoys || level == SnsLevel::decoy));
}
constexpr std::size_t sns_weak_decoy_field = 2;

// One user's settings as the formulas have them.
template <class T>
struct SnsUser {
    T mu_z, epsilon, mu_1, mu_2, p_z, p_0, p_1, p_2;
};

template <class T>
struct SnsSetting {
    SnsUser<T> a, b;
    T delta;
    T outside;  // > 0 where an intensity is beyond the model: no key
};

// Intensities above this are refused; it keeps exp(mu) finite.
constexpr double sns_largest_intensity = 20;

template <class T>
SnsUser<T> sns_user(const SnsSource<T>& source, T mu_1, T& outside) {
    const T largest(sns_largest_intensity);
    const T mu_2 = mu_1 / source.decoy_ratio;
    outside = outside + max(mu_2 / largest - 1.0, T(0.0));
    const T p_0 = source.vacuum_probability, rest = 1.0 - p_0;
    const T weak = min(mu_1, 0.5 * largest);
    return {source.signal_intensity,
            source.sending_probability,
            weak,
            max(min(mu_2, largest), 1.001 * weak),
            source.signal_window_probability,
            p_0,
            rest * source.weak_decoy_fraction,
            rest * (1.0 - source.weak_decoy_fraction)};
}

// mu_z epsilon exp(-mu_z) / (1 - epsilon): the weight of this user's single photons in (S50).
template <class T>
T sns_single_photon_odds(const SnsSource<T>& s) {
    return s.sending_probability / (1.0 - s.sending_probability) * s.signal_intensity *
           exp(-s.signal_intensity);
}

template <class T, SnsLevel level, class F>
void sns_each(SnsSource<T>& source, bool weak_decoy, F& f) {
    static constexpr auto fields = SnsSource<T>::fields();
    for (std::size_t k = 0; k < fields.size(); ++k)
        if (sns_uses(level, k) && (weak_decoy || k != sns_weak_decoy_field)) f(source.*fields[k].member);
}

// Members that a level lacks get harmless values.
template <class T>
SnsSource<T> sns_defaults() {
    return {T(0.5), T(0.5), T(0.05), T(0.2), T(1.0), T(0.1), T(0.5)};
}

// Both users use the same source: secure on unequal arms, too, but poor there.
template <class T, SnsLevel level>
struct SnsSymmetric {
    static constexpr bool symmetric = true;
    static constexpr int count = level == SnsLevel::finite ? 8 : level == SnsLevel::decoy ? 6 : 4;
    SnsSource<T> source = sns_defaults<T>();
    T phase_slice_rad;

    template <class F>
    void each(F f) {
        sns_each<T, level>(source, true, f);
        f(phase_slice_rad);
    }
    SnsSetting<T> setting() const {
        T outside(0.0);
        const SnsUser<T> user = sns_user(source, source.weak_decoy_intensity, outside);
        return {user, user, phase_slice_rad, outside};
    }
};

// A source of its own for each user. Alice's weak decoy intensity follows from the security constraint (S50).
template <class T, SnsLevel level>
struct SnsAsymmetric {
    static constexpr bool symmetric = false;
    static constexpr int count = level == SnsLevel::finite ? 14 : level == SnsLevel::decoy ? 10 : 7;
    SnsSource<T> a = sns_defaults<T>(), b = sns_defaults<T>();
    T phase_slice_rad;

    // The nearer user sends less, more rarely, and much weaker decoys: powers of the arms' ratio, read off
    // optima at 0 to 25 dB of difference.
    void adapt_to(const Link<T>& link) {
        const T difference_db = link.loss_b_db - link.loss_a_db;  // > 0: Alice is nearer
        SnsSource<T>&near = difference_db > 0 ? a : b, &far = difference_db > 0 ? b : a;
        const T decades = (difference_db > 0 ? difference_db : -difference_db) * 0.1;
        const auto scale = [&](T& x, double exponent) {
            x = x * exp(decades * (exponent * std::numbers::ln10));
        };
        scale(near.signal_intensity, -0.34);
        scale(near.sending_probability, -0.4);
        scale(near.decoy_ratio, -0.7);
        scale(far.signal_intensity, 0.14);
        scale(far.sending_probability, 0.22);
        if (difference_db < 0) scale(b.weak_decoy_intensity, -0.95);
    }

    template <class F>
    void each(F f) {
        sns_each<T, level>(a, false, f);
        sns_each<T, level>(b, true, f);
        f(phase_slice_rad);
    }
    SnsSetting<T> setting() const {
        T outside(0.0);
        const T mu_1a =
            b.weak_decoy_intensity * (sns_single_photon_odds(a) / sns_single_photon_odds(b));  // (S50)
        const SnsUser<T> alice = sns_user(a, mu_1a, outside);
        const SnsUser<T> bob = sns_user(b, b.weak_decoy_intensity, outside);
        return {alice, bob, phase_slice_rad, outside};
    }
};

// The table rows of the parameters above, in the order of each(). Where data are infinite, decoys, windows
// and the slice have no optimum (all go to an end of their range), so there they are inputs.
std::vector<Quantity> sns_quantities(SnsLevel level, bool symmetric);

}  // namespace tfqkd
