#include <cmath>

#include "catch.hpp"
#include "nn/normal_matrix.hpp"
#include "nn/vector_math.hpp"
#include "nn_data.hpp"
#include "tfqkd/nn/loss.hpp"
#include "tfqkd/nn/perceptron.hpp"

using namespace tfqkd;

namespace {

const std::vector<std::vector<int>> shapes{{3, 2}, {3, 4, 2}, {3, 5, 4, 2}, {3, 5, 4, 3, 2}};

Perceptron network_of(const std::vector<int>& widths, Activation activation) {
    Perceptron network(widths, activation);
    network.randomise(42);
    return network;
}

// Every output of every sample as a row, by every weight as a column.
Matrix jacobian_by_differences(Perceptron network, const Matrix& inputs) {
    const Eigen::VectorXd weights = network.weights();
    const double h = 1e-6;
    Matrix result(inputs.rows() * network.widths().back(), weights.size());
    for (Eigen::Index i = 0; i < weights.size(); ++i) {
        Eigen::VectorXd moved = weights;
        moved[i] = weights[i] + h;
        network.set_weights(moved);
        const Matrix up = network.predict(inputs);
        moved[i] = weights[i] - h;
        network.set_weights(moved);
        const Matrix slope = (up - network.predict(inputs)) / (2 * h);
        result.col(i) = slope.reshaped();
    }
    return result;
}

}  // namespace

TEST_CASE("tanh through exp is accurate wherever it stands", "[nn][perceptron]") {
    Eigen::VectorXd values(2003);
    for (Eigen::Index i = 0; i < values.size(); ++i) values[i] = 1e-5 * std::pow(1.01, i) * (i % 2 ? 1 : -1);
    values[0] = 0;
    values[1] = 1e308;
    values[2] = -1e308;
    Eigen::VectorXd squashed = values;
    tanh_in_place(squashed.data(), squashed.size());
    CHECK((squashed - values.array().tanh().matrix()).cwiseAbs().maxCoeff() < 1e-15);
    for (Eigen::Index i = 0; i < values.size(); ++i) {
        double alone = values[i];
        tanh_in_place(&alone, 1);
        REQUIRE(alone == squashed[i]);
    }
}

TEST_CASE("the backward pass agrees with differences", "[nn][perceptron]") {
    const Samples samples{random_matrix(300, 3, 1), random_matrix(300, 2, 2)};  // more than one block
    const MeanSquare loss(samples.targets);
    for (const auto activation : {Activation::tanh, Activation::relu})
        for (const auto& widths : shapes) {
            const auto network = network_of(widths, activation);
            Eigen::VectorXd gradient;
            const double value = network.loss(samples.inputs, loss, &gradient);
            const Matrix error = network.predict(samples.inputs) - samples.targets;
            CHECK(value == Approx(error.squaredNorm() / 600).epsilon(1e-13));
            const Eigen::VectorXd expected =
                jacobian_by_differences(network, samples.inputs).transpose() * error.reshaped() / 300;
            INFO("layers " << widths.size() - 1 << ", relu " << (activation == Activation::relu));
            CHECK((gradient - expected).cwiseAbs().maxCoeff() < 1e-8);
        }
}

TEST_CASE("the normal matrix agrees with differences", "[nn][perceptron]") {
    const Matrix inputs = random_matrix(40, 3, 3);
    for (const auto activation : {Activation::tanh, Activation::relu})
        for (const auto& widths : shapes) {
            const auto network = network_of(widths, activation);
            NormalMatrix sums(network);
            std::vector<Perceptron::Pass> passes(2);
            passes[0].values = {inputs.topRows(25)};
            passes[1].values = {inputs.bottomRows(15)};
            for (auto& pass : passes) network.forward(pass);
            sums.add(passes, 2);
            const Matrix jacobian = jacobian_by_differences(network, inputs);
            const Matrix expected = jacobian.transpose() * jacobian;
            INFO("layers " << widths.size() - 1 << ", relu " << (activation == Activation::relu));
            CHECK(largest_difference(sums.assembled(), expected) < 1e-7 * expected.maxCoeff());
        }
}

TEST_CASE("mean square's slope agrees with differences, rows in any order", "[nn][loss]") {
    const Matrix targets = random_matrix(5, 2, 1);
    const MeanSquare loss(targets);
    const std::vector<int> rows{4, 0, 2};
    Matrix predicted = random_matrix(3, 2, 2), slope;
    const double value = loss(predicted, rows, &slope);
    CHECK(value == Approx((predicted - targets(rows, Eigen::all)).squaredNorm() / 6));
    for (Eigen::Index i = 0; i < predicted.size(); ++i) {
        Matrix moved = predicted;
        moved.data()[i] += 1e-6;
        const double up = loss(moved, rows, nullptr);
        moved.data()[i] -= 2e-6;
        CHECK(slope.data()[i] == Approx((up - loss(moved, rows, nullptr)) / 2e-6).margin(1e-8));
    }
}
