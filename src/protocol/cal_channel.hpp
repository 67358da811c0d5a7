#pragma once

#include "protocol/cal_parameters.hpp"
#include "tfqkd/protocol/adapter.hpp"

// Channel and detectors of the Curty-Azuma-Lo (CAL) family: CAL physics, section 2, in forms without
// cancellation. Everything is for one of the two outcomes "only this detector clicks"; the other is alike.
namespace tfqkd {

// Notes a number with two indices, such as Y_02; a function is asked for it only if it is wanted.
template <class T, class Notes>
void note_indexed(Notes& note, const char* symbol, std::size_t i, std::size_t j, const T& value) {
    if constexpr (std::same_as<std::remove_cvref_t<Notes>, NoNotes>) {
        return;
    } else if constexpr (std::invocable<T>) {
        note(indexed_name(symbol, i, j).c_str(), value());
    } else {
        note(indexed_name(symbol, i, j).c_str(), value);
    }
}

template <class T>
struct CalChannel {
    T eta_a, eta_b, p_d;
    T squared_overlap;    // cos^2 theta of the two polarisations
    T one_minus_overlap;  // 1 - Omega, Omega = cos phi cos theta
};

// theta = 2 arcsin sqrt(misalignment), phi = pi phase_mismatch.
template <class T, class Notes>
CalChannel<T> cal_channel(const Link<T>& link, Notes&& note) {
    const auto arm = [&](T loss_db) {
        return link.detector_efficiency * exp(loss_db * -0.23025850929940457);
    };
    CalChannel<T> c;
    note("eta_a", c.eta_a = arm(link.loss_a_db));
    note("eta_b", c.eta_b = arm(link.loss_b_db));
    c.p_d = link.dark_count_probability;
    const T overlap = 1.0 - 2.0 * link.misalignment;
    c.squared_overlap = overlap * overlap;
    const T half_phase = link.phase_mismatch * (0.5 * std::numbers::pi);
    const T away = sine_squared(half_phase * half_phase);
    c.one_minus_overlap = 2.0 * (away + (1.0 - 2.0 * away) * link.misalignment);
    return c;
}

// Rounds with signals: probability of the outcome, and of a bit error given it.
template <class T>
struct CalKeyRounds {
    T p_xx, e_x;
};
template <class T, class Notes>
CalKeyRounds<T> cal_key_rounds(const CalChannel<T>& c, T s_a, T s_b, Notes&& note) {
    const T x = c.eta_a * s_a, y = c.eta_b * s_b;
    const T root_xy = sqrt(x * y), difference = sqrt(x) - sqrt(y);
    const T dark = 0.5 * (difference * difference) + root_xy * c.one_minus_overlap;  // n_minus
    const T wrong = expm1(dark) + c.p_d, right = expm1(x + y - dark) + c.p_d;
    CalKeyRounds<T> key;
    note("p_xx", key.p_xx = 0.5 * (1.0 - c.p_d) * exp(-(x + y)) * (wrong + right));  // (C3)
    note("e_x", key.e_x = wrong / (wrong + right));                                  // (C4)
    return key;
}

// Probability of the outcome for random phases and intensities mu and nu (C5).
template <class T>
T cal_gain(const CalChannel<T>& c, T mu, T nu) {
    const T x = c.eta_a * mu, y = c.eta_b * nu, sum = x + y;
    const T i0 = bessel_i0_minus_1(x * y * c.squared_overlap);
    return (1.0 - c.p_d) * exp(-sum) * (expm1(0.5 * sum) * (i0 + 1.0) + i0 + c.p_d);
}

// binomial(n, k) for n, k <= 24.
constexpr auto cal_binomials = [] {
    std::array<std::array<double, 25>, 25> b{};
    for (std::size_t n = 0; n < 25; ++n) {
        b[n][0] = 1;
        for (std::size_t k = 1; k <= n; ++k) b[n][k] = b[n - 1][k - 1] + b[n - 1][k];
    }
    return b;
}();

// What one arm does to up to `largest` photons.
template <class T, int largest>
struct CalArm {
    std::array<T, largest + 1> none;    // (1 - eta)^n: all lost
    std::array<T, largest + 1> passed;  // (1 - eta/2)^n: none at the other detector
    std::array<T, largest + 1> some;    // passed - none

    explicit CalArm(T eta) {
        none[0] = passed[0] = T(1.0);
        some[0] = T(0.0);
        for (std::size_t n = 1; n <= largest; ++n) {
            some[n] = some[n - 1] * (1.0 - 0.5 * eta) + none[n - 1] * (0.5 * eta);
            none[n] = none[n - 1] * (1.0 - eta);
            passed[n] = none[n] + some[n];
        }
    }
};

// Yields of n photons from Alice and m from Bob (C6).
template <class T, int largest>
class CalYields {
  public:
    explicit CalYields(const CalChannel<T>& c) : p_d_(c.p_d), a_(c.eta_a), b_(c.eta_b) {
        const T meeting = 0.25 * (c.eta_a * c.eta_b * c.squared_overlap);
        meeting_[0] = T(1.0);
        for (std::size_t k = 1; k < meeting_.size(); ++k) meeting_[k] = meeting_[k - 1] * meeting;
    }
    // n + m <= 2 largest; photons of both meet in at most `largest` pairs.
    T operator()(std::size_t n, std::size_t m) const {
        T sum = a_.some[n] * b_.passed[m] + a_.none[n] * (b_.some[m] + p_d_ * b_.none[m]);
        for (std::size_t k = 1; k <= std::min(n, m); ++k)
            sum = sum + (cal_binomials[n][k] * cal_binomials[m][k]) *
                            (meeting_[k] * a_.passed[n - k] * b_.passed[m - k]);
        return (1.0 - p_d_) * sum;
    }

  private:
    T p_d_;
    CalArm<T, largest> a_, b_;
    std::array<T, largest + 1> meeting_;
};

}  // namespace tfqkd
