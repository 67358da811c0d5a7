#include "nn/leave_one_out.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "nn/lbfgs.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index near_samples = 16;
constexpr std::size_t looked_around = 200;  // queries
constexpr double faintest = 36;             // exp(-36) of the greatest weight is less than rounding

}  // namespace

double LeaveOneOut::operator()(const Eigen::VectorXd& log_spreads, Eigen::VectorXd* gradient) const {
    constexpr Eigen::Index queries_a_part = 16;
    const Eigen::VectorXd spreads = log_spreads.array().exp();
    const auto queries = static_cast<Eigen::Index>(queries_.size());
    const auto work = [&](Eigen::Index first, Eigen::Index count, SumAndSlope& sum) {
        LocalFit fit(order_, ridge_);
        for (Eigen::Index k = first; k < first + count; ++k)
            add(queries_[static_cast<std::size_t>(k)], spreads, gradient, fit, sum);
    };
    const auto total = sum_over_parts(queries, queries_a_part, spreads.size(), threads_, work);
    const double share = 1.0 / static_cast<double>(queries * samples_.targets.cols());
    if (gradient) *gradient = share * total.slope;
    return share * total.sum;
}

// A weight moves the prediction by influence times residual, and grows by its squared offset in spreads.
void LeaveOneOut::add(int query, const Eigen::VectorXd& spreads, bool with_slope, LocalFit& fit,
                      SumAndSlope& sum) const {
    const auto others = near(query, spreads);
    const Matrix targets = samples_.targets(others, Eigen::all);  // others x outputs
    const Matrix offsets =
        (samples_.inputs(others, Eigen::all).rowwise() - samples_.inputs.row(query)).array().rowwise() /
        spreads.transpose().array();
    fit.offsets = offsets;
    fit.solve();
    const Eigen::VectorXd error = targets.transpose() * (fit.weights() * fit.influence()).matrix() -
                                  samples_.targets.row(query).transpose();
    sum.sum += error.squaredNorm();
    if (!with_slope) return;
    const Eigen::ArrayXd target = (targets * (2 * error)).array();
    const Eigen::ArrayXd pull = fit.influence() * fit.residual(target);
    sum.slope += fit.by_ridge(target, spreads.size());
    for (Eigen::Index d = 0; d < spreads.size(); ++d) {
        const Eigen::ArrayXd square = offsets.col(d).array().square();
        sum.slope[d] += (fit.weights() * pull * (square - (fit.weights() * square).sum())).sum();
    }
}

// The nearest of the other samples that have any weight at all.
std::vector<int> LeaveOneOut::near(int query, const Eigen::VectorXd& spreads) const {
    Eigen::ArrayXd exponents = Eigen::ArrayXd::Zero(samples_.inputs.rows());
    for (Eigen::Index d = 0; d < spreads.size(); ++d)
        exponents +=
            ((samples_.inputs.col(d).array() - samples_.inputs(query, d)) * (1 / spreads[d])).square();
    exponents[query] = std::numeric_limits<double>::infinity();
    const double farthest = exponents.minCoeff() + 2 * faintest;
    std::vector<int> rows;
    for (Eigen::Index row = 0; row < exponents.size(); ++row)
        if (exponents[row] <= farthest && row != query) rows.push_back(static_cast<int>(row));
    if (static_cast<int>(rows.size()) <= neighbours_) return rows;
    const auto nearer = [&](int a, int b) { return std::pair(exponents[a], a) < std::pair(exponents[b], b); };
    std::nth_element(rows.begin(), rows.begin() + neighbours_, rows.end(), nearer);
    rows.resize(neighbours_);
    std::sort(rows.begin(), rows.end());
    return rows;
}

Eigen::VectorXd spreads_by_deviation(const Matrix& inputs) {
    const Eigen::RowVectorXd mean = inputs.colwise().mean();
    Eigen::VectorXd width =
        ((inputs.rowwise() - mean).colwise().squaredNorm() / static_cast<double>(inputs.rows()))
            .cwiseSqrt()
            .transpose();
    width = (width.array() > 0).select(width, 1.0);
    const double spacing =
        std::pow(static_cast<double>(inputs.rows()), -1.0 / (static_cast<double>(inputs.cols()) + 4));
    return spacing * width;
}

Eigen::VectorXd spreads_by_neighbours(const Matrix& inputs, const std::vector<int>& queries) {
    const auto near = std::min<Eigen::Index>(near_samples, inputs.rows() - 1);
    std::vector<double> distances;
    for (std::size_t k = 0; k < queries.size() && k < looked_around; ++k) {
        Eigen::VectorXd squares = (inputs.rowwise() - inputs.row(queries[k])).rowwise().squaredNorm();
        std::nth_element(squares.begin(), squares.begin() + near, squares.end());
        distances.push_back(std::sqrt(squares[near]));
    }
    const auto middle = distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2);
    std::nth_element(distances.begin(), middle, distances.end());
    return Eigen::VectorXd::Constant(inputs.cols(), *middle > 0 ? *middle : 1.0);
}

Eigen::VectorXd find_spreads(const LeaveOneOut& error, const Eigen::VectorXd& start, int iterations) {
    Eigen::VectorXd best;
    double best_error = std::numeric_limits<double>::infinity();
    for (const double factor : {0.5, 1.0, 2.0}) {
        const Eigen::VectorXd trial = (factor * start).array().log();
        const double trial_error = error(trial, nullptr);
        if (best.size() > 0 && !(trial_error < best_error)) continue;
        best = trial;
        best_error = trial_error;
    }
    double before = best_error;
    const auto after_step = [&](const Eigen::VectorXd&, double value) {
        const bool going = value < (1 - 1e-4) * before;
        before = value;
        return going;
    };
    // Steps are bounded: an input that does not matter wants an endless spread.
    const auto bounded = [&](const Eigen::VectorXd& point, Eigen::VectorXd& gradient) {
        if ((point - best).cwiseAbs().maxCoeff() < 12) return error(point, &gradient);
        gradient.setZero(point.size());
        return std::numeric_limits<double>::infinity();
    };
    Eigen::VectorXd point = best;
    minimize_lbfgs(bounded, point, iterations, 10, after_step);
    return point.array().exp();
}

}  // namespace tfqkd
