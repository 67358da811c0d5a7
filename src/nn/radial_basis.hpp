#pragma once

#include <Eigen/Core>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// activation(sample, centre) = exp(-ln 2 sum over inputs of ((sample - centre) / spread)^2): samples x
// centres. spreads: one an input.
Matrix activations(const Eigen::Ref<const Matrix>& samples, const Matrix& centres,
                   const Eigen::VectorXd& spreads);

// A column of ones, for the bias, before the activations: samples x (1 + centres).
Matrix with_ones(const Matrix& activation);

}  // namespace tfqkd
