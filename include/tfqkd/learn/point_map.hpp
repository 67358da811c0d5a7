#pragma once

#include <vector>

#include "tfqkd/nn/scaler.hpp"
#include "tfqkd/protocol/protocol.hpp"

namespace tfqkd {

// How a network's scaled outputs become all of a protocol's parameters. It refers to what a model holds.
struct PointMap {
    const Scaler& scaler;                // of the outputs; lower, upper: the search ranges
    const std::vector<int>& parameters;  // of each output, its number among the protocol's parameters
    const std::vector<double>& fixed;    // all parameters; those that are no outputs keep these values

    Columns points(const Matrix& scaled) const;  // rows x outputs -> rows x parameters, within the ranges
};

}  // namespace tfqkd
