#include "tfqkd/nn/rbfnn.hpp"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nn/greedy_centres.hpp"
#include "nn/json_matrix.hpp"
#include "nn/radial_basis.hpp"
#include "nn/random.hpp"
#include "nn/samples.hpp"
#include "tfqkd/nn/loss.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index block_rows = 256;
constexpr int block_centres = 25;             // how often a greedy fit is held against check
constexpr int most_samples_of_exact = 12000;  // 1.2 GB of kernel, half a minute a spread

Matrix with_ones(const Matrix& activation) {
    Matrix design(activation.rows(), activation.cols() + 1);  // samples x (1 + centres)
    design << Matrix::Ones(activation.rows(), 1), activation;
    return design;
}

// |design w - targets|^2 + ridge samples |w|^2, the bias, first in w, left free; by Householder's QR.
Matrix least_squares(const Matrix& activation, const Matrix& targets, double ridge) {
    const auto samples = activation.rows(), centres = activation.cols();
    Matrix design = Matrix::Zero(samples + centres, centres + 1);
    design.topRows(samples) = with_ones(activation);
    design.bottomRightCorner(centres, centres)
        .diagonal()
        .setConstant(std::sqrt(ridge * static_cast<double>(samples)));
    Matrix wanted = Matrix::Zero(samples + centres, targets.cols());
    wanted.topRows(samples) = targets;
    const Eigen::HouseholderQR<Eigen::Ref<Matrix>> factor(design);
    return factor.solve(wanted);
}

// One spread's greedy choice and what it came to.
struct GreedyRun {
    std::vector<int> chosen;
    TrainingRecord record;
};

GreedyRun run_greedy(const Samples& train, const Samples& check, const Matrix& candidates, double spread,
                     const RbfnnOptions& options) {
    GreedyCentres greedy(train, candidates, spread, options.max_centres);
    GreedyRun best;
    auto& record = best.record;
    Matrix check_design = Matrix::Ones(check.inputs.rows(), options.max_centres + 1);
    const auto hold_against_check = [&](Eigen::Index count) {
        record.train_loss.push_back(greedy.mean_square());
        record.check_loss.push_back(
            mean_square(check_design.leftCols(count + 1) * greedy.weights(), check.targets));
        if (record.check_loss.size() > 1 && !(record.check_loss.back() < record.best_check_loss)) return;
        record.best_check_loss = record.check_loss.back();
        record.best_epoch = static_cast<int>(record.check_loss.size()) - 1;
        best.chosen = greedy.chosen();
    };
    int count = 0;
    while (count < options.max_centres && greedy.mean_square() > options.goal && greedy.add()) {
        check_design.col(++count) = activations(check.inputs, candidates.row(greedy.chosen().back()), spread);
        if (count % block_centres == 0) hold_against_check(count);
    }
    if (count == 0 || count % block_centres != 0) hold_against_check(count);
    if (best.chosen.empty()) best.chosen = {0};
    return best;
}

}  // namespace

void RbfnnOptions::validate() const {
    require(max_centres >= 1 && max_centres <= 20000, "max_centres", "be from 1 to 20000");
    require(candidates >= 1 && candidates <= 20000, "candidates", "be from 1 to 20000");
    require(goal >= 0 && std::isfinite(goal), "goal", "be 0 or more and finite");
    require(ridge > 0 && std::isfinite(ridge), "ridge", "be above 0 and finite");
    require(!spreads.empty(), "spreads", "not be empty");
    for (const double spread : spreads)
        require(spread > 0 && std::isfinite(spread), "spreads", "be above 0 and finite");
}

Rbfnn::Rbfnn(RbfnnOptions options) : options_(std::move(options)) { options_.validate(); }

TrainingRecord Rbfnn::fit(const Samples& train, const Samples& check, std::uint64_t seed) {
    const Samples& decisive = checked(train, check);
    return options_.centres == Centres::greedy ? fit_greedy(train, decisive, seed)
                                               : fit_every_sample(train, decisive);
}

