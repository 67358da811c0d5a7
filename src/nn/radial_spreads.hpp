#pragma once

#include <cstdint>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// Spreads of a radial basis network, one an input: those with which some hundred centres, drawn from the
// samples, foretell other samples best. An input that matters little gets a wide one.
Eigen::VectorXd find_radial_spreads(const Samples& samples, std::uint64_t seed);

}  // namespace tfqkd
