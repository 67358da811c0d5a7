#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <vector>

#include "nn/normal_matrix.hpp"
#include "nn/part_sums.hpp"
#include "nn/training.hpp"
#include "tfqkd/math/parallel.hpp"
#include "tfqkd/nn/loss.hpp"

namespace tfqkd {

namespace {

// J^T J and J^T error, over all samples and outputs.
struct NormalEquations {
    Matrix matrix;             // weights x weights
    Eigen::VectorXd gradient;  // weights
};

NormalEquations normal_equations(const Perceptron& network, const Samples& train, int threads) {
    constexpr Eigen::Index block = NormalMatrix::block_rows, rows_at_once = 8 * block;
    NormalMatrix sums(network);
    NormalEquations result{{}, Eigen::VectorXd::Zero(network.weights().size())};
    std::vector<Perceptron::Pass> passes;
    for (Eigen::Index start = 0; start < train.inputs.rows(); start += rows_at_once) {
        const auto rows = std::min(rows_at_once, train.inputs.rows() - start);
        passes.resize(part_count(rows, block));
        parallel_for_parts(rows, block, threads, [&](Eigen::Index first, Eigen::Index count) {
            Perceptron::Pass& pass = passes[static_cast<std::size_t>(first / block)];
            pass.values = {train.inputs.middleRows(start + first, count)};
            network.forward(pass);
        });
        for (std::size_t k = 0; k < passes.size(); ++k) {
            const Matrix& found = passes[k].values.back();
            const auto first = start + static_cast<Eigen::Index>(k) * block;
            network.backward(passes[k], found - train.targets.middleRows(first, found.rows()),
                             result.gradient);
        }
        sums.add(passes, threads);
    }
    result.matrix = sums.assembled();
    return result;
}

// J^T times the second derivative of the outputs along `step`, by differences.
Eigen::VectorXd bend_along(const Eigen::VectorXd& step, const Perceptron& network, const Matrix& inputs,
                           int threads) {
    constexpr double part = 0.1;  // of the step
    Perceptron ahead = network, behind = network;
    ahead.set_weights(network.weights() + part * step);
    behind.set_weights(network.weights() - part * step);
    const auto add = [&](Eigen::Index first, Eigen::Index rows, SumAndSlope& sum) {
        Perceptron::Pass pass, pass_ahead, pass_behind;
        for (Eigen::Index start = first; start < first + rows; start += NormalMatrix::block_rows) {
            const auto count = std::min(NormalMatrix::block_rows, first + rows - start);
            pass.values = pass_ahead.values = pass_behind.values = {inputs.middleRows(start, count)};
            network.forward(pass);
            ahead.forward(pass_ahead);
            behind.forward(pass_behind);
            const Matrix bend = pass_ahead.values.back() - 2 * pass.values.back() + pass_behind.values.back();
            network.backward(pass, bend / (part * part), sum.slope);
        }
    };
    return sum_over_parts(inputs.rows(), 4 * NormalMatrix::block_rows, step.size(), threads, add).slope;
}

// The step of the linear model, bent to follow the outputs' curvature (geodesic acceleration, Transtrum and
// Sethna 2012), which saves more than half of the iterations. Empty when the damped matrix cannot be
// factored.
struct Step {
    Eigen::VectorXd change;
    double foretold = 0;  // fall of half the sum of squares
};

Step find_step(const NormalEquations& equations, const Eigen::VectorXd& damping, const Perceptron& network,
               const Matrix& inputs, int threads) {
    Matrix damped = equations.matrix;
    damped.diagonal() += damping;
    const Eigen::LLT<Eigen::Ref<Matrix>> factor(damped);
    if (factor.info() != Eigen::Success) return {};
    Step step{factor.solve(-equations.gradient)};
    step.foretold = 0.5 * step.change.dot(damping.cwiseProduct(step.change) - equations.gradient);
    const Eigen::VectorXd bend = factor.solve(bend_along(step.change, network, inputs, threads));
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
                               const LevenbergMarquardtOptions& options, int threads, Progress& progress) {
    const MeanSquare train_loss(train.targets), check_loss(check.targets);
    const double half_count = 0.5 * static_cast<double>(train.targets.size());
    Eigen::VectorXd weights = network.weights();
    double loss = network.loss(train.inputs, train_loss, nullptr, threads);
    Damping damping{options.damping};
    int small_gains = 0;
    for (int iteration = 0; iteration < options.iterations && small_gains < 10; ++iteration) {
        const auto equations = normal_equations(network, train, threads);
        const Eigen::VectorXd diagonal = damping_weights(equations.matrix);
        for (bool better = false; !better;) {
            if (!(damping.value < 1e15)) return;
            const Step step = find_step(equations, damping.value * diagonal, network, train.inputs, threads);
            if (step.change.size() == 0) {
                damping.refused();
                continue;
            }
            network.set_weights(weights + step.change);
            const double trial = network.loss(train.inputs, train_loss, nullptr, threads);
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
        if (!progress.add(loss, network.loss(check.inputs, check_loss, nullptr, threads), weights)) return;
    }
}

}  // namespace tfqkd
