#pragma once

#include <utility>
#include <vector>

#include "tfqkd/dataset/generate.hpp"

namespace tfqkd {

// The axes of a domain that state a distance or a loss. All are moved together, each in its own unit.
std::vector<DomainAxis> length_axes(const Domain& domain);

// By how much a row's lengths may be moved within their ranges: from at most 0 to at least 0.
std::pair<double, double> shift_range(const Table& links, const std::vector<DomainAxis>& lengths,
                                      std::size_t row);

// The links with every length of a row longer by shift[row], within its range.
Table shifted(const Table& links, const std::vector<DomainAxis>& lengths, const std::vector<double>& shift);

// For each of `rows`, by how much its lengths can grow (or must shrink) until the key ends, to a
// four-thousandth of the range; NaN where it does not end within the range, or no key was found. Found by
// bisection, each optimum from the one before: good enough to draw links by, not a certified last distance.
std::vector<double> shifts_to_last_key(const Protocol& protocol, const Table& links,
                                       const std::vector<DomainAxis>& lengths,
                                       const std::vector<std::pair<std::string, double>>& set,
                                       const std::vector<std::size_t>& rows,
                                       const std::vector<std::pair<std::string, double>>& fixed, int threads);

}  // namespace tfqkd
