#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "nn/random.hpp"
#include "nn/training.hpp"

namespace tfqkd {

namespace {

double rate_at(const AdamOptions& options, int epoch) {
    if (options.decay == Decay::step)
        return options.rate * std::pow(options.step_factor, epoch / options.step_epochs);
    if (options.decay == Decay::none || options.epochs < 2) return options.rate;
    const double way = static_cast<double>(epoch) / (options.epochs - 1);
    return options.last_rate +
           (options.rate - options.last_rate) * (1 + std::cos(std::numbers::pi * way)) / 2;
}

// Kingma and Ba's running means of slope and squared slope.
struct Moments {
    Eigen::ArrayXd first, second;  // one a weight
    double first_left = 1, second_left = 1;

    explicit Moments(Eigen::Index count)
        : first(Eigen::ArrayXd::Zero(count)), second(Eigen::ArrayXd::Zero(count)) {}

    void step(double rate, const Eigen::VectorXd& gradient, Eigen::VectorXd& weights) {
        constexpr double keep_first = 0.9, keep_second = 0.999;
        first = keep_first * first + (1 - keep_first) * gradient.array();
        second = keep_second * second + (1 - keep_second) * gradient.array().square();
        first_left *= keep_first;
        second_left *= keep_second;
        const double scale = rate / (1 - first_left), root = 1 / std::sqrt(1 - second_left);
        weights.array() -= scale * first / (root * second.sqrt() + 1e-8);
    }
};

}  // namespace

void train_adam(Perceptron& network, const TrainingTask& task, const AdamOptions& options, std::uint64_t seed,
                Progress& progress) {
    Random random(seed);
    std::vector<int> rows(task.train_inputs.rows());
    std::iota(rows.begin(), rows.end(), 0);
    const auto batch = std::min<std::size_t>(options.batch, rows.size());
    Moments moments(network.weights().size());
    Eigen::VectorXd weights = network.weights(), gradient;
    Perceptron::Pass pass;
    for (int epoch = 0; epoch < options.epochs; ++epoch) {
        shuffle(rows, random);
        double sum = 0;
        for (std::size_t start = 0; start < rows.size(); start += batch) {
            const auto some = std::span<const int>(rows).subspan(start, std::min(batch, rows.size() - start));
            const double loss = network.loss(task.train_inputs, some, task.train_loss, &gradient, pass);
            sum += loss * static_cast<double>(some.size());
            moments.step(rate_at(options, epoch), gradient, weights);
            network.set_weights(weights);
        }
        const double check = network.loss(task.check_inputs, task.check_loss, nullptr, task.threads);
        if (!progress.add(sum / static_cast<double>(rows.size()), check, weights)) return;
    }
}

}  // namespace tfqkd
