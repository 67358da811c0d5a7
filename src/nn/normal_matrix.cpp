#include "nn/normal_matrix.hpp"

namespace tfqkd {

namespace {

// Calls function(column, i, j) for each pair; of two like indices only i <= j.
template <class Function>
void for_each_pair(int first, int second, bool alike, Function function) {
    Eigen::Index column = 0;
    for (int i = 0; i < first; ++i)
        for (int j = alike ? i : 0; j < second; ++j) function(column++, i, j);
}

Eigen::Index pair_count(Eigen::Index first, Eigen::Index second, bool alike) {
    return alike ? first * (first + 1) / 2 : first * second;
}

}  // namespace

NormalMatrix::NormalMatrix(const Perceptron& network) : network_(network), deltas_(network.layers() - 1) {
    const auto& widths = network.widths();
    const int last = network.layers() - 1;
    for (int l = 0; l <= last; ++l)
        for (int m = l; m <= last; ++m) {
            const auto delta_pairs = l == last ? 1 : pair_count(widths[l + 1], widths[m + 1], l == m);
            blocks_.push_back(
                {l, m, Matrix::Zero(delta_pairs, pair_count(widths[l] + 1, widths[m] + 1, l == m))});
        }
}

void NormalMatrix::set_zero() {
    for (auto& block : blocks_) block.sums.setZero();
}

void NormalMatrix::add(const Perceptron::Pass& pass) {
    find_deltas(pass);
    for (auto& block : blocks_) {
        multiply_deltas(block, pass.values.front().rows());
        multiply_inputs(block, pass);
        block.sums.noalias() += delta_pairs_.transpose() * input_pairs_;
    }
}

void NormalMatrix::find_deltas(const Perceptron::Pass& pass) {
    const auto& widths = network_.widths();
    const auto samples = pass.values.front().rows();
    const int outputs = widths.back();
    for (int l = network_.layers() - 2; l >= 0; --l) {
        const auto above = network_.layer(l + 1).leftCols(widths[l + 1]);
        deltas_[l].resize(samples * outputs, widths[l + 1]);
        if (l + 1 < network_.layers() - 1) deltas_[l].noalias() = deltas_[l + 1] * above;
        for (int k = 0; k < outputs; ++k) {
            auto of_output = deltas_[l].middleRows(k * samples, samples);
            if (l + 1 == network_.layers() - 1) of_output = above.row(k).replicate(samples, 1);
            network_.through_activation(pass.values[l + 1], of_output);
        }
    }
}

void NormalMatrix::multiply_deltas(const Block& block, Eigen::Index samples) {
    const auto& widths = network_.widths();
    const int last = network_.layers() - 1, outputs = widths.back();
    delta_pairs_.resize(samples, block.sums.rows());
    if (block.layer == last) {
        delta_pairs_.setOnes();
        return;
    }
    const auto& left = deltas_[block.layer];
    for_each_pair(widths[block.layer + 1], widths[block.other + 1], block.layer == block.other,
                  [&](Eigen::Index column, int i, int j) {
                      auto sum = delta_pairs_.col(column);
                      if (block.other == last) {
                          sum = left.col(i).segment(j * samples, samples);
                          return;
                      }
                      const auto& right = deltas_[block.other];
                      sum.setZero();
                      for (int k = 0; k < outputs; ++k)
                          sum += left.col(i)
                                     .segment(k * samples, samples)
                                     .cwiseProduct(right.col(j).segment(k * samples, samples));
                  });
}

void NormalMatrix::multiply_inputs(const Block& block, const Perceptron::Pass& pass) {
    const Matrix &left = pass.values[block.layer], &right = pass.values[block.other];
    input_pairs_.resize(left.rows(), block.sums.cols());
    for_each_pair(static_cast<int>(left.cols()) + 1, static_cast<int>(right.cols()) + 1,
                  block.layer == block.other, [&](Eigen::Index column, int a, int b) {
                      auto product = input_pairs_.col(column);
                      if (b == right.cols())
                          product.setOnes();
                      else
                          product = right.col(b);
                      if (a < left.cols()) product.array() *= left.col(a).array();
                  });
}

Matrix NormalMatrix::assembled() const {
    const auto& widths = network_.widths();
    const auto count = network_.weights().size();
    Matrix result = Matrix::Zero(count, count);
    for (const auto& block : blocks_) {
        const int l = block.layer, m = block.other;
        const bool alike = l == m, of_last = l == network_.layers() - 1;
        const auto set = [&](int i, int a, int j, int b, double value) {
            const auto row = network_.offset(l) + Eigen::Index{a} * widths[l + 1] + i;
            const auto col = network_.offset(m) + Eigen::Index{b} * widths[m + 1] + j;
            result(row, col) = result(col, row) = value;
        };
        const auto set_pair = [&](Eigen::Index row, int i, int j) {
            for_each_pair(widths[l] + 1, widths[m] + 1, alike, [&](Eigen::Index col, int a, int b) {
                set(i, a, j, b, block.sums(row, col));
                if (alike) set(i, b, j, a, block.sums(row, col));
            });
        };
        if (of_last)
            for (int i = 0; i < widths.back(); ++i) set_pair(0, i, i);
        else
            for_each_pair(widths[l + 1], widths[m + 1], alike, set_pair);
    }
    return result;
}

}  // namespace tfqkd
