#pragma once

#include "tfqkd/nn/rbfnn.hpp"

namespace tfqkd {

// Groups of samples near each other in a metric, and in targets too, so that there are more centres where the
// targets change quickly (Uykan et al. 2000).
RadialField grouped(const Samples& samples, const Matrix& metric, int count, std::uint64_t seed, int threads);

// The median over the centres of the mean distance to the nearest ones.
double typical_distance(const Matrix& centres);

}  // namespace tfqkd
