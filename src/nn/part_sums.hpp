#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <vector>

#include "tfqkd/math/parallel.hpp"

namespace tfqkd {

// A sum over samples, and its slope by some variables.
struct SumAndSlope {
    double sum = 0;
    Eigen::VectorXd slope;
};

// Adds up what work(first, count, SumAndSlope&) makes of each part of `rows` rows, in the order of the parts:
// the same bits with any number of threads. A part has some times `fewest` rows; there are at most 64 of
// them, so that as many slopes fit into memory.
template <class Work>
SumAndSlope sum_over_parts(Eigen::Index rows, Eigen::Index fewest, Eigen::Index variables, int threads,
                           Work work) {
    constexpr Eigen::Index most_parts = 64;
    const Eigen::Index share = (rows + most_parts - 1) / most_parts;
    const Eigen::Index rows_a_part = std::max<Eigen::Index>(1, (share + fewest - 1) / fewest) * fewest;
    std::vector<SumAndSlope> parts(part_count(rows, rows_a_part), {0, Eigen::VectorXd::Zero(variables)});
    parallel_for_parts(rows, rows_a_part, threads, [&](Eigen::Index first, Eigen::Index count) {
        work(first, count, parts[static_cast<std::size_t>(first / rows_a_part)]);
    });
    SumAndSlope total{0, Eigen::VectorXd::Zero(variables)};
    for (const SumAndSlope& part : parts) {
        total.sum += part.sum;
        total.slope += part.slope;
    }
    return total;
}

}  // namespace tfqkd
