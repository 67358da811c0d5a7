#pragma once

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// sqrt(W) V^T, where V W V^T is the mean over the samples of the outer products of a network's slopes by its
// inputs: distance in it is change of the outputs. Directions without change count a hundredth of the
// steepest one.
Matrix steepness_metric(const Regressor& network, const Matrix& inputs);

}  // namespace tfqkd
