#pragma once

#include "tfqkd/math/functions.hpp"
#include "tfqkd/protocol/protocol.hpp"

// The two arms of a link as formulas use them.
namespace tfqkd {

// 10^(-loss/10).
template <class T>
T transmittance(T loss_db) {
    return exp(loss_db * -0.23025850929940457);
}

// Of a photon to arrive and be detected: (S1).
template <class T>
T arm_efficiency(const Link<T>& link, T loss_db) {
    return link.detector_efficiency * transmittance(loss_db);
}

// The same for formulas that know only arms of equal loss.
template <class T>
T equal_arm_efficiency(const Link<T>& link) {
    return arm_efficiency(link, 0.5 * (link.loss_a_db + link.loss_b_db));
}

// No key on unequal arms: there is no formula. All sifted bits count as lost.
template <class T>
KeyRate<T> on_equal_arms(const Link<T>& link, const KeyRate<T>& key) {
    const T gap = max(link.loss_a_db - link.loss_b_db, link.loss_b_db - link.loss_a_db), rounding(1e-9);
    return {where_greater(gap, rounding, -key.sifted, key.rate), key.sifted,
            key.excess + where_greater(gap, rounding, gap, T(0.0))};
}

}  // namespace tfqkd
