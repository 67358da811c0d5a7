#include "nn/lbfgs.hpp"

#include <cmath>
#include <deque>
#include <limits>
#include <vector>

#include "nn/training.hpp"

namespace tfqkd {

namespace {

struct State {
    Eigen::VectorXd point, gradient;
    double value = 0;
};

struct Update {
    Eigen::VectorXd step, change;  // of the point, of the gradient
    double inverse_product;
};

// The two-loop recursion: an approximate inverse Hessian times the gradient.
Eigen::VectorXd quasi_newton_step(const std::deque<Update>& updates, const Eigen::VectorXd& gradient) {
    Eigen::VectorXd direction = gradient;
    if (updates.empty()) return direction / std::max(1.0, gradient.norm());
    std::vector<double> along(updates.size());
    for (std::size_t i = updates.size(); i-- > 0;) {
        along[i] = updates[i].inverse_product * updates[i].step.dot(direction);
        direction -= along[i] * updates[i].change;
    }
    const auto& last = updates.back();
    direction *= 1 / (last.inverse_product * last.change.squaredNorm());
    for (std::size_t i = 0; i < updates.size(); ++i) {
        const double back = updates[i].inverse_product * updates[i].change.dot(direction);
        direction += (along[i] - back) * updates[i].step;
    }
    return direction;
}

// Bisects between a step too long to lower the value and one too short to flatten it.
bool line_search(const SmoothFunction& function, const State& from, const Eigen::VectorXd& direction,
                 State& to) {
    const double descent = from.gradient.dot(direction);
    if (!(descent < 0)) return false;
    double length = 1, shortest = 0, longest = std::numeric_limits<double>::infinity();
    for (int trial = 0; trial < 40; ++trial) {
        to.point = from.point + length * direction;
        to.value = function(to.point, to.gradient);
        if (!(to.value <= from.value + 1e-4 * length * descent))
            longest = length;
        else if (to.gradient.dot(direction) < 0.9 * descent)
            shortest = length;
        else
            return true;
        length = std::isinf(longest) ? 2 * length : (shortest + longest) / 2;
    }
    return to.value < from.value;
}

}  // namespace

double minimize_lbfgs(const SmoothFunction& function, Eigen::VectorXd& point, int iterations, int memory,
                      const AfterStep& after_step) {
    State here, next;
    here.point = point;
    here.value = function(here.point, here.gradient);
    std::deque<Update> updates;
    for (int iteration = 0; iteration < iterations && here.gradient.squaredNorm() > 0; ++iteration) {
        if (!line_search(function, here, -quasi_newton_step(updates, here.gradient), next)) {
            if (updates.empty()) break;
            updates.clear();  // once more along the gradient
            continue;
        }
        Update update{next.point - here.point, next.gradient - here.gradient, 0};
        const double product = update.step.dot(update.change);
        if (product > 1e-14 * update.step.norm() * update.change.norm()) {
            update.inverse_product = 1 / product;
            updates.push_back(std::move(update));
            if (static_cast<int>(updates.size()) > memory) updates.pop_front();
        }
        std::swap(here, next);
        if (!after_step(here.point, here.value)) break;
    }
    point = here.point;
    return here.value;
}

void train_lbfgs(Perceptron& network, const TrainingTask& task, const LbfgsOptions& options,
                 Progress& progress) {
    const auto function = [&](const Eigen::VectorXd& weights, Eigen::VectorXd& gradient) {
        network.set_weights(weights);
        return network.loss(task.train_inputs, task.train_loss, &gradient, task.threads);
    };
    const auto after_step = [&](const Eigen::VectorXd& weights, double value) {
        network.set_weights(weights);
        return progress.add(value, network.loss(task.check_inputs, task.check_loss, nullptr, task.threads),
                            weights);
    };
    Eigen::VectorXd weights = network.weights();
    minimize_lbfgs(function, weights, options.iterations, options.memory, after_step);
    network.set_weights(weights);
}

}  // namespace tfqkd
