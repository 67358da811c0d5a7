#pragma once

#include <Eigen/Core>
#include <algorithm>

namespace tfqkd {

// Eigen has no packet tanh for double, but it has exp. An element's result does not depend on its place in
// the array: ragged ends go through a whole block too.
template <class Function>
void apply_in_blocks(double* values, Eigen::Index count, Function function) {
    constexpr Eigen::Index width = 8;
    using Block = Eigen::Array<double, width, 1>;
    Eigen::Index start = 0;
    for (; start + width <= count; start += width) {
        Eigen::Map<Block> block(values + start);
        block = function(Block(block));
    }
    if (start == count) return;
    Block rest = Block::Zero();
    std::copy(values + start, values + count, rest.data());
    rest = function(rest);
    std::copy(rest.data(), rest.data() + (count - start), values + start);
}

// Absolute error below 5e-16.
inline void tanh_in_place(double* values, Eigen::Index count) {
    apply_in_blocks(values, count,
                    [](const auto& x) { return (1.0 - 2.0 / ((2.0 * x).exp() + 1.0)).eval(); });
}

inline void exp_in_place(double* values, Eigen::Index count) {
    apply_in_blocks(values, count, [](const auto& x) { return x.exp().eval(); });
}

}  // namespace tfqkd
