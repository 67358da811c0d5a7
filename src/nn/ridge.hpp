#pragma once

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// Least squares on many samples: each block of the design is folded into a triangle by Householder's QR, so
// that memory does not grow with the samples and no product squares the condition.
class LeastSquares {
  public:
    LeastSquares(Eigen::Index columns, Eigen::Index outputs)
        : triangle_(Matrix::Zero(columns, columns)), projection_(Matrix::Zero(columns, outputs)) {}

    // design: samples x columns; targets: samples x outputs
    void add(const Matrix& design, const Matrix& targets);
    // Minimises the squared error + ridge samples |w|^2, the first column's weights left free: columns x
    // outputs.
    Matrix weights(double ridge) const;
    // The ridge, of powers of ten from 1e-16 up, whose generalised cross-validation (Golub, Heath, Wahba
    // 1979) is least.
    double best_ridge(int threads = 1) const;

  private:
    struct Solution {
        Matrix weights;      // columns x outputs
        double freedom = 0;  // trace of the hat matrix
    };
    Solution solve(double ridge, bool with_freedom) const;

    Matrix triangle_, projection_;
    double squares_left_ = 0;  // of the targets, outside the span of the columns
    Eigen::Index samples_ = 0;
};

}  // namespace tfqkd
