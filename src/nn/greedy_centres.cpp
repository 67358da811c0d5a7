#include "nn/greedy_centres.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>

#include "nn/radial_basis.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index block_rows = 512;
constexpr double smallest_left = 1e-12;  // of a column's square: below, rounding is all that is left

}  // namespace

GreedyCentres::GreedyCentres(const Samples& train, const Matrix& candidates, const Eigen::VectorXd& spreads,
                             int max_centres) {
    const auto columns = candidates.rows() + 1;
    gram_ = Matrix::Zero(columns, columns);
    correlation_ = Matrix::Zero(columns, train.targets.cols());
    Matrix design;  // samples x columns
    for (Eigen::Index start = 0; start < train.inputs.rows(); start += block_rows) {
        const auto rows = std::min(block_rows, train.inputs.rows() - start);
        design.resize(rows, columns);
        design.col(0).setOnes();
        design.rightCols(columns - 1) =
            activations(train.inputs.middleRows(start, rows), candidates, spreads);
        gram_.selfadjointView<Eigen::Lower>().rankUpdate(design.transpose());
        correlation_.noalias() += design.transpose() * train.targets.middleRows(start, rows);
    }
    gram_.triangularView<Eigen::StrictlyUpper>() = gram_.transpose();
    left_ = gram_.diagonal();
    factor_ = Matrix::Zero(columns, max_centres + 1);
    projection_ = Matrix::Zero(max_centres + 1, train.targets.cols());
    squares_ = train.targets.squaredNorm();
    target_count_ = static_cast<double>(train.targets.size());
    eliminate(0);
}

// Makes the column orthonormal to those before, and takes its share out of all others.
void GreedyCentres::eliminate(Eigen::Index column) {
    const auto count = static_cast<Eigen::Index>(columns_.size());
    auto products = factor_.col(count);
    products = gram_.col(column);
    products.noalias() -= factor_.leftCols(count) * factor_.row(column).head(count).transpose();
    const double length = std::sqrt(left_[column]);
    products /= length;
    const Eigen::RowVectorXd share = correlation_.row(column) / length;
    projection_.row(count) = share;
    squares_ = std::max(0.0, squares_ - share.squaredNorm());
    correlation_.noalias() -= products * share;
    left_.array() -= products.array().square();
    left_[column] = 0;
    columns_.push_back(column);
}

bool GreedyCentres::add() {
    Eigen::Index best = -1;
    double best_gain = -1;
    for (Eigen::Index column = 1; column < left_.size(); ++column) {
        if (left_[column] <= smallest_left * gram_(column, column)) continue;
        const double gain = correlation_.row(column).squaredNorm() / left_[column];
        if (gain <= best_gain) continue;
        best = column;
        best_gain = gain;
    }
    if (best < 0) return false;
    assert(static_cast<Eigen::Index>(columns_.size()) < factor_.cols());
    eliminate(best);
    chosen_.push_back(static_cast<int>(best) - 1);
    return true;
}

Matrix GreedyCentres::weights() const {
    const auto count = static_cast<Eigen::Index>(columns_.size());
    Matrix triangle(count, count);  // lower
    for (Eigen::Index i = 0; i < count; ++i) triangle.row(i) = factor_.row(columns_[i]).head(count);
    return triangle.triangularView<Eigen::Lower>().transpose().solve(projection_.topRows(count));
}

}  // namespace tfqkd
