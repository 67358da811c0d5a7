#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "nn_data.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/nn/rbfnn.hpp"

// The expected numbers are those that golden/nn_reference.py prints.

using namespace tfqkd;

namespace {

const Matrix point{{0.3, -0.8, 0.5}};

double wave(int i, int k) { return std::sin(1.7 * i + 0.9 * k + 0.3); }

Bpnn wavy_network(Activation activation) {
    const std::vector<int> widths{3, 4, 3, 2};
    Perceptron network(widths, activation);
    Eigen::VectorXd weights(network.weights().size());
    for (int l = 0; l < network.layers(); ++l) {
        Eigen::Map<Matrix> layer(weights.data() + network.offset(l), widths[l + 1], widths[l] + 1);
        for (int o = 0; o < widths[l + 1]; ++o) {
            for (int i = 0; i < widths[l]; ++i) layer(o, i) = wave(o + 3 * i, l);
            layer(o, widths[l]) = 0.2 * wave(o, l + 5);
        }
    }
    network.set_weights(weights);
    return Bpnn(network);
}

nlohmann::json matrix(int rows, int cols, double (*value)(int, int)) {
    std::vector<double> data;
    for (int row = 0; row < rows; ++row)
        for (int col = 0; col < cols; ++col) data.push_back(value(row, col));
    return {{"rows", rows}, {"cols", cols}, {"data", data}};
}

Samples wavy_patterns() {
    Samples patterns{Matrix(12, 3), Matrix(12, 2)};
    for (int p = 0; p < 12; ++p) {
        for (int d = 0; d < 3; ++d) patterns.inputs(p, d) = wave(p, d);
        for (int k = 0; k < 2; ++k) patterns.targets(p, k) = wave(p, 11 + k);
    }
    return patterns;
}

void check_prediction(const Regressor& network, double first, double second) {
    const Matrix expected{{first, second}};
    CHECK(largest_difference(network.predict(point), expected) < 1e-12);
    CHECK(largest_difference(predict_each(network, point), expected) < 1e-12);
}

}  // namespace

TEST_CASE("the perceptron agrees with plain Python", "[nn][reference]") {
    check_prediction(wavy_network(Activation::tanh), -0.708885222492409, 0.6585465058323449);
    check_prediction(wavy_network(Activation::relu), -0.04575695466287965, 0.5871109637068102);
}

TEST_CASE("the radial basis network agrees with plain Python", "[nn][reference]") {
    const nlohmann::json straight{
        {"metric", {{"rows", 3}, {"cols", 3}, {"data", {1.25, 0, 0, 0, 1.1, 0, 0, 0, 0.8}}}},
        {"centres", matrix(6, 3, wave)}};
    const nlohmann::json oblique{{"metric", matrix(3, 3, [](int d, int i) { return wave(d + 2 * i, 3); })},
                                 {"centres", matrix(4, 3, [](int c, int d) { return wave(c + 6, d); })}};
    const nlohmann::json saved{{"kind", "rbfnn"},
                               {"fields", {straight, oblique}},
                               {"weights", matrix(10, 2, [](int c, int k) { return wave(c + k, 7); })},
                               {"bias", matrix(1, 2, [](int, int k) { return 0.1 * (k + 1); })}};
    check_prediction(*load_regressor(saved), -0.12473897774667339, -0.15570850730757063);
}

TEST_CASE("the general regression network agrees with plain Python", "[nn][reference]") {
    const Eigen::VectorXd spreads{{0.5, 0.7, 0.9}};
    check_prediction(Grnn(wavy_patterns(), spreads, {.order = 0}), 0.07341663731664952, 0.3128229889757746);
    check_prediction(Grnn(wavy_patterns(), spreads, {.order = 1, .ridge = 1e-3}), 0.08795338738104617,
                     0.2795788469874389);
    check_prediction(Grnn(wavy_patterns(), spreads, {.order = 2, .ridge = 1e-3}), 0.14795378084153982,
                     0.44430535236781543);
}
