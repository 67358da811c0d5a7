#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tfqkd/math/quantile.hpp"

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

// predicted, optimum: key rates, one a link. Of each link its ratio; links whose optimum is not above 0 are
// left out.
std::vector<double> rate_ratios(const Eigen::ArrayXd& predicted, const Eigen::ArrayXd& optimum);
Accuracy measure_accuracy(std::vector<double> ratios);
inline Accuracy measure_accuracy(const Eigen::ArrayXd& predicted, const Eigen::ArrayXd& optimum) {
    return measure_accuracy(rate_ratios(predicted, optimum));
}

// Where a measure lies with a probability of 95 % if the links are a fair sample: by the bootstrap, from
// `resamples` draws of as many links with replacement.
struct Spread {
    double lower, upper;
};
struct AccuracySpreads {
    Spread mean, percentile_1, failure_share;
};
AccuracySpreads bootstrap(const std::vector<double>& ratios, std::size_t resamples, std::uint64_t seed,
                          int threads);

}  // namespace tfqkd
