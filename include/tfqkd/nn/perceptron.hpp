#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

enum class Activation { tanh, relu };

// A multilayer perceptron: hidden layers of tanh or ReLU, linear output.
// All weights lie in one vector; layer after layer, outputs x (inputs + 1) by columns, the last column the
// bias.
class Perceptron {
  public:
    // The values of one block of samples; kept between calls so that nothing is allocated anew.
    struct Pass {
        std::vector<Matrix>
            values;  // [layer]: samples x widths[layer]; the first are the inputs, the last the outputs
        Matrix delta, next_delta;  // samples x widths[layer]
    };
    using Layer = Eigen::Map<const Matrix>;  // outputs x (inputs + 1)

    Perceptron() = default;
    Perceptron(std::vector<int> widths,
               Activation activation);  // inputs, hidden layers, outputs; all weights 0
    void randomise(std::uint64_t seed);

    const std::vector<int>& widths() const { return widths_; }
    int layers() const { return static_cast<int>(offsets_.size()); }
    Activation activation() const { return activation_; }
    Layer layer(int index) const;
    Eigen::Index offset(int index) const { return offsets_[index]; }  // of a layer's weights
    const Eigen::VectorXd& weights() const { return weights_; }
    void set_weights(const Eigen::VectorXd& weights);

    // From pass.values.front() to pass.values.back().
    void forward(Pass& pass) const;
    // After forward(): adds to `gradient` what `slope`, the loss's derivative by the outputs, makes of the
    // weights.
    void backward(Pass& pass, const Matrix& slope, Eigen::VectorXd& gradient) const;
    // values: samples x width. Multiplies `delta` by the activation's derivative, known from its value.
    void through_activation(const Matrix& values, Eigen::Ref<Matrix> delta) const;

    Matrix predict(const Matrix& inputs) const;
    Matrix predict_in_single(const Matrix& inputs) const;
    void predict_one(std::span<const double> input, std::span<double> output) const;

    // The mean loss over all samples, and its derivative by all weights when asked for. The same bits with
    // any number of threads.
    double loss(const Matrix& inputs, const Loss& loss, Eigen::VectorXd* gradient = nullptr,
                int threads = 1) const;
    // The same over some samples only.
    double loss(const Matrix& inputs, std::span<const int> rows, const Loss& loss, Eigen::VectorXd* gradient,
                Pass& pass) const;

  private:
    void activate(double* values, Eigen::Index count) const;
    void predict_one(std::span<const double> input, std::span<double> output, double* here,
                     double* next) const;

    std::vector<int> widths_;
    std::vector<Eigen::Index> offsets_;
    Activation activation_ = Activation::tanh;
    Eigen::VectorXd weights_;
};

}  // namespace tfqkd
