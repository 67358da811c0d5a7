#pragma once

#include "protocol/cal_bounds.hpp"
#include "tfqkd/math/chernoff.hpp"

// Composable finite keys of the Curty-Azuma-Lo family: CAL physics, section 6.
namespace tfqkd {

// How the pairs of photon numbers with no bound of their own are added up: amplitude by amplitude, or by the
// Cauchy-Schwarz inequality.
enum class CalTail { sum, cs };

// Kato's bound: the sum of n conditional probabilities is at most the count plus this, but for exp(-beta).
template <class T>
T cal_kato_deviation(T count, T n, T beta) {
    const T share = count / n, t = beta / n, q = share * (1.0 - share);
    const T common = 9.0 * q + 2.0 * t, root = sqrt(t * common);
    const T a = 3.0 * (9.0 * std::numbers::sqrt2 * (1.0 - 2.0 * share) * root - 72.0 * t * q - 16.0 * t * t) /
                (4.0 * (9.0 + 8.0 * t) * common);  // a / sqrt n
    const T slope = 4.0 * a + 3.0;
    const T more = slope * slope * t * (1.0 / 18.0), b = sqrt(a * a + more);
    const T difference = where_greater(a, T(0.0), more / (max(a, T(0.0)) + b), b - a);
    return n * (difference + 2.0 * a * share);
}

// One user's photon numbers: those of rounds without a key, and how much likelier they are with one.
template <class T>
struct CalPhotonNumbers {
    std::array<T, cal_targets> decoy;       // n! p(n | not for the key)
    CalSequence<T, 4> amplitudes, weights;  // sqrt(p(n | key) / p(n | not)), and its square
};

// The sums over photon numbers go to 27 one by one; beyond, a geometric series bounds them from above.
template <class T, std::size_t decoys>
CalPhotonNumbers<T> cal_photon_numbers(T s, const std::array<T, decoys>& mu,
                                       const std::array<T, decoys>& share) {
    CalPhotonNumbers<T> numbers;
    std::array<T, decoys> term;
    for (std::size_t k = 0; k < decoys; ++k) term[k] = share[k] * exp(s - mu[k]);
    T power(1.0);
    std::array<T, 2> amplitudes{T(0.0), T(0.0)}, weights = amplitudes;
    const T to_decoy = exp(-s);
    for (std::size_t n = 0; n < 28; ++n) {
        T sum = term[0];
        for (std::size_t k = 1; k < decoys; ++k) sum = sum + term[k];
        const T weight = power / sum, amplitude = sqrt(weight);
        if (n < cal_targets) {
            numbers.decoy[n] = to_decoy * sum;
            numbers.weights.at[n] = weight;
            numbers.amplitudes.at[n] = amplitude;
        } else {
            weights[n % 2] = weights[n % 2] + weight;
            amplitudes[n % 2] = amplitudes[n % 2] + amplitude;
        }
        for (std::size_t k = 0; k < decoys; ++k) term[k] = term[k] * mu[k];
        power = power * s;
    }
    const T ratio = s / mu[0];
    T weight = power / term[0], amplitude = sqrt(weight);  // of 28 photons
    const T last_weight = 1.0 / (1.0 - ratio * ratio), last_amplitude = 1.0 / (1.0 - ratio);
    numbers.weights.add_up(weights[1] + weight * ratio * last_weight, weights[0] + weight * last_weight);
    numbers.amplitudes.add_up(amplitudes[1] + amplitude * sqrt(ratio) * last_amplitude,
                              amplitudes[0] + amplitude * last_amplitude);
    return numbers;
}

// Expected numbers of rounds in which one detector clicks, either one.
template <class T, std::size_t decoys>
struct CalCounts {
    T key, others;                                   // M_X, M_Z
    std::array<std::array<T, decoys>, decoys> pair;  // Alice's decoys x Bob's decoys
};

// Chernoff bounds of exp(mu + nu) M^kl / (p_k p_l), and the product bounds of each M_nm from them.
template <class T, std::size_t decoys, class Set>
CalPairs<T> cal_count_bounds(const Set& set, const std::array<T, decoys>& share,
                             const CalCounts<T, decoys>& counts, T beta, bool same_decoys) {
    std::array<std::array<T, decoys>, decoys> lower, upper;
    for (std::size_t k = 0; k < decoys; ++k)
        for (std::size_t l = 0; l < decoys; ++l) {
            const T scale = exp(set.a.mu[k] + set.b.mu[l]) / max(share[k] * share[l], T(1e-100));
            lower[l][k] = scale * expected_lower(counts.pair[k][l], beta);
            upper[l][k] = scale * expected_upper(counts.pair[k][l], beta);
        }
    constexpr CalBound bound = CalBound::p_plus;
    const auto a = cal_weights<bound>(cal_powers(set.a.mu));
    const auto b = same_decoys ? a : cal_weights<bound>(cal_powers(set.b.mu));
    const auto none = cal_slacks<bound>(a, set.a.mu);
    CalIntervalSums<bound, T, decoys, a.size()> sums(a, b, lower, upper);
    return cal_smallest_bounds<bound>(a, b, none, none, min(set.a.mu.back(), set.b.mu.back()), sums);
}

template <int decoys, bool asymmetric>
struct CalFinite {
    static constexpr std::size_t count = static_cast<std::size_t>(decoys);
    template <class T>
    struct Parameters {
        using Sources = CalSources<T, decoys, asymmetric, asymmetric>;
        Sources sources;
        T key_basis_probability;
        CalShares<T, count> shares;

