#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>

#include "nn/normal_matrix.hpp"
#include "nn/training.hpp"
#include "tfqkd/nn/loss.hpp"

namespace tfqkd {

namespace {

// J^T J and J^T error, over all samples and outputs.
struct NormalEquations {
    Matrix matrix;             // weights x weights
    Eigen::VectorXd gradient;  // weights
};

// Calls function(pass, first row, rows) after a forward pass through each block of samples.
template <class Function>
void for_each_block(const Perceptron& network, const Matrix& inputs, Function function) {
    Perceptron::Pass pass;
    pass.values.resize(network.widths().size());
    for (Eigen::Index start = 0; start < inputs.rows(); start += NormalMatrix::block_rows) {
        const auto rows = std::min(NormalMatrix::block_rows, inputs.rows() - start);
        pass.values.front() = inputs.middleRows(start, rows);
        network.forward(pass);
        function(pass, start, rows);
    }
}

NormalEquations normal_equations(const Perceptron& network, const Samples& train) {
    NormalMatrix sums(network);
    NormalEquations result{{}, Eigen::VectorXd::Zero(network.weights().size())};
    for_each_block(network, train.inputs, [&](Perceptron::Pass& pass, Eigen::Index start, Eigen::Index rows) {
        sums.add(pass);
        network.backward(pass, pass.values.back() - train.targets.middleRows(start, rows), result.gradient);
    });
    result.matrix = sums.assembled();
    return result;
}

// J^T times the second derivative of the outputs along `step`, by differences.
Eigen::VectorXd bend_along(const Eigen::VectorXd& step, const Perceptron& network, const Matrix& inputs) {
    constexpr double part = 0.1;  // of the step
    Perceptron ahead = network, behind = network;
    ahead.set_weights(network.weights() + part * step);
    behind.set_weights(network.weights() - part * step);
    Eigen::VectorXd result = Eigen::VectorXd::Zero(step.size());
    Perceptron::Pass pass_ahead, pass_behind;
    for_each_block(network, inputs, [&](Perceptron::Pass& pass, Eigen::Index, Eigen::Index) {
        pass_ahead.values = pass_behind.values = {pass.values.front()};
        ahead.forward(pass_ahead);
        behind.forward(pass_behind);
        const Matrix bend = pass_ahead.values.back() - 2 * pass.values.back() + pass_behind.values.back();
        network.backward(pass, bend / (part * part), result);
    });
    return result;
}

// The step of the linear model, bent to follow the outputs' curvature (geodesic acceleration, Transtrum and
// Sethna 2012), which saves more than half of the iterations. Empty when the damped matrix cannot be
// factored.
struct Step {
    Eigen::VectorXd change;
    double foretold = 0;  // fall of half the sum of squares
};

Step find_step(const NormalEquations& equations, const Eigen::VectorXd& damping, const Perceptron& network,
               const Matrix& inputs) {
    Matrix damped = equations.matrix;
    damped.diagonal() += damping;
    const Eigen::LLT<Eigen::Ref<Matrix>> factor(damped);
    if (factor.info() != Eigen::Success) return {};
    Step step{factor.solve(-equations.gradient)};
    step.foretold = 0.5 * step.change.dot(damping.cwiseProduct(step.change) - equations.gradient);
    const Eigen::VectorXd bend = factor.solve(bend_along(step.change, network, inputs));
    if (bend.norm() <= 0.75 * step.change.norm()) step.change -= 0.5 * bend;
    return step;
}

// Between Levenberg's (equal) and Marquardt's (the diagonal itself) weights of the damping: better than
// either.
Eigen::VectorXd damping_weights(const Matrix& normal) {
    const Eigen::ArrayXd diagonal = normal.diagonal();
    return (diagonal.max(1e-12 * diagonal.maxCoeff()) * diagonal.mean()).sqrt();
}

// Nielsen's rule: the better the linear model foretold the gain, the less damping.
struct Damping {
    double value, growth = 2;
    void accepted(double gain_ratio) {
        value = std::max(value * std::max(1.0 / 3, 1 - std::pow(2 * gain_ratio - 1, 3)), 1e-15);
        growth = 2;
    }
    void refused() {
        value *= growth;
        growth *= 2;
    }
};

}  // namespace

void train_levenberg_marquardt(Perceptron& network, const Samples& train, const Samples& check,
                               const LevenbergMarquardtOptions& options, Progress& progress) {
    const MeanSquare train_loss(train.targets), check_loss(check.targets);
    const double half_count = 0.5 * static_cast<double>(train.targets.size());
    Eigen::VectorXd weights = network.weights();
    double loss = network.loss(train.inputs, train_loss);
    Damping damping{options.damping};
    int small_gains = 0;
    for (int iteration = 0; iteration < options.iterations && small_gains < 10; ++iteration) {
        const auto equations = normal_equations(network, train);
        const Eigen::VectorXd diagonal = damping_weights(equations.matrix);
        for (bool better = false; !better;) {
            if (!(damping.value < 1e15)) return;
            const Step step = find_step(equations, damping.value * diagonal, network, train.inputs);
            if (step.change.size() == 0) {
                damping.refused();
                continue;
            }
            network.set_weights(weights + step.change);
            const double trial = network.loss(train.inputs, train_loss);
            better = trial < loss;
            if (!better) {
                network.set_weights(weights);
                damping.refused();
                continue;
            }
            damping.accepted((loss - trial) * half_count / step.foretold);
            small_gains = loss - trial < options.smallest_gain * loss ? small_gains + 1 : 0;
            loss = trial;
        }
        weights = network.weights();
        if (!progress.add(loss, network.loss(check.inputs, check_loss), weights)) return;
    }
}

}  // namespace tfqkd
