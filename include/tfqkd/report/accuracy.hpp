#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace tfqkd {

// How much of the optimal key rate predicted parameters keep, over the links that have a key. The ratio of a
// link is max(R(predicted), 0) / R(optimum), both by the full formula.
struct Accuracy {
    std::size_t links = 0;
    double mean = 0, median = 0, percentile_1 = 0, minimum = 0;
    std::size_t failures = 0;  // links with a key for which the prediction gives none

    double failure_share() const {
        return links ? static_cast<double>(failures) / static_cast<double>(links) : 0;
    }
};

// predicted, optimum: key rates, one a link; links whose optimum is not above 0 are left out.
Accuracy measure_accuracy(const Eigen::ArrayXd& predicted, const Eigen::ArrayXd& optimum);

// The value below which a share of the sorted numbers lies, interpolated between neighbours.
double quantile(const std::vector<double>& sorted, double share);

}  // namespace tfqkd
