#pragma once

#include <Eigen/Core>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// activation(sample, centre) = exp(-ln 2 |sample - centre|^2 / spread^2): samples x centres.
Matrix activations(const Eigen::Ref<const Matrix>& samples, const Matrix& centres, double spread);

}  // namespace tfqkd
