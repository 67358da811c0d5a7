#include "tfqkd/nn/output_layer.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "nn/lbfgs.hpp"
#include "nn/part_sums.hpp"
#include "nn/random.hpp"
#include "nn/require.hpp"
#include "nn/training.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index block_rows = 512;
constexpr Eigen::Index most_numbers = 20'000'000;  // of features held at once

// The triangle R of features = Q R, with the ridge as further rows; Q's columns are independent combinations.
Matrix triangle_of(const Matrix& features, double ridge) {
    const auto samples = features.rows(), count = features.cols();
    Matrix tall = Matrix::Zero(samples + count, count);
    tall.topRows(samples) = features;
    tall.bottomRows(count).diagonal().setConstant(std::sqrt(ridge * static_cast<double>(samples)));
    const Eigen::HouseholderQR<Eigen::Ref<Matrix>> factor(tall);
    const Matrix triangle = factor.matrixQR().topRows(count).triangularView<Eigen::Upper>();
    return triangle / std::sqrt(static_cast<double>(samples));
}

// The mean loss of a linear layer over samples, and its slope by the layer's weights when asked for.
double layer_loss(const Matrix& features, const Matrix& weights, const Loss& loss_of,
                  const std::vector<int>& rows, int threads, Eigen::VectorXd* gradient) {
    const auto add = [&](Eigen::Index first, Eigen::Index all, SumAndSlope& part) {
        Matrix slope;
        Eigen::Map<Matrix> by_weights(part.slope.data(), weights.rows(), gradient ? weights.cols() : 0);
        for (Eigen::Index start = first; start < first + all; start += block_rows) {
            const auto count = std::min(block_rows, first + all - start);
            const double share = static_cast<double>(count) / static_cast<double>(features.rows());
            const auto block = features.middleRows(start, count);
            const std::span<const int> block_of_rows(rows.data() + start, static_cast<std::size_t>(count));
            part.sum += share * loss_of(block * weights, block_of_rows, gradient ? &slope : nullptr);
            if (gradient) by_weights.noalias() += share * (block.transpose() * slope);
        }
    };
    auto total = sum_over_parts(features.rows(), block_rows, gradient ? weights.size() : 0, threads, add);
    if (gradient) *gradient = std::move(total.slope);
    return total.sum;
}

std::vector<int> first_rows(Eigen::Index count) {
    std::vector<int> rows(static_cast<std::size_t>(count));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
}

}  // namespace

void OutputLayerOptions::validate() const {
    require(iterations >= 1, "iterations", "be 1 or more");
    require(memory >= 1, "memory", "be 1 or more");
    require(patience >= 1, "patience", "be 1 or more");
    require(ridge > 0 && std::isfinite(ridge), "ridge", "be above 0 and finite");
}

TrainingRecord train_output_layer(LinearOutput& network, const Matrix& train_inputs, const Loss& train_loss,
                                  const Matrix& check_inputs, const Loss& check_loss,
                                  const OutputLayerOptions& options, std::uint64_t seed, int threads) {
    options.validate();
    const Matrix first = network.output_layer();
    const auto most = static_cast<int>(std::max(most_numbers / first.rows(), 2 * first.rows()));
    const auto rows = train_inputs.rows() <= most
                          ? first_rows(train_inputs.rows())
                          : drawn_rows(static_cast<int>(train_inputs.rows()), most, seed);
    const auto check_rows = first_rows(check_inputs.rows());
    Matrix features = network.features(train_inputs(rows, Eigen::all));
    const Matrix triangle = triangle_of(features, options.ridge);
    const auto solve = triangle.triangularView<Eigen::Upper>();
    solve.solveInPlace<Eigen::OnTheRight>(features);  // features * triangle^-1
    Matrix check_features = network.features(check_inputs);
    solve.solveInPlace<Eigen::OnTheRight>(check_features);

    Progress progress;
    progress.start_stage(options.patience);
    const auto as_layer = [&](const Eigen::VectorXd& flat) {
        return Eigen::Map<const Matrix>(flat.data(), first.rows(), first.cols());
    };
    const auto add = [&](const Eigen::VectorXd& flat, double value) {
        return progress.add(
            value, layer_loss(check_features, as_layer(flat), check_loss, check_rows, threads, nullptr),
            flat);
    };
    const auto function = [&](const Eigen::VectorXd& flat, Eigen::VectorXd& gradient) {
        return layer_loss(features, as_layer(flat), train_loss, rows, threads, &gradient);
    };
    Eigen::VectorXd flat = (triangle * first).reshaped(), gradient;
    add(flat, function(flat, gradient));
    minimize_lbfgs(function, flat, options.iterations, options.memory, add);
    if (progress.record().best_epoch > 0)
        network.set_output_layer(solve.solve(as_layer(progress.best_weights())));
    return progress.record();
}

}  // namespace tfqkd
