#include "protocol/cal_bounds.hpp"

// Finite data by standard errors, own signals and common decoys: CAL physics, section 5.
namespace tfqkd {

namespace {

constexpr std::size_t decoys = 3;

template <class T>
struct GaussianParameters {
    using Sources = CalSources<T, decoys, true, false>;
    static constexpr int count = Sources::count + 1 + CalShares<T, decoys>::count + 1;

    Sources sources;
    T signal_probability;
    CalShares<T, decoys> shares;
    T standard_errors;

    template <class F>
    void each(F f) {
        sources.each(f);
        f(signal_probability);
        shares.each(f);
        f(standard_errors);
    }
};

template <CalBound bound>
struct CalGaussian {
    template <class T>
    using Parameters = GaussianParameters<T>;
    static constexpr int parameter_count = Parameters<double>::count;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& parameters, Notes&& note) const {
        const auto set = parameters.sources.setting(cal_largest_signal);
        const CalChannel<T> channel = cal_channel(link, note);
        const CalKeyRounds<T> key = cal_key_rounds(channel, set.a.s, set.b.s, note);
        const CalPairs<T> yields = bounds(link, channel, parameters, set, note);
        const T errors = cal_phase_errors<CalSet::gc9>(set.a.s, set.b.s, [&](std::size_t n, std::size_t m) {
            const T most = cal_factorials[n] * cal_factorials[m] * yields.of[n][m];
            const T yield = clamp(most, T(0.0), T(1.0));
            note_indexed(note, "Y_upper", n, m, yield);
            return sqrt(yield);
        });
        const T e_z = errors / key.p_xx;  // (R2)
        note("e_z", e_z);
        const T share = parameters.signal_probability * parameters.signal_probability;
        return cal_key_rate(link, key, e_z, set.outside, share, note);
    }

  private:
    // The intervals Q -+ gamma sqrt(Q / (N P_k P_l)) and the yields' bounds from them.
    template <class T, class Notes>
    static CalPairs<T> bounds(const Link<T>& link, const CalChannel<T>& channel, const Parameters<T>& parameters,
                              const CalSetting<T, static_cast<int>(decoys)>& set, Notes& note) {
        const auto share = parameters.shares.probabilities();
        const T rounds = (1.0 - parameters.signal_probability) * (1.0 - parameters.signal_probability) * link.pulses;
        std::array<std::array<T, decoys>, decoys> lower, upper;
        for (std::size_t k = 0; k < decoys; ++k)
            for (std::size_t l = 0; l < decoys; ++l) {
                const T gain = cal_gain(channel, set.a.mu[k], set.b.mu[l]);  // (C5)
                const T count = max(rounds * share[k] * share[l], T(1e-100));
                const T error = parameters.standard_errors * sqrt(gain / count);
                const T least = max(gain - error, T(0.0)), most = min(gain + error, T(1.0));
                note_indexed(note, "Q_lo", k, l, least);
                note_indexed(note, "Q_hi", k, l, most);
                const T scale = exp(set.a.mu[k] + set.b.mu[l]);
                lower[l][k] = scale * least;
                upper[l][k] = scale * most;
            }
        const auto weights = cal_weights<bound>(cal_powers(set.a.mu));
        const auto slacks = cal_slacks<bound>(weights, set.a.mu);
        CalIntervalSums<bound, T, decoys, weights.size()> sums(weights, weights, lower, upper);
        return cal_smallest_bounds<bound>(weights, weights, slacks, slacks, set.a.mu.back(), sums);
    }
};

ProtocolInfo describe() {
    ProtocolInfo info;
    info.name = "cal-gaussian";
    info.title = "CAL twin-field QKD, asymmetric, finite data by standard errors";
    info.description =
        "The variant of Wang and Lo's machine-learning paper: each user has a signal intensity of its own, decoys "
        "and probabilities are common. Gains fluctuate by standard_errors (5.3 for 1e-7) for each pair and "
        "outcome; p_xx and e_x do not. Product bounds take the place of the paper's linear program (1e-10 apart "
        "at the reference points). The paper prints no rate to compare with; whether it lets each outcome "
        "fluctuate or both together, and its weakest intensity, are not known.";
    info.security = "finite data with Gaussian statistics, collective attacks; not composable";
    info.references = cal_references(
        {"Wang, Lo, Machine learning for optimal parameter prediction in QKD, PRA 100, 062334 (2019), "
         "arXiv:1812.07724"});
    info.equations = {"C3-C5", "R1", "R2", "P+", "KP5", "A3"};
    info.options = {{"bound",
                     {"kp5", "pplus"},
                     "kp5: uses that no yield exceeds 1; pplus: does not"}};
    info.uses = cal_uses();
    add_uses(info.uses, {"pulses"});
    info.parameters = cal_quantities(static_cast<int>(decoys), true, false, 0, true);
    info.parameters.push_back({"signal_probability",
                               "",
                               {0, 1, true, true},
                               {0.02, 0.995},
                               0.8,
                               Scale::logit,
                               "probability of a key pulse, P_s"});
    add_share_quantities(info.parameters, static_cast<int>(decoys));
    info.parameters.push_back({"standard_errors",
                               "",
                               {0, 100},
                               {3, 10},
                               5.3,
                               Scale::linear,
                               "width of the intervals on either side in standard errors, gamma",
                               false});
    return info;
}

}  // namespace

std::unique_ptr<const Protocol> make_cal_gaussian(const Choices& choices) {
    ProtocolInfo info = choices.check(describe());
    if (info.chosen.at("bound") == "pplus")
        return std::make_unique<Adapter<CalGaussian<CalBound::p_plus>>>(std::move(info),
                                                                        CalGaussian<CalBound::p_plus>{});
    return std::make_unique<Adapter<CalGaussian<CalBound::kp5>>>(std::move(info), CalGaussian<CalBound::kp5>{});
}

}  // namespace tfqkd
