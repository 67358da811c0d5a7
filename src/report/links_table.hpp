#pragma once

#include <limits>
#include <string_view>

namespace tfqkd {

// What the name of a test set ends with where its links are outside the trained range of a model.
inline constexpr std::string_view outside_ending = ", outside";
inline constexpr double missing = std::numeric_limits<double>::quiet_NaN();

}  // namespace tfqkd
