#pragma once

#include <cstdint>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// The means of `count` groups of points, each point in the group of the nearest mean, by Lloyd's iteration
// from points drawn at random; at most as many as there are points. points: one a row.
Matrix k_means(const Matrix& points, int count, int iterations, std::uint64_t seed, int threads = 1);

}  // namespace tfqkd
