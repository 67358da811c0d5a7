#include "tfqkd/report/accuracy.hpp"

#include <numeric>

#include "tfqkd/math/parallel.hpp"
#include "tfqkd/math/random.hpp"

namespace tfqkd {

std::vector<double> rate_ratios(const Eigen::ArrayXd& predicted, const Eigen::ArrayXd& optimum) {
    std::vector<double> ratios;
    for (Eigen::Index row = 0; row < optimum.size(); ++row)
        if (optimum[row] > 0) ratios.push_back(predicted[row] > 0 ? predicted[row] / optimum[row] : 0);
    return ratios;
}

Accuracy measure_accuracy(std::vector<double> ratios) {
    Accuracy accuracy;
    accuracy.links = ratios.size();
    const double sum = std::accumulate(ratios.begin(), ratios.end(), 0.0);
    std::sort(ratios.begin(), ratios.end());
    accuracy.failures =
        static_cast<std::size_t>(std::upper_bound(ratios.begin(), ratios.end(), 0.0) - ratios.begin());
    accuracy.mean =
        ratios.empty() ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(ratios.size());
    accuracy.median = quantile(ratios, 0.5);
    accuracy.percentile_1 = quantile(ratios, 0.01);
    accuracy.minimum = quantile(ratios, 0);
    return accuracy;
}

namespace {

Spread middle_95(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return {quantile(values, 0.025), quantile(values, 0.975)};
}

}  // namespace

AccuracySpreads bootstrap(const std::vector<double>& ratios, std::size_t resamples, std::uint64_t seed,
                          int threads) {
    const std::size_t links = ratios.size();
    std::vector<double> means(resamples), percentiles(resamples), failures(resamples);
    parallel_for(resamples, threads, [&](std::size_t k) {
        std::vector<double> drawn(links);
        std::uint64_t state = mix(mix(seed ^ mix(static_cast<std::uint64_t>(Purpose::bootstrap))) ^ k);
        for (double& ratio : drawn) ratio = ratios[static_cast<std::size_t>((state = mix(state)) % links)];
        const Accuracy accuracy = measure_accuracy(std::move(drawn));
        means[k] = accuracy.mean;
        percentiles[k] = accuracy.percentile_1;
        failures[k] = accuracy.failure_share();
    });
    return {middle_95(std::move(means)), middle_95(std::move(percentiles)), middle_95(std::move(failures))};
}

}  // namespace tfqkd
