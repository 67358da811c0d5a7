#include "nn/ridge.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tfqkd/math/parallel.hpp"

namespace tfqkd {

namespace {

constexpr double smallest_ridge =
    1e-20;  // what "none" stands for: dependent columns must not blow up weights

}  // namespace

void LeastSquares::add(const Matrix& design, const Matrix& targets) {
    const auto columns = triangle_.cols();
    Matrix stacked(columns + design.rows(), columns), wanted(columns + design.rows(), targets.cols());
    stacked << triangle_, design;
    wanted << projection_, targets;
    const Eigen::HouseholderQR<Eigen::Ref<Matrix>> factor(stacked);
    wanted.applyOnTheLeft(factor.householderQ().adjoint());
    triangle_ = stacked.topRows(columns).triangularView<Eigen::Upper>();
    projection_ = wanted.topRows(columns);
    squares_left_ += wanted.bottomRows(design.rows()).squaredNorm();
    samples_ += design.rows();
}

LeastSquares::Solution LeastSquares::solve(double ridge, bool with_freedom) const {
    const auto columns = triangle_.cols();
    Matrix stacked = Matrix::Zero(2 * columns, columns), wanted(2 * columns, projection_.cols());
    stacked.topRows(columns) = triangle_;
    stacked.bottomRows(columns)
        .diagonal()
        .tail(columns - 1)
        .setConstant(std::sqrt((ridge + smallest_ridge) * static_cast<double>(samples_)));
    wanted << projection_, Matrix::Zero(columns, projection_.cols());
    const Eigen::HouseholderQR<Eigen::Ref<Matrix>> factor(stacked);
    Solution solution{factor.solve(wanted)};
    if (!with_freedom) return solution;
    // The hat matrix is (R S^-1)(R S^-1)^T, S being the triangle with the ridge folded in.
    const Matrix share =
        stacked.topRows(columns).triangularView<Eigen::Upper>().solve<Eigen::OnTheRight>(triangle_);
    solution.freedom = share.squaredNorm();
    return solution;
}

Matrix LeastSquares::weights(double ridge) const { return solve(ridge, false).weights; }

double LeastSquares::best_ridge(int threads) const {
    constexpr std::array ridges{1e-16, 1e-15, 1e-14, 1e-13, 1e-11, 1e-9, 1e-7};
    std::array<double, ridges.size()> scores;
    const auto samples = static_cast<double>(samples_);
    const double bytes = 4 * sizeof(double) * static_cast<double>(triangle_.size());
    parallel_for(ridges.size(), threads_within_memory(threads, bytes), [&](std::size_t k) {
        const auto solution = solve(ridges[k], true);
        const double left = squares_left_ + (projection_ - triangle_ * solution.weights).squaredNorm();
        const double score = left / std::pow(std::max(samples - solution.freedom, 1e-9 * samples), 2);
        scores[k] = std::isnan(score) ? std::numeric_limits<double>::infinity() : score;
    });
    return ridges[static_cast<std::size_t>(std::min_element(scores.begin(), scores.end()) - scores.begin())];
}

}  // namespace tfqkd
