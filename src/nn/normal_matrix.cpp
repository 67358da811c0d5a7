#include "nn/normal_matrix.hpp"

#include <algorithm>

#include "tfqkd/math/parallel.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index piece_rows = 128, piece_columns = 256;  // of a block's sums; they stay in the cache

}  // namespace

std::vector<NormalMatrix::Pair> NormalMatrix::pairs(int first, int second, bool alike) {
    std::vector<Pair> result;
    for (int i = 0; i < first; ++i)
        for (int j = alike ? i : 0; j < second; ++j) result.push_back({i, j});
    return result;
}

NormalMatrix::NormalMatrix(const Perceptron& network) : network_(network) {
    const auto& widths = network.widths();
    const int last = network.layers() - 1;
    for (int l = 0; l <= last; ++l)
        for (int m = l; m <= last; ++m) {
            Block block{l, m, {{0, 0}}, pairs(widths[l] + 1, widths[m] + 1, l == m), {}};
            if (l != last) block.deltas = pairs(widths[l + 1], widths[m + 1], l == m);
            const auto rows = static_cast<Eigen::Index>(block.deltas.size());
            block.sums = Matrix::Zero(rows, static_cast<Eigen::Index>(block.inputs.size()));
            for (Eigen::Index first = 0; first < rows; first += piece_rows)
                pieces_.push_back({blocks_.size(), first, std::min(piece_rows, rows - first)});
            blocks_.push_back(std::move(block));
        }
}

void NormalMatrix::add(std::span<const Perceptron::Pass> passes, int threads) {
    std::vector<Deltas> deltas(passes.size());
    parallel_for(passes.size(), threads, [&](std::size_t k) { deltas[k] = deltas_of(passes[k]); });
    parallel_for(pieces_.size(), threads, [&](std::size_t k) { add(pieces_[k], passes, deltas); });
}

void NormalMatrix::add(const Piece& piece, std::span<const Perceptron::Pass> passes,
                       const std::vector<Deltas>& deltas) {
    Block& block = blocks_[piece.block];
    const auto delta_pairs =
        std::span<const Pair>(block.deltas)
            .subspan(static_cast<std::size_t>(piece.first), static_cast<std::size_t>(piece.count));
    Matrix of_deltas, of_inputs;  // samples x pairs
    for (std::size_t k = 0; k < passes.size(); ++k) {
        if (block.layer == network_.layers() - 1)
            of_deltas.setOnes(passes[k].values.front().rows(), 1);
        else
            multiply_deltas(block, delta_pairs, deltas[k], of_deltas);
        for (Eigen::Index first = 0; first < block.sums.cols(); first += piece_columns) {
            const auto count = std::min(piece_columns, block.sums.cols() - first);
            multiply_inputs(block,
                            std::span<const Pair>(block.inputs)
                                .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count)),
                            passes[k], of_inputs);
            block.sums.block(piece.first, first, piece.count, count).noalias() +=
                of_deltas.transpose() * of_inputs;
        }
    }
}

NormalMatrix::Deltas NormalMatrix::deltas_of(const Perceptron::Pass& pass) const {
    const auto& widths = network_.widths();
    const auto samples = pass.values.front().rows();
    const int outputs = widths.back();
    Deltas deltas(static_cast<std::size_t>(network_.layers() - 1));
    for (int l = network_.layers() - 2; l >= 0; --l) {
        const auto above = network_.layer(l + 1).leftCols(widths[l + 1]);
        deltas[l].resize(samples * outputs, widths[l + 1]);
        if (l + 1 < network_.layers() - 1) deltas[l].noalias() = deltas[l + 1] * above;
        for (int k = 0; k < outputs; ++k) {
            auto of_output = deltas[l].middleRows(k * samples, samples);
            if (l + 1 == network_.layers() - 1) of_output = above.row(k).replicate(samples, 1);
            network_.through_activation(pass.values[l + 1], of_output);
        }
    }
    return deltas;
}

void NormalMatrix::multiply_deltas(const Block& block, std::span<const Pair> pairs, const Deltas& deltas,
                                   Matrix& products) const {
    const int last = network_.layers() - 1, outputs = network_.widths().back();
    const Matrix& left = deltas[block.layer];
    const auto samples = left.rows() / outputs;
    products.resize(samples, static_cast<Eigen::Index>(pairs.size()));
    for (std::size_t p = 0; p < pairs.size(); ++p) {
        const auto [i, j] = pairs[p];
        auto sum = products.col(static_cast<Eigen::Index>(p));
        if (block.other == last) {
            sum = left.col(i).segment(j * samples, samples);
            continue;
        }
        const Matrix& right = deltas[block.other];
        sum.setZero();
        for (int k = 0; k < outputs; ++k)
            sum += left.col(i)
                       .segment(k * samples, samples)
                       .cwiseProduct(right.col(j).segment(k * samples, samples));
    }
}

void NormalMatrix::multiply_inputs(const Block& block, std::span<const Pair> pairs,
                                   const Perceptron::Pass& pass, Matrix& products) {
    const Matrix &left = pass.values[block.layer], &right = pass.values[block.other];
    products.resize(left.rows(), static_cast<Eigen::Index>(pairs.size()));
    for (std::size_t p = 0; p < pairs.size(); ++p) {
        const auto [a, b] = pairs[p];
        auto product = products.col(static_cast<Eigen::Index>(p));
        if (b == right.cols())  // the bias
            product.setOnes();
        else
            product = right.col(b);
        if (a < left.cols()) product.array() *= left.col(a).array();
    }
}

Matrix NormalMatrix::assembled() const {
    const auto& widths = network_.widths();
    const auto count = network_.weights().size();
    Matrix result = Matrix::Zero(count, count);
    for (const auto& block : blocks_) {
        const int l = block.layer, m = block.other;
        const bool alike = l == m;
        const auto set = [&](int i, int a, int j, int b, double value) {
            const auto row = network_.offset(l) + Eigen::Index{a} * widths[l + 1] + i;
            const auto col = network_.offset(m) + Eigen::Index{b} * widths[m + 1] + j;
            result(row, col) = result(col, row) = value;
        };
        const auto set_pair = [&](Eigen::Index row, int i, int j) {
            for (std::size_t col = 0; col < block.inputs.size(); ++col) {
                const auto [a, b] = block.inputs[col];
                const double value = block.sums(row, static_cast<Eigen::Index>(col));
                set(i, a, j, b, value);
                if (alike) set(i, b, j, a, value);
            }
        };
        if (l == network_.layers() - 1)
            for (int i = 0; i < widths.back(); ++i) set_pair(0, i, i);
        else
            for (std::size_t row = 0; row < block.deltas.size(); ++row)
                set_pair(static_cast<Eigen::Index>(row), block.deltas[row].first, block.deltas[row].second);
    }
    return result;
}

}  // namespace tfqkd
