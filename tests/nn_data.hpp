#pragma once

#include <cmath>
#include <cstdint>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// Numbers evenly over (-1, 1).
inline Matrix random_matrix(Eigen::Index rows, Eigen::Index cols, std::uint64_t seed) {
    Matrix result(rows, cols);
    for (Eigen::Index i = 0; i < result.size(); ++i) {
        std::uint64_t z = (seed * 1000003 + static_cast<std::uint64_t>(i) + 1) * 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        result.data()[i] = 2 * static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53 - 1;
    }
    return result;
}

// A smooth function of three inputs with two outputs.
inline Samples smooth_samples(Eigen::Index rows, std::uint64_t seed) {
    Samples samples{random_matrix(rows, 3, seed), Matrix(rows, 2)};
    const auto x = samples.inputs.array();
    samples.targets.col(0) = (x.col(0) + 0.5 * x.col(1)).sin() + x.col(2).square();
    samples.targets.col(1) = (x.col(0) * x.col(2)).exp() - 0.5 * x.col(1);
    return samples;
}

inline Matrix predict_each(const Regressor& network, const Matrix& inputs) {
    Matrix result(inputs.rows(), network.outputs());
    for (Eigen::Index row = 0; row < inputs.rows(); ++row) {
        const Eigen::VectorXd in = inputs.row(row);
        Eigen::VectorXd out(network.outputs());
        network.predict_one({in.data(), static_cast<std::size_t>(in.size())},
                            {out.data(), static_cast<std::size_t>(out.size())});
        result.row(row) = out;
    }
    return result;
}

inline double largest_difference(const Matrix& a, const Matrix& b) { return (a - b).cwiseAbs().maxCoeff(); }

}  // namespace tfqkd
