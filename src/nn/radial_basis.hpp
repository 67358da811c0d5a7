#pragma once

#include <Eigen/Core>

#include "tfqkd/nn/rbfnn.hpp"

namespace tfqkd {

// activation(sample, centre) = exp(-ln 2 sum over inputs of ((sample - centre) / spread)^2): samples x
// centres. spreads: one an input.
Matrix activations(const Eigen::Ref<const Matrix>& samples, const Matrix& centres,
                   const Eigen::VectorXd& spreads);

// The same in a field's metric.
Matrix activations(const Eigen::Ref<const Matrix>& samples, const RadialField& field);
// The field of centres with one spread an input.
RadialField field_of(const Matrix& centres, const Eigen::VectorXd& spreads);

// A column of ones, for the bias, before the activations: samples x (1 + centres).
Matrix with_ones(const Matrix& activation);

}  // namespace tfqkd
