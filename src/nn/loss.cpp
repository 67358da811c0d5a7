#include "tfqkd/nn/loss.hpp"

#include <cassert>

namespace tfqkd {

double MeanSquare::operator()(const Matrix& predicted, std::span<const int> rows, Matrix* slope) const {
    assert(predicted.rows() == static_cast<Eigen::Index>(rows.size()) && predicted.cols() == targets_.cols());
    Matrix error = predicted;
    for (Eigen::Index col = 0; col < error.cols(); ++col)
        for (Eigen::Index row = 0; row < error.rows(); ++row) error(row, col) -= targets_(rows[row], col);
    const double share = 1.0 / static_cast<double>(error.size());
    const double value = error.squaredNorm() * share;
    if (slope) *slope = 2 * share * error;
    return value;
}

double mean_square(const Matrix& predicted, const Matrix& targets) {
    assert(predicted.size() == targets.size() && predicted.size() > 0);
    return (predicted - targets).squaredNorm() / static_cast<double>(targets.size());
}

}  // namespace tfqkd
