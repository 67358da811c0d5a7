#pragma once

#include "tfqkd/math/quantile.hpp"

namespace tfqkd {

// Seconds for one of many, over several passes that take turns with those of what it is compared with; NaN
// of none.
struct Timing {
    double minimum = 0, median = 0;
};

// Of passes [s] that each did `count`.
inline Timing timing_of(std::vector<double> passes, double count = 1) {
    std::sort(passes.begin(), passes.end());
    return {quantile(passes, 0) / count, quantile(passes, 0.5) / count};
}

}  // namespace tfqkd
