#include "tfqkd/nn/grnn.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <nanoflann.hpp>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "nn/json_matrix.hpp"
#include "nn/leave_one_out.hpp"
#include "nn/local_fit.hpp"
#include "nn/random.hpp"
#include "nn/require.hpp"
#include "nn/steepness.hpp"
#include "tfqkd/nn/loss.hpp"

namespace tfqkd {

namespace {

constexpr std::size_t points_a_leaf = 32;
constexpr int any = std::numeric_limits<int>::max();

}  // namespace

// Finds the nearest patterns by distance in spreads.
struct Grnn::Tree {
    Matrix points;  // inputs x patterns, as places

    std::size_t kdtree_get_point_count() const { return static_cast<std::size_t>(points.cols()); }
    double kdtree_get_pt(std::size_t pattern, std::size_t input) const { return points(input, pattern); }
    template <class Box>
    bool kdtree_get_bbox(Box&) const {
        return false;
    }

    std::vector<int> rows;  // of the points: their number among the patterns

    using Index =
        nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<double, Tree>, Tree, -1, int>;
    Index index;

    // The points are put in the order of the tree's leaves, so that those of a leaf lie side by side.
    explicit Tree(const Matrix& places)
        : points(places), index(static_cast<int>(points.rows()), *this, {points_a_leaf}) {
        index.buildIndex();
        rows = index.vAcc;
        points = Matrix(places(Eigen::all, rows));
        index.buildIndex();
    }
    std::vector<int> nearest(const Eigen::VectorXd& query, int count) const {
        std::vector<int> found(count);
        std::vector<double> squares(count);
        found.resize(index.knnSearch(query.data(), count, found.data(), squares.data()));
        for (int& one : found) one = rows[static_cast<std::size_t>(one)];
        return found;
    }
};

void GrnnOptions::validate() const {
    require(order >= 0 && order <= 2, "order", "be 0, 1 or 2");
    require(neighbours >= 1 && neighbours <= 100000, "neighbours", "be from 1 to 100000");
    require(tree_above >= 0, "tree_above", "be 0 or more");
    require(queries >= 1, "queries", "be 1 or more");
    require(iterations >= 0, "iterations", "be 0 or more");
    require(turns >= 0, "turns", "be 0 or more");
    require(ridge > 0 && std::isfinite(ridge), "ridge", "be above 0 and finite");
}

Grnn::Grnn(GrnnOptions options) : options_(options) { options_.validate(); }

Grnn::Grnn(const Samples& patterns, const Eigen::VectorXd& spreads, GrnnOptions options) : Grnn(options) {
    take(patterns, spreads.cwiseInverse().asDiagonal());
}

Grnn::~Grnn() = default;
Grnn::Grnn(Grnn&&) noexcept = default;
Grnn& Grnn::operator=(Grnn&&) noexcept = default;

void Grnn::take(const Samples& patterns, const Matrix& metric) {
    assert(patterns.inputs.rows() == patterns.targets.rows() && patterns.inputs.cols() == metric.cols());
    tree_.reset();
    metric_ = metric;
    patterns_ = metric * patterns.inputs.transpose();
    targets_ = patterns.targets.transpose();
    plant();
}

void Grnn::plant() {
    if (patterns_.cols() > options_.tree_above) tree_ = std::make_unique<Tree>(patterns_);
}

int Grnn::looked_at() const {
    const auto all = static_cast<int>(patterns_.cols());
    return tree_ ? std::min(options_.neighbours, all) : all;
}

TrainingRecord Grnn::learn(const Samples& train, const Samples& check, std::uint64_t seed, int threads) {
    const auto queries = drawn_rows(static_cast<int>(train.inputs.rows()), options_.queries, seed);
    const auto inputs = train.inputs.cols();
    Matrix metric = Matrix::Identity(inputs, inputs);
    double left_out = 0;
    if (train.inputs.rows() > 1) {  // one sample leaves nothing when it is left out
        const auto turned = [&](const Matrix& directions, bool by_targets) {
            const Samples places{train.inputs * directions.transpose(), train.targets};
            const LeaveOneOut error(places, queries, options_.order, options_.ridge,
                                    train.inputs.rows() > options_.tree_above ? options_.neighbours : any,
                                    threads);
            const Eigen::VectorXd start = by_targets ? spreads_by_neighbours(places.inputs, queries)
                                                     : spreads_by_deviation(places.inputs);
            const Eigen::VectorXd spreads = find_spreads(error, start, options_.iterations);
            return std::pair(Matrix(spreads.cwiseInverse().asDiagonal() * directions),
                             error(spreads.array().log(), nullptr));
        };
        std::tie(metric, left_out) = turned(metric, false);
        for (int turn = 0; turn < options_.turns; ++turn) {
            take(train, metric);
            const auto [trial, error] =
                turned(steepness_metric(*this, train.inputs(queries, Eigen::all)), true);
            if (!(error < left_out)) break;
            metric = trial;
            left_out = error;
        }
    }
    take(train, metric);
    const double on_check = mean_square(predict(check.inputs), check.targets);
    return {{left_out}, {on_check}, 0, on_check};
}

Matrix Grnn::predict(const Matrix& inputs) const {
    assert(inputs.cols() == patterns_.rows());
    Matrix result(outputs(), inputs.rows());  // one sample a column
    const Matrix samples = inputs.transpose();
    for (Eigen::Index sample = 0; sample < samples.cols(); ++sample)
        predict_one({samples.col(sample).data(), static_cast<std::size_t>(samples.rows())},
                    {result.col(sample).data(), static_cast<std::size_t>(result.rows())});
    return result.transpose();
}

void Grnn::predict_one(std::span<const double> input, std::span<double> output) const {
    assert(static_cast<int>(input.size()) == inputs() && static_cast<int>(output.size()) == outputs());
    const Eigen::VectorXd place = metric_ * Eigen::Map<const Eigen::VectorXd>(input.data(), inputs());
    LocalFit fit(options_.order, options_.ridge);
    Eigen::Map<Eigen::VectorXd> result(output.data(), outputs());
    if (!tree_) {
        fit.offsets = (patterns_.colwise() - place).transpose();
        fit.solve();
        result = targets_ * (fit.weights() * fit.influence()).matrix();
        return;
    }
    const auto near = tree_->nearest(place, options_.neighbours);
    if (near.empty()) {  // the input is not a number, or endlessly far
        result.setConstant(std::numeric_limits<double>::quiet_NaN());
        return;
    }
    fit.offsets.resize(static_cast<Eigen::Index>(near.size()), inputs());
    for (std::size_t j = 0; j < near.size(); ++j) fit.offsets.row(j) = patterns_.col(near[j]) - place;
    fit.solve();
    result.setZero();
    for (std::size_t j = 0; j < near.size(); ++j)
        result += fit.weights()[j] * fit.influence()[j] * targets_.col(near[j]);
}

nlohmann::json Grnn::save() const {
    return {{"kind", kind()},
            {"order", options_.order},
            {"neighbours", options_.neighbours},
            {"tree_above", options_.tree_above},
            {"ridge", options_.ridge},
            {"metric", matrix_to_json(metric_, "grnn metric")},
            {"patterns", matrix_to_json(patterns_.transpose(), "grnn patterns")},
            {"targets", matrix_to_json(targets_.transpose(), "grnn targets")}};
}

Grnn Grnn::load(const nlohmann::json& saved) {
    GrnnOptions options;
    options.order = integer_member(saved, "order", 0, 2);
    options.tree_above = integer_member(saved, "tree_above", 0, any);
    options.ridge = number_member(saved, "ridge", 1e-300);
    options.neighbours = integer_member(saved, "neighbours", 1, 100000);
    const Matrix patterns = matrix_member(saved, "patterns");
    const Matrix targets = matrix_member(saved, "targets", patterns.rows());
    Grnn result(options);
    result.metric_ = matrix_member(saved, "metric", patterns.cols(), patterns.cols());
    result.patterns_ = patterns.transpose();
    result.targets_ = targets.transpose();
    result.plant();
    return result;
}

}  // namespace tfqkd
