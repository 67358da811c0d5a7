#include "tfqkd/report/accuracy.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace tfqkd {

double quantile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const double place = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place), above = std::min(below + 1, sorted.size() - 1);
    const double part = place - static_cast<double>(below);
    return (1 - part) * sorted[below] + part * sorted[above];
}

Accuracy measure_accuracy(const Eigen::ArrayXd& predicted, const Eigen::ArrayXd& optimum) {
    std::vector<double> ratios;
    Accuracy accuracy;
    double sum = 0;
    for (Eigen::Index row = 0; row < optimum.size(); ++row) {
        if (!(optimum[row] > 0)) continue;
        const double ratio = predicted[row] > 0 ? predicted[row] / optimum[row] : 0;
        accuracy.failures += ratio == 0;
        sum += ratio;
        ratios.push_back(ratio);
    }
    std::sort(ratios.begin(), ratios.end());
    accuracy.links = ratios.size();
    accuracy.mean =
        ratios.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(ratios.size());
    accuracy.median = quantile(ratios, 0.5);
    accuracy.percentile_1 = quantile(ratios, 0.01);
    accuracy.minimum = quantile(ratios, 0);
    return accuracy;
}

}  // namespace tfqkd