TrainingRecord Rbfnn::fit_greedy(const Samples& train, const Samples& check, std::uint64_t seed) {
    const auto rows = drawn_rows(static_cast<int>(train.inputs.rows()), options_.candidates, seed);
    const Matrix candidates = train.inputs(rows, Eigen::all);
    RbfnnOptions options = options_;
    options.max_centres = std::min(options.max_centres, static_cast<int>(rows.size()));
    GreedyRun best;
    for (const double spread : options_.spreads) {
        auto run = run_greedy(train, check, candidates, spread, options);
        if (!best.chosen.empty() && !(run.record.best_check_loss < best.record.best_check_loss)) continue;
        best = std::move(run);
        spread_ = spread;
    }
    centres_ = candidates(best.chosen, Eigen::all);
    const Matrix solved =
        least_squares(activations(train.inputs, centres_, spread_), train.targets, options_.ridge);
    bias_ = solved.row(0);
    weights_ = solved.bottomRows(centres_.rows());
    return best.record;
}

// The bias is the targets' mean; the kernel with a ridge does the rest.
TrainingRecord Rbfnn::fit_every_sample(const Samples& train, const Samples& check) {
    require(train.inputs.rows() <= most_samples_of_exact, "centres", "be greedy for more than 12000 samples");
    TrainingRecord best;
    Rbfnn trial = *this;
    trial.centres_ = train.inputs;
    trial.bias_ = train.targets.colwise().mean();
    for (const double spread : options_.spreads) {
        Matrix kernel = activations(train.inputs, train.inputs, spread);
        kernel.diagonal().array() += options_.ridge;
        const Eigen::LLT<Eigen::Ref<Matrix>> factor(kernel);
        trial.spread_ = spread;
        trial.weights_ = factor.solve(train.targets.rowwise() - trial.bias_);
        const double loss = mean_square(trial.predict(check.inputs), check.targets);
        if (!std::isfinite(loss) || factor.info() != Eigen::Success) continue;
        if (!best.check_loss.empty() && !(loss < best.best_check_loss)) continue;
        best = {{mean_square(trial.predict(train.inputs), train.targets)}, {loss}, 0, loss};
        *this = trial;
    }
    require(!best.check_loss.empty(), "ridge", "be larger: the kernel is singular at every spread");
    return best;
}

Matrix Rbfnn::predict(const Matrix& inputs) const {
    assert(inputs.cols() == centres_.cols());
    Matrix result(inputs.rows(), outputs());
    for (Eigen::Index start = 0; start < inputs.rows(); start += block_rows) {
        const auto rows = std::min(block_rows, inputs.rows() - start);
        const Matrix activation = activations(inputs.middleRows(start, rows), centres_, spread_);
        result.middleRows(start, rows).noalias() = activation * weights_;
    }
    result.rowwise() += bias_;
    return result;
}

// One sample: the roles of samples and centres exchanged, so that the loops run over the centres.
void Rbfnn::predict_one(std::span<const double> input, std::span<double> output) const {
    assert(static_cast<int>(input.size()) == inputs() && static_cast<int>(output.size()) == outputs());
    const Eigen::Map<const Eigen::RowVectorXd> one(input.data(), inputs());
    const Matrix activation = activations(centres_, one, spread_);  // centres x 1
    Eigen::Map<Eigen::RowVectorXd> result(output.data(), outputs());
    result = bias_;
    for (Eigen::Index k = 0; k < weights_.cols(); ++k) result[k] += weights_.col(k).dot(activation.col(0));
}

Matrix Rbfnn::features(const Matrix& inputs) const {
    return with_ones(activations(inputs, centres_, spread_));
}

Matrix Rbfnn::output_layer() const {
    Matrix weights(weights_.rows() + 1, weights_.cols());
    weights << bias_, weights_;
    return weights;
}

void Rbfnn::set_output_layer(const Matrix& weights) {
    bias_ = weights.row(0);
    weights_ = weights.bottomRows(weights.rows() - 1);
}

nlohmann::json Rbfnn::save() const {
    if (!std::isfinite(spread_)) throw Error(ErrorKind::data, "rbfnn spread: not finite, so it is not saved");
    return {{"kind", kind()},
            {"spread", spread_},
            {"centres", matrix_to_json(centres_, "rbfnn centres")},
            {"weights", matrix_to_json(weights_, "rbfnn weights")},
            {"bias", matrix_to_json(bias_, "rbfnn bias")}};
}

Rbfnn Rbfnn::load(const nlohmann::json& saved) {
    Rbfnn result;
    result.spread_ = number_member(saved, "spread", 1e-100, 1e100);
    result.centres_ = matrix_member(saved, "centres");
    result.weights_ = matrix_member(saved, "weights", result.centres_.rows());
    result.bias_ = matrix_member(saved, "bias", 1, result.weights_.cols());
    return result;
}

}  // namespace tfqkd
