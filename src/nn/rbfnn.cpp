#include "tfqkd/nn/rbfnn.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>

#include "nn/greedy_centres.hpp"
#include "nn/json_matrix.hpp"
#include "nn/k_means.hpp"
#include "nn/radial_basis.hpp"
#include "nn/radial_spreads.hpp"
#include "nn/random.hpp"
#include "nn/ridge.hpp"
#include "nn/samples.hpp"
#include "nn/vector_math.hpp"
#include "tfqkd/nn/loss.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index block_rows = 256;
constexpr Eigen::Index fitted_rows = 4096;    // folded into the least squares at a time
constexpr int most_samples_of_exact = 12000;  // 1.2 GB of kernel, half a minute
constexpr int lloyd_iterations = 30;
constexpr double tried_ridge = 1e-16;
constexpr double share_of_targets = 0.3;     // of a target's unit beside an input's spread
constexpr double least_exact_ridge = 1e-14;  // the kernel of every sample is else singular to rounding

// With more, weights would follow chance; a centre's own sample tells nothing about others.
int most_centres(const Samples& samples) { return std::max(1, static_cast<int>(samples.inputs.rows()) / 2); }

Samples drawn_samples(const Samples& samples, int count, std::uint64_t seed) {
    const auto rows = drawn_rows(static_cast<int>(samples.inputs.rows()), count, seed);
    return {samples.inputs(rows, Eigen::all), samples.targets(rows, Eigen::all)};
}

}  // namespace

void RbfnnOptions::validate() const {
    require(max_centres >= 1 && max_centres <= 20000, "max_centres", "be from 1 to 20000");
    require(candidates >= 1 && candidates <= 20000, "candidates", "be from 1 to 20000");
    require(choosing >= 1, "choosing", "be 1 or more");
    require(goal >= 0 && std::isfinite(goal), "goal", "be 0 or more and finite");
    require(ridge >= 0 && std::isfinite(ridge), "ridge", "be 0 or more and finite");
    for (const double spread : spreads)
        require(spread > 0 && std::isfinite(spread), "spreads", "be above 0 and finite");
}

Rbfnn::Rbfnn(RbfnnOptions options) : options_(std::move(options)) { options_.validate(); }

Eigen::VectorXd Rbfnn::chosen_spreads(const Samples& train, std::uint64_t seed) const {
    const auto& given = options_.spreads;
    const auto count = static_cast<Eigen::Index>(given.size());
    if (given.empty()) return find_radial_spreads(train, seed);
    if (given.size() == 1) return Eigen::VectorXd::Constant(train.inputs.cols(), given.front());
    require(count == train.inputs.cols(), "spreads", "be one number, or one for each input");
    return Eigen::Map<const Eigen::VectorXd>(given.data(), count);
}

TrainingRecord Rbfnn::fit(const Samples& train, const Samples& check, std::uint64_t seed) {
    const Samples& decisive = checked(train, check);
    require(options_.centres != Centres::every_sample || train.inputs.rows() <= most_samples_of_exact,
            "centres", "not be every sample for more than 12000 samples");
    spreads_ = chosen_spreads(train, derived_seed(seed, 1));
    if (options_.centres == Centres::every_sample) return fit_every_sample(train, decisive);
    return options_.centres == Centres::greedy ? fit_greedy(train, decisive, seed)
                                               : fit_k_means(train, decisive, seed);
}

TrainingRecord Rbfnn::fit_greedy(const Samples& train, const Samples& check, std::uint64_t seed) {
    const Samples some = drawn_samples(train, options_.choosing, derived_seed(seed, 2));
    const auto rows = drawn_rows(static_cast<int>(some.inputs.rows()), options_.candidates, seed);
    const Matrix candidates = some.inputs(rows, Eigen::all);
    const int most = std::min(options_.max_centres, most_centres(some));
    GreedyCentres greedy(some, candidates, spreads_, most);
    int count = 0;
    while (count < most && greedy.mean_square() > options_.goal && greedy.add()) ++count;
    centres_ = count > 0 ? Matrix(candidates(greedy.chosen(), Eigen::all)) : Matrix(candidates.topRows(1));
    return fit_weights(train, check, options_.ridge);
}

// Groups are of samples near each other in spreads and in targets too, so that there are more centres where
// the targets change quickly (Uykan et al. 2000). Many centres want narrower spreads than the few by which
// spreads were found, by how much is tried.
TrainingRecord Rbfnn::fit_k_means(const Samples& train, const Samples& check, std::uint64_t seed) {
    const Samples some = drawn_samples(train, options_.choosing, derived_seed(seed, 2));
    const auto inputs = train.inputs.cols();
    Matrix points(some.inputs.rows(), inputs + some.targets.cols());
    points << (some.inputs.array().rowwise() / spreads_.transpose().array()).matrix(),
        share_of_targets * some.targets;
    centres_ = k_means(points, std::min(options_.max_centres, most_centres(some)), lloyd_iterations, seed)
                   .leftCols(inputs)
                   .array()
                   .rowwise() *
               spreads_.transpose().array();
    if (options_.spreads.empty()) {
        const Eigen::VectorXd found = spreads_;
        double least = std::numeric_limits<double>::infinity(), best = 1;
        for (const double factor : {1.4, 1.0, 0.7, 0.5, 0.35}) {
            spreads_ = factor * found;
            const double loss = fit_weights(some, check, tried_ridge).best_check_loss;
            if (!(loss < least)) continue;
            least = loss;
            best = factor;
        }
        spreads_ = best * found;
    }
    return fit_weights(train, check, options_.ridge);
}

