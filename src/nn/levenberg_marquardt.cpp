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

NormalEquations normal_equations(const Perceptron& network, const Samples& train) {
    NormalMatrix sums(network);
    NormalEquations result{{}, Eigen::VectorXd::Zero(network.weights().size())};
    Perceptron::Pass pass;
    pass.values.resize(network.widths().size());
    for (Eigen::Index start = 0; start < train.inputs.rows(); start += NormalMatrix::block_rows) {
        const auto rows = std::min(NormalMatrix::block_rows, train.inputs.rows() - start);
        pass.values.front() = train.inputs.middleRows(start, rows);
        network.forward(pass);
        sums.add(pass);
        network.backward(pass, pass.values.back() - train.targets.middleRows(start, rows), result.gradient);
    }
    result.matrix = sums.assembled();
    return result;
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
        const Eigen::VectorXd diagonal =
            equations.matrix.diagonal().cwiseMax(1e-12 * equations.matrix.diagonal().maxCoeff());
        for (bool better = false; !better;) {
            if (!(damping.value < 1e15)) return;
            Matrix damped = equations.matrix;
            damped.diagonal() += damping.value * diagonal;
            const Eigen::LLT<Eigen::Ref<Matrix>> factor(damped);
            const Eigen::VectorXd step = factor.solve(-equations.gradient);
            network.set_weights(weights + step);
            const double trial = network.loss(train.inputs, train_loss);
            const double foretold =
                0.5 * step.dot(damping.value * diagonal.cwiseProduct(step) - equations.gradient);
            better = factor.info() == Eigen::Success && trial < loss;
            if (!better) {
                damping.refused();
                continue;
            }
            damping.accepted((loss - trial) * half_count / foretold);
            small_gains = loss - trial < options.smallest_gain * loss ? small_gains + 1 : 0;
            loss = trial;
        }
        weights = network.weights();
        if (!progress.add(loss, network.loss(check.inputs, check_loss), weights)) return;
    }
}

}  // namespace tfqkd