        void adapt_to(const Link<T>& link) { sources.adapt_to(link); }
        template <class F>
        void each(F f) {
            sources.each(f);
            f(key_basis_probability);
            shares.each(f);
        }
    };
    static constexpr int parameter_count =
        CalSources<double, decoys, asymmetric, asymmetric>::count + 1 + CalShares<double, count>::count;

    CalTail tail = CalTail::sum;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& parameters, Notes&& note) const {
        auto set = parameters.sources.setting(cal_largest_signal);
        const CalChannel<T> channel = cal_channel(link, note);
        const CalKeyRounds<T> key = cal_key_rounds(channel, set.a.s, set.b.s, note);
        const T p_x = parameters.key_basis_probability, p_z = 1.0 - p_x, n = link.pulses;
        const auto share = parameters.shares.probabilities();
        CalCounts<T, count> counts;
        note("M_X", counts.key = n * p_x * p_x * 2.0 * key.p_xx);
        counts.others = T(0.0);
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t l = 0; l < count; ++l) {
                const T gain = cal_gain(channel, set.a.mu[k], set.b.mu[l]);  // (C5)
                counts.pair[k][l] = n * p_z * p_z * share[k] * share[l] * 2.0 * gain;
                counts.others = counts.others + counts.pair[k][l];
            }
        note("M_Z", counts.others);

        constexpr double events = 2 * decoys * decoys + 9 + 2;
        const T beta = log(4.0 * events) - 2.0 * log(link.privacy_failure);  // ln(1/eps_1)
        note("eps1", exp(-beta));
        const T outside = keep_tail_finite(set);
        const T odds = p_x / p_z;
        const T errors = odds * odds * phase_errors(set, share, counts, beta, note);
        const T deviation = sqrt(0.5 * (counts.key + counts.others) * beta);  // Azuma
        note("Delta", deviation);
        const T most = where_greater(outside, T(0.0), counts.key, errors + deviation);
        const T e_ph = most / max(counts.key, T(1e-290));
        note("N_ph", most);
        note("e_ph", e_ph);
        const T fraction = 1.0 - binary_entropy(min(e_ph, T(0.5))) -
                           link.error_correction_inefficiency * binary_entropy(key.e_x);
        const T final_bits =
            1.0 - std::numbers::log2e * (log(link.correctness_failure) + 2.0 * log(link.privacy_failure));
        const T bits = counts.key * fraction - final_bits;
        note("ell", bits);
        const T sifted = counts.key / n;
        note("sifted", sifted);
        return {bits / n, sifted, cal_excess(e_ph) + outside};
    }

  private:
    // The tail needs signals weaker than the strongest decoys. > 0 where they are not, or other limits are
    // missed.
    template <class Set>
    static auto keep_tail_finite(Set& set) {
        auto outside = set.outside;
        for (auto* user : {&set.a, &set.b}) {
            const auto largest = 0.99 * user->mu[0];
            using T = std::remove_cvref_t<decltype(outside)>;
            outside = outside + max(user->s / largest - 1.0, T(0.0));
            user->s = min(user->s, T(largest));
        }
        return outside;
    }

    // The sum of squares in N_ph, for as many rounds with a key as without.
    template <class T, class Set, class Notes>
    T phase_errors(const Set& set, const std::array<T, count>& share, const CalCounts<T, count>& counts,
                   T beta, Notes& note) const {
        const T all = counts.key + counts.others;
        const CalPairs<T> bounds = cal_count_bounds(set, share, counts, beta, !asymmetric);
        const auto a = cal_photon_numbers(set.a.s, set.a.mu, share);
        const auto b = asymmetric ? cal_photon_numbers(set.b.s, set.b.mu, share) : a;
        const auto root = [&](std::size_t n, std::size_t m) {
            const T most = min(a.decoy[n] * b.decoy[m] * bounds.of[n][m], counts.others);
            const T deviation = cal_kato_deviation(most, all, beta);
            note_indexed(note, "M_nm_upper", n, m, most);
            note_indexed(note, "Delta_nm", n, m, deviation);
            return sqrt(most + deviation);
        };
        const T rest = sqrt(counts.others + sqrt(0.5 * all * beta));
        T sum(0.0);
        for (const std::size_t parity : {0, 1}) {
            const T inside = cal_inside<CalSet::gc9>(a.amplitudes, b.amplitudes, parity, root);
            const T beyond = tail == CalTail::sum
                                 ? cal_outside<CalSet::gc9>(a.amplitudes, b.amplitudes, parity)
                                 : sqrt(cal_outside<CalSet::gc9>(a.weights, b.weights, parity));
            const T one = inside + rest * beyond;
            sum = sum + one * one;
        }
        return sum;
    }
};

}  // namespace tfqkd
