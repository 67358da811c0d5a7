#include "tfqkd/nn/perceptron.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "nn/part_sums.hpp"
#include "nn/random.hpp"
#include "nn/vector_math.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index block_rows = 256;  // values of one block stay in the cache
constexpr int stack_width = 512;          // widest layer whose values lie on the stack

}  // namespace

Perceptron::Perceptron(std::vector<int> widths, Activation activation)
    : widths_(std::move(widths)), activation_(activation) {
    assert(widths_.size() >= 2);
    Eigen::Index count = 0;
    for (std::size_t l = 0; l + 1 < widths_.size(); ++l) {
        offsets_.push_back(count);
        count += Eigen::Index{widths_[l + 1]} * (widths_[l] + 1);
    }
    weights_ = Eigen::VectorXd::Zero(count);
}

// Glorot's (tanh) and He's (ReLU) uniform weights; biases spread the bends over the data.
void Perceptron::randomise(std::uint64_t seed) {
    Random random(seed);
    for (int l = 0; l < layers(); ++l) {
        const int in = widths_[l], out = widths_[l + 1];
        const double reach =
            activation_ == Activation::tanh ? std::sqrt(6.0 / (in + out)) : std::sqrt(6.0 / in);
        double* weight = weights_.data() + offsets_[l];
        for (int i = 0; i < in * out; ++i) *weight++ = uniform(random, -reach, reach);
        const double bias_reach = l + 1 < layers() ? 0.5 : 0;
        for (int i = 0; i < out; ++i) *weight++ = uniform(random, -bias_reach, bias_reach + 1e-300);
    }
}

Perceptron::Layer Perceptron::layer(int index) const {
    return Layer(weights_.data() + offsets_[index], widths_[index + 1], widths_[index] + 1);
}

void Perceptron::set_weights(const Eigen::VectorXd& weights) {
    assert(weights.size() == weights_.size());
    weights_ = weights;
}

void Perceptron::activate(double* values, Eigen::Index count) const {
    if (activation_ == Activation::tanh)
        tanh_in_place(values, count);
    else
        Eigen::Map<Eigen::ArrayXd>(values, count) = Eigen::Map<Eigen::ArrayXd>(values, count).cwiseMax(0.0);
}

void Perceptron::forward(Pass& pass) const {
    pass.values.resize(widths_.size());
    for (int l = 0; l < layers(); ++l) {
        const auto weights = layer(l);
        const int in = widths_[l];
        Matrix& out = pass.values[l + 1];
        out.noalias() = pass.values[l] * weights.leftCols(in).transpose();
        out.rowwise() += weights.col(in).transpose();
        if (l + 1 < layers()) activate(out.data(), out.size());
    }
}

void Perceptron::backward(Pass& pass, const Matrix& slope, Eigen::VectorXd& gradient) const {
    pass.delta = slope;
    for (int l = layers() - 1; l >= 0; --l) {
        const int in = widths_[l];
        Eigen::Map<Matrix> by_weights(gradient.data() + offsets_[l], widths_[l + 1], in + 1);
        by_weights.leftCols(in).noalias() += pass.delta.transpose() * pass.values[l];
        by_weights.col(in) += pass.delta.colwise().sum().transpose();
        if (l == 0) break;
        pass.next_delta.noalias() = pass.delta * layer(l).leftCols(in);
        through_activation(pass.values[l], pass.next_delta);
        pass.delta.swap(pass.next_delta);
    }
}

void Perceptron::through_activation(const Matrix& values, Eigen::Ref<Matrix> delta) const {
    if (activation_ == Activation::tanh)
        delta.array() *= 1.0 - values.array().square();
    else
        delta.array() *= values.array().sign();  // the values are 0 or positive
}

Matrix Perceptron::predict(const Matrix& inputs) const {
    assert(inputs.cols() == widths_.front());
    Matrix result(inputs.rows(), widths_.back());
    Pass pass;
    pass.values.resize(widths_.size());
    for (Eigen::Index start = 0; start < inputs.rows(); start += block_rows) {
        const auto count = std::min(block_rows, inputs.rows() - start);
        pass.values.front() = inputs.middleRows(start, count);
        forward(pass);
        result.middleRows(start, count) = pass.values.back();
    }
    return result;
}

