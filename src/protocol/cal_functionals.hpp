#pragma once

#include "protocol/cal_phase_error.hpp"

// One user's half of a bound on a yield: a combination of some decoys in which some photon numbers cancel.
// CAL physics, section 4.1. Any of them gives a bound that holds; more of them, a tighter one.
namespace tfqkd {

// p_plus: all remaining terms are positive. kp5: any photon numbers up to 5 cancel; negative terms are
// bounded by yields of 1.
enum class CalBound { kp5, p_plus };

// Decoys `at` (0 is the strongest) weighted so that the photon numbers `kill` cancel. One more decoy than
// kills.
struct CalFunctional {
    std::size_t points = 0;
    std::array<std::size_t, 4> at{};
    std::array<std::size_t, 3> kill{};

    constexpr CalFunctional(const char* decoys, const char* photons) {
        for (; decoys[points]; ++points) at[points] = static_cast<std::size_t>(decoys[points] - '0');
        for (std::size_t i = 0; photons[i]; ++i) kill[i] = static_cast<std::size_t>(photons[i] - '0');
    }
    // How many of the cancelling photon numbers are above n: the sign of the weight of n.
    constexpr bool negative(std::size_t n) const {
        std::size_t above = 0;
        for (std::size_t i = 0; i + 1 < points; ++i) above += kill[i] > n;
        return above % 2 == 1;
    }
    constexpr bool kills(std::size_t n) const {
        for (std::size_t i = 0; i + 1 < points; ++i)
            if (kill[i] == n) return true;
        return false;
    }
    // Whether it bounds the yield of n photons.
    constexpr bool targets(std::size_t n, std::size_t decoys) const {
        return !kills(n) && (n == 0 || points > 1 || !has_weakest(decoys));
    }
    constexpr bool has_weakest(std::size_t decoys) const { return at[points - 1] + 1 == decoys; }
    // Whether it does so only if the weakest decoy is not vacuum.
    constexpr bool needs_light(std::size_t n, std::size_t decoys) const {
        return n > 0 && !kills(0) && has_weakest(decoys);
    }
};

// Which ones are tried. p_plus with 2 or 3 decoys: all but the weakest decoy alone for more than the vacuum.
// The others: those that won on random settings with exact gains, and those that matter with few data.
// Leaving some out never makes a bound wrong, only looser.
template <CalBound bound, int decoys>
constexpr auto cal_functionals() {
    if constexpr (decoys == 2 && bound == CalBound::p_plus)
        return std::to_array<CalFunctional>({{"0", ""}, {"1", ""}, {"01", "0"}});
    else if constexpr (decoys == 2)
        return std::to_array<CalFunctional>({{"0", ""},
                                             {"1", ""},
                                             {"01", "0"},
                                             {"01", "1"},
                                             {"01", "2"},
                                             {"01", "3"},
                                             {"01", "4"},
                                             {"01", "5"}});
    else if constexpr (decoys == 3 && bound == CalBound::p_plus)
        return std::to_array<CalFunctional>({{"0", ""},
                                             {"1", ""},
                                             {"2", ""},
                                             {"01", "0"},
                                             {"02", "0"},
                                             {"12", "0"},
                                             {"012", "01"},
                                             {"012", "12"},
                                             {"012", "23"},
                                             {"012", "34"},
                                             {"012", "45"}});
    else if constexpr (decoys == 3)
        return std::to_array<CalFunctional>({{"0", ""},
                                             {"1", ""},
                                             {"2", ""},
                                             {"01", "0"},
                                             {"02", "0"},
                                             {"12", "0"},
                                             {"02", "1"},
                                             {"012", "01"},
                                             {"012", "12"},
                                             {"012", "02"},
                                             {"012", "03"},
                                             {"012", "04"},
                                             {"012", "05"}});
    else if constexpr (bound == CalBound::p_plus)
        return std::to_array<CalFunctional>({{"3", ""},
                                             {"23", "0"},
                                             {"123", "01"},
                                             {"123", "12"},
                                             {"023", "01"},
                                             {"023", "12"},
                                             {"0123", "012"},
                                             {"0123", "023"}});
    else
        return std::to_array<CalFunctional>({{"3", ""},
                                             {"23", "0"},
                                             {"123", "01"},
                                             {"123", "12"},
                                             {"0123", "012"},
                                             {"0123", "013"},
                                             {"0123", "014"},
                                             {"0123", "015"},
                                             {"0123", "023"},
                                             {"0123", "123"},
                                             {"0123", "124"},
                                             {"0123", "125"}});
}

constexpr std::size_t cal_targets = 5;  // yields of 0 to 4 photons
constexpr std::size_t cal_photons = 6;  // photon numbers 0 to 5 are treated one by one
constexpr std::array<double, 6> cal_factorials{1, 1, 2, 6, 24, 120};

namespace series {

// z^6/6! + z^7/7! + ..., without the leading z^6.
constexpr auto exponential_rest = [] {
    std::array<double, 24> c{1.0 / 720};
    for (std::size_t i = 1; i < c.size(); ++i) c[i] = c[i - 1] / static_cast<double>(i + 6);
    return c;
}();

}  // namespace series

// The sum of z^n/n! over n >= 6.
template <class T>
T cal_exponential_rest(T z) {
    const T cube = z * z * z;
    return cube * cube * polynomial(z, series::exponential_rest);
}

template <class T, std::size_t decoys>
using CalPowers = std::array<std::array<T, cal_photons>, decoys>;  // mu_k^n, 0^0 = 1

template <class T, std::size_t decoys>
CalPowers<T, decoys> cal_powers(const std::array<T, decoys>& mu) {
    CalPowers<T, decoys> powers;
    for (std::size_t k = 0; k < decoys; ++k) {
        powers[k][0] = T(1.0);
        for (std::size_t n = 1; n < cal_photons; ++n) powers[k][n] = powers[k][n - 1] * mu[k];
    }
    return powers;
}

// det(mu_i^n) over `at` (falling mu) and `exponents` (rising), with the sign that makes it positive.
template <std::size_t size, class Powers>
auto cal_determinant(const Powers& powers, const std::size_t* at, const std::size_t* exponents) {
    if constexpr (size == 0) {
        return typename Powers::value_type::value_type(1.0);
    } else if constexpr (size == 1) {
        return powers[at[0]][exponents[0]];
    } else if constexpr (size == 2) {
        const auto &strong = powers[at[0]], &weak = powers[at[1]];
        return strong[exponents[1]] * weak[exponents[0]] - strong[exponents[0]] * weak[exponents[1]];
    } else {
        std::array<std::size_t, size - 1> others{};
        std::copy_n(at + 1, size - 1, others.begin());
        auto sum =
            powers[at[0]][exponents[size - 1]] * cal_determinant<size - 1>(powers, others.data(), exponents);
        for (std::size_t i = 1; i < size; ++i) {
            others[i - 1] = at[i - 1];
            const auto term = powers[at[i]][exponents[size - 1]] *
                              cal_determinant<size - 1>(powers, others.data(), exponents);
            sum = i % 2 == 1 ? sum - term : sum + term;
        }
        return sum;
    }
}

// A functional worked out for one user's intensities, not yet divided by the weight of its target.
template <class T, std::size_t decoys>
struct CalWeights {
    std::array<T, decoys> size;          // |weight| of each decoy; signs alternate from the strongest on
    std::array<T, cal_photons> photons;  // |weight| of n photons
    std::array<T, cal_targets> over;     // 1/photons for targets
};

template <std::size_t points, class T, std::size_t decoys>
void cal_weigh(const CalFunctional& f, const CalPowers<T, decoys>& powers, CalWeights<T, decoys>& w) {
    w.size.fill(T(0.0));
    for (std::size_t i = 0; i < points; ++i) {
        std::array<std::size_t, points> others{};
        for (std::size_t k = 0, next = 0; k < points; ++k)
            if (k != i) others[next++] = f.at[k];
        w.size[f.at[i]] = cal_determinant<points - 1>(powers, others.data(), f.kill.data());
    }
    for (std::size_t n = 0; n < cal_photons; ++n) {
        w.photons[n] = T(0.0);
        if (f.kills(n)) continue;
        std::array<std::size_t, points> exponents{};
        for (std::size_t i = 0, next = 0; i < points; ++i)
            exponents[i] = next == i && (i + 1 == points || f.kill[i] > n) ? n : f.kill[next++];
        w.photons[n] = cal_determinant<points>(powers, f.at.data(), exponents.data());
    }
    for (std::size_t n = 0; n < cal_targets; ++n)
        if (f.targets(n, decoys)) w.over[n] = 1.0 / max(w.photons[n], T(1e-120));
}

template <CalBound bound, class T, std::size_t decoys>
auto cal_weights(const CalPowers<T, decoys>& powers) {
    static constexpr auto functionals = cal_functionals<bound, static_cast<int>(decoys)>();
    std::array<CalWeights<T, decoys>, functionals.size()> all;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const CalFunctional& f = functionals[i];
        if (f.points == 1) cal_weigh<1>(f, powers, all[i]);
        if (f.points == 2) cal_weigh<2>(f, powers, all[i]);
        if constexpr (decoys >= 3)
            if (f.points == 3) cal_weigh<3>(f, powers, all[i]);
        if constexpr (decoys >= 4)
            if (f.points == 4) cal_weigh<4>(f, powers, all[i]);
    }
    return all;
}

// The sign of a decoy's weight: the n-th strongest of those that take part.
constexpr bool cal_negative_decoy(const CalFunctional& f, std::size_t decoy) {
    for (std::size_t i = 0; i < f.points; ++i)
        if (f.at[i] == decoy) return i % 2 == 1;
    return false;
}

}  // namespace tfqkd
