#pragma once

#include "protocol/arms.hpp"

// Upper bounds of the key rate of any protocol: PM physics, section 11.
namespace tfqkd {

template <class T>
struct NoParameters {
    template <class F>
    void each(F) {}
};

// -log2(1 - eta), bits that a lossy channel can carry; kept finite where nothing is lost, at 53 bits.
template <class T>
KeyRate<T> channel_capacity(T eta) {
    return {-std::numbers::log2e * log1p(-min(eta, T(1.0 - 1e-16))), T(1.0), T(0.0)};
}

// No repeater: the whole channel from Alice to Bob, with or without one detector at its end.
struct PlobModel {
    template <class T>
    using Parameters = NoParameters<T>;
    static constexpr int parameter_count = 0;

    bool with_detector = false;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>&, Notes&& note) const {
        T eta = transmittance(link.loss_a_db + link.loss_b_db);
        if (with_detector) eta = eta * link.detector_efficiency;
        note("eta", eta);
        return channel_capacity(eta);
    }
};

// One repeater in the middle: the arm with more loss decides.
struct RepeaterModel {
    template <class T>
    using Parameters = NoParameters<T>;
    static constexpr int parameter_count = 0;

    bool with_detector = false;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>&, Notes&& note) const {
        T eta = transmittance(max(link.loss_a_db, link.loss_b_db));
        if (with_detector) eta = eta * link.detector_efficiency;
        note("eta", eta);
        return channel_capacity(eta);
    }
};

}  // namespace tfqkd