// Samples lie along a register of twice as many lanes, and tanh is a quotient of polynomials.
Matrix Perceptron::predict_in_single(const Matrix& inputs) const {
    assert(inputs.cols() == widths_.front());
    const Eigen::VectorXf weights = weights_.cast<float>();
    Matrix result(inputs.rows(), widths_.back());
    Eigen::MatrixXf values, next;
    for (Eigen::Index start = 0; start < inputs.rows(); start += block_rows) {
        const auto count = std::min(block_rows, inputs.rows() - start);
        values = inputs.middleRows(start, count).cast<float>();
        for (int l = 0; l < layers(); ++l) {
            const int in = widths_[l];
            const Eigen::Map<const Eigen::MatrixXf> layer(weights.data() + offsets_[l], widths_[l + 1],
                                                          in + 1);
            next.noalias() = values * layer.leftCols(in).transpose();
            next.rowwise() += layer.col(in).transpose();
            if (l + 1 < layers()) {
                if (activation_ == Activation::tanh)
                    next = next.array().tanh();
                else
                    next = next.cwiseMax(0.0F);
            }
            values.swap(next);
        }
        result.middleRows(start, count) = values.cast<double>();
    }
    return result;
}

void Perceptron::predict_one(std::span<const double> input, std::span<double> output) const {
    assert(static_cast<int>(input.size()) == widths_.front());
    assert(static_cast<int>(output.size()) == widths_.back());
    const int widest = *std::max_element(widths_.begin(), widths_.end());
    if (widest <= stack_width) {
        alignas(64) double here[stack_width], next[stack_width];
        predict_one(input, output, here, next);
    } else {
        Eigen::VectorXd here(widest), next(widest);
        predict_one(input, output, here.data(), next.data());
    }
}

void Perceptron::predict_one(std::span<const double> input, std::span<double> output, double* here,
                             double* next) const {
    std::copy(input.begin(), input.end(), here);
    for (int l = 0; l < layers(); ++l) {
        const int in = widths_[l], out = widths_[l + 1];
        const double* weight = weights_.data() + offsets_[l];
        Eigen::Map<Eigen::VectorXd> sums(next, out);
        sums = Eigen::Map<const Eigen::VectorXd>(weight + Eigen::Index{in} * out, out);
        sums.noalias() +=
            Eigen::Map<const Matrix>(weight, out, in) * Eigen::Map<const Eigen::VectorXd>(here, in);
        if (l + 1 < layers()) activate(next, out);
        std::swap(here, next);
    }
    std::copy(here, here + output.size(), output.begin());
}

double Perceptron::loss(const Matrix& inputs, const Loss& loss_of, Eigen::VectorXd* gradient,
                        int threads) const {
    const auto add = [&](Eigen::Index first, Eigen::Index count, SumAndSlope& part) {
        std::vector<int> rows(static_cast<std::size_t>(count));
        std::iota(rows.begin(), rows.end(), static_cast<int>(first));
        const double share = static_cast<double>(count) / static_cast<double>(inputs.rows());
        Pass pass;
        part.sum = share * loss(inputs, rows, loss_of, gradient ? &part.slope : nullptr, pass);
        part.slope *= share;
    };
    auto total = sum_over_parts(inputs.rows(), 4 * block_rows, gradient ? weights_.size() : 0, threads, add);
    if (gradient) *gradient = std::move(total.slope);
    return total.sum;
}

double Perceptron::loss(const Matrix& inputs, std::span<const int> rows, const Loss& loss_of,
                        Eigen::VectorXd* gradient, Pass& pass) const {
    assert(!rows.empty() && inputs.cols() == widths_.front());
    if (gradient) gradient->setZero(weights_.size());
    pass.values.resize(widths_.size());
    Matrix slope;
    double sum = 0;
    for (std::size_t start = 0; start < rows.size(); start += block_rows) {
        const auto block = rows.subspan(start, std::min<std::size_t>(block_rows, rows.size() - start));
        const double share = static_cast<double>(block.size()) / static_cast<double>(rows.size());
        Matrix& in = pass.values.front();
        in.resize(static_cast<Eigen::Index>(block.size()), inputs.cols());
        for (Eigen::Index col = 0; col < in.cols(); ++col)
            for (Eigen::Index row = 0; row < in.rows(); ++row) in(row, col) = inputs(block[row], col);
        forward(pass);
        sum += share * loss_of(pass.values.back(), block, gradient ? &slope : nullptr);
        if (!gradient) continue;
        slope *= share;
        backward(pass, slope, *gradient);
    }
    return sum;
}

}  // namespace tfqkd
