#pragma once

#include "protocol/cal_parameters.hpp"
#include "protocol/cal_phase_error.hpp"
#include "tfqkd/protocol/adapter.hpp"

// Infinite data and infinite decoys: CAL physics, section 3.
namespace tfqkd {

template <CalSet set, bool asymmetric>
struct CalAsymptotic {
    template <class T>
    using Parameters = CalSources<T, 0, asymmetric, false>;
    static constexpr int parameter_count = Parameters<double>::count;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& parameters, Notes&& note) const {
        const auto setting = parameters.setting(cal_largest_signal);
        const T s_a = setting.a.s, s_b = setting.b.s;
        const CalChannel<T> channel = cal_channel(link, note);
        const CalKeyRounds<T> key = cal_key_rounds(channel, s_a, s_b, note);
        const CalYields<T, static_cast<int>(cal_largest(set))> yields(channel);
        const T errors = cal_phase_errors<set>(s_a, s_b, [&](std::size_t n, std::size_t m) {
            const T yield = yields(n, m);  // (C6)
            note_indexed(note, "Y", n, m, yield);
            return sqrt(min(yield, T(1.0)));
        });
        const T e_z = errors / key.p_xx;  // (R2)
        note("e_z", e_z);
        return cal_key_rate(link, key, e_z, setting.outside, T(1.0), note);
    }
};

}  // namespace tfqkd