TrainingRecord Rbfnn::fit_weights(const Samples& train, const Samples& check, double ridge) {
    LeastSquares squares(centres_.rows() + 1, train.targets.cols());
    for (Eigen::Index start = 0; start < train.inputs.rows(); start += fitted_rows) {
        const auto rows = std::min(fitted_rows, train.inputs.rows() - start);
        squares.add(with_ones(activations(train.inputs.middleRows(start, rows), centres_, spreads_)),
                    train.targets.middleRows(start, rows));
    }
    const Matrix solved = squares.weights(ridge > 0 ? ridge : squares.best_ridge());
    bias_ = solved.row(0);
    weights_ = solved.bottomRows(centres_.rows());
    return held_against(train, check);
}

// The bias is the targets' mean; the kernel with a ridge does the rest.
TrainingRecord Rbfnn::fit_every_sample(const Samples& train, const Samples& check) {
    centres_ = train.inputs;
    bias_ = train.targets.colwise().mean();
    double ridge = std::max(options_.ridge, least_exact_ridge);
    for (;; ridge *= 10) {
        Matrix kernel = activations(train.inputs, train.inputs, spreads_);
        kernel.diagonal().array() += ridge;
        const Eigen::LLT<Eigen::Ref<Matrix>> factor(kernel);
        if (factor.info() != Eigen::Success) continue;
        weights_ = factor.solve(train.targets.rowwise() - bias_);
        if (weights_.allFinite()) break;
    }
    return held_against(train, check);
}

TrainingRecord Rbfnn::held_against(const Samples& train, const Samples& check) const {
    const double loss = mean_square(predict(check.inputs), check.targets);
    return {{mean_square(predict(train.inputs), train.targets)}, {loss}, 0, loss};
}

Matrix Rbfnn::predict(const Matrix& inputs) const {
    assert(inputs.cols() == centres_.cols());
    Matrix result(inputs.rows(), outputs());
    for (Eigen::Index start = 0; start < inputs.rows(); start += block_rows) {
        const auto rows = std::min(block_rows, inputs.rows() - start);
        const Matrix activation = activations(inputs.middleRows(start, rows), centres_, spreads_);
        result.middleRows(start, rows).noalias() = activation * weights_;
    }
    result.rowwise() += bias_;
    return result;
}

// One sample: the roles of samples and centres exchanged, so that the loops run over the centres; some at a
// time, on the stack.
void Rbfnn::predict_one(std::span<const double> input, std::span<double> output) const {
    assert(static_cast<int>(input.size()) == inputs() && static_cast<int>(output.size()) == outputs());
    Eigen::Map<Eigen::RowVectorXd> result(output.data(), outputs());
    result = bias_;
    alignas(64) double excited[block_rows];
    for (Eigen::Index start = 0; start < centres_.rows(); start += block_rows) {
        const auto count = std::min(block_rows, centres_.rows() - start);
        Eigen::Map<Eigen::ArrayXd> block(excited, count);
        block.setZero();
        for (Eigen::Index d = 0; d < inputs(); ++d)
            block -= ((centres_.col(d).segment(start, count).array() - input[d]) *
                      (std::sqrt(std::numbers::ln2) / spreads_[d]))
                         .square();
        exp_in_place(excited, count);
        for (Eigen::Index k = 0; k < weights_.cols(); ++k)
            result[k] += weights_.col(k).segment(start, count).dot(block.matrix());
    }
}

Matrix Rbfnn::features(const Matrix& inputs) const {
    return with_ones(activations(inputs, centres_, spreads_));
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
    return {{"kind", kind()},
            {"spreads", matrix_to_json(spreads_, "rbfnn spreads")},
            {"centres", matrix_to_json(centres_, "rbfnn centres")},
            {"weights", matrix_to_json(weights_, "rbfnn weights")},
            {"bias", matrix_to_json(bias_, "rbfnn bias")}};
}

Rbfnn Rbfnn::load(const nlohmann::json& saved) {
    Rbfnn result;
    result.centres_ = matrix_member(saved, "centres");
    result.spreads_ = matrix_member(saved, "spreads", result.centres_.cols(), 1);
    if (!(result.spreads_.minCoeff() > 0))
        throw Error(ErrorKind::data, "saved model: 'spreads' must be above 0");
    result.weights_ = matrix_member(saved, "weights", result.centres_.rows());
    result.bias_ = matrix_member(saved, "bias", 1, result.weights_.cols());
    return result;
}

}  // namespace tfqkd
