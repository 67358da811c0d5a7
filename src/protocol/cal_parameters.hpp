#pragma once

#include "protocol/registry.hpp"
#include "tfqkd/math/functions.hpp"

// What the users of the Curty-Azuma-Lo family choose, in coordinates in which every combination is allowed.
namespace tfqkd {

// One user's intensities. Decoys fall from the first to the last, the weakest one.
template <class T, int decoys>
struct CalUser {
    T s;
    std::array<T, decoys> mu;
};

template <class T, int decoys>
struct CalSetting {
    CalUser<T, decoys> a, b;
    T outside;  // > 0 where an intensity is beyond the model: no key
};

// Intensities of both users. Where each has a signal of its own, s_A = signal_intensity sqrt(signal_ratio)
// and s_B = signal_intensity / sqrt(signal_ratio). Decoys: the strongest, then each over the one before it.
template <class T, int decoys, bool own_signals, bool own_decoys>
struct CalSources {
    static constexpr int chosen_decoys = decoys == 0 ? 0 : decoys - 1;
    static constexpr int count =
        1 + (own_signals ? 1 : 0) + chosen_decoys * (own_decoys ? 2 : 1) + (decoys > 0 ? 1 : 0);

    T signal_intensity, signal_ratio = T(1.0);
    std::array<std::array<T, static_cast<std::size_t>(chosen_decoys)>, own_decoys ? 2 : 1> chosen;
    T weakest_decoy_intensity = T(0.0);

    // At the optimum both signals arrive about equally strong: the user with more loss sends more.
    void adapt_to(const Link<T>& link) {
        if constexpr (own_signals)
            signal_ratio = signal_ratio * exp((link.loss_a_db - link.loss_b_db) * (0.1 * std::numbers::ln10));
    }

    template <class F>
    void each(F f) {
        f(signal_intensity);
        if constexpr (own_signals) f(signal_ratio);
        for (auto& user : chosen)
            for (T& number : user) f(number);
        if constexpr (decoys > 0) f(weakest_decoy_intensity);
    }

    CalSetting<T, decoys> setting(double largest_signal) const {
        CalSetting<T, decoys> set;
        const T root = own_signals ? sqrt(signal_ratio) : T(1.0);
        set.outside = T(0.0);
        set.a.s = inside(signal_intensity * root, largest_signal, set.outside);
        set.b.s = own_signals ? inside(signal_intensity / root, largest_signal, set.outside) : set.a.s;
        if constexpr (decoys > 0) {
            set.a.mu = intensities(chosen[0], set.outside);
            set.b.mu = own_decoys ? intensities(chosen[own_decoys ? 1 : 0], set.outside) : set.a.mu;
        }
        return set;
    }

  private:
    static T inside(T intensity, double largest, T& outside) {
        outside = outside + max(intensity / largest - 1.0, T(0.0));
        return min(intensity, T(largest));
    }
    template <class Numbers>
    std::array<T, decoys> intensities(const Numbers& user, T& outside) const {
        std::array<T, decoys> mu;
        mu[0] = user[0];
        for (std::size_t k = 1; k + 1 < decoys; ++k) mu[k] = mu[k - 1] * user[k];
        const T largest = 0.95 * mu[decoys - 2];
        outside = outside + max(weakest_decoy_intensity / largest - 1.0, T(0.0));
        mu[decoys - 1] = min(weakest_decoy_intensity, largest);
        return mu;
    }
};

// The table rows of the members above, in the order of each().
std::vector<Quantity> cal_quantities(int decoys, bool own_signals, bool own_decoys, double weakest,
                                     bool optimise_decoys);

// How the rounds that are not for the key are shared among the decoys: 2 or 3 of them.
template <class T, std::size_t decoys>
struct CalShares {
    static constexpr int count = static_cast<int>(decoys) - 1;
    T weakest_decoy_probability, strong_decoy_fraction = T(1.0);

    template <class F>
    void each(F f) {
        f(weakest_decoy_probability);
        if constexpr (decoys == 3) f(strong_decoy_fraction);
    }
    std::array<T, decoys> probabilities() const {
        const T rest = 1.0 - weakest_decoy_probability;
        if constexpr (decoys == 2)
            return {rest, weakest_decoy_probability};
        else
            return {rest * strong_decoy_fraction, rest * (1.0 - strong_decoy_fraction),
                    weakest_decoy_probability};
    }
};
void add_share_quantities(std::vector<Quantity>& quantities, int decoys);

// The name of a number with two indices, such as Y_02.
std::string indexed_name(const char* symbol, std::size_t i, std::size_t j);

// Link quantities that all models of the family use.
// The maxima of the finite-data rates: which decoys win depends on the link.
std::vector<std::vector<std::pair<std::string, double>>> cal_more_starts();

std::vector<bool> cal_uses();

// The texts that all models of the family share.
std::vector<std::string> cal_references(std::initializer_list<std::string_view> more = {});
// What is known of the formulas that the family shares.
void add_cal_provenance(ProtocolInfo& info);
ProtocolOption cal_sources_option();

}  // namespace tfqkd
