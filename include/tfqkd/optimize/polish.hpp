#pragma once

#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

// Goes up to `steps` quasi-Newton steps from each row's start, which is taken to be near an optimum: the
// curvature of the rate is measured there once, by differences of exact slopes, then kept up to date. No row
// ends below its start. The rows' stop says evaluation_limit where the steps ran out.
Optima polish(const Objective& objective, int steps);

}  // namespace tfqkd
