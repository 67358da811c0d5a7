#pragma once

#include <algorithm>
#include <limits>
#include <vector>

namespace tfqkd {

// The value below which a share of the sorted numbers lies, interpolated between neighbours; NaN of none.
inline double quantile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place), above = std::min(below + 1, sorted.size() - 1);
    const double part = place - static_cast<double>(below);
    return (1 - part) * sorted[below] + part * sorted[above];
}

}  // namespace tfqkd
