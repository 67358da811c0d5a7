#pragma once

#include <string>
#include <vector>

#include "tfqkd/optimize/search.hpp"
#include "tfqkd/table/table.hpp"

namespace tfqkd {

// What each method still loses of the best key rate when it may evaluate 10, 13, 17, ... times a link, up to
// settings.most_evaluations: columns method, evaluations, and loss, 1 - R / R_best, the median over the links
// with a key. The best rate is the best that any of these runs, or a long run of "auto", finds.
Table convergence_table(const Objective& objective, const std::vector<std::string>& methods,
                        SearchOptions settings);

}  // namespace tfqkd
