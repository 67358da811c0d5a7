#pragma once

#include <vector>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// Orthogonal least squares (Chen, Cowan, Grant 1991) by inner products alone. The Gram-Schmidt steps are
// those of a Cholesky factorisation that always takes the candidate that lowers the squared error of all
// outputs most: with Gram = P^T P, P being the candidates' columns and a first column of ones, the samples
// are gone through once, and each added centre costs one product of a vector with the factor's rows so far.
class GreedyCentres {
  public:
    // inputs: samples x inputs; candidates: candidates x inputs; spreads: one an input; targets: samples x
    // outputs
    GreedyCentres(const Samples& train, const Matrix& candidates, const Eigen::VectorXd& spreads,
                  int max_centres);

    // Adds the centre that lowers the error most; false when none is left that lowers it.
    bool add();
    const std::vector<int>& chosen() const { return chosen_; }  // candidates, in order
    double mean_square() const { return squares_ / target_count_; }
    // (1 + centres) x outputs, the bias first: the least squares for the centres so far.
    Matrix weights() const;

  private:
    void eliminate(Eigen::Index column);

    Matrix gram_;    // (1 + candidates) x (1 + candidates); column 0 is the bias
    Matrix factor_;  // (1 + candidates) x (1 + max_centres): orthonormal columns' products with all columns
    Matrix correlation_;    // (1 + candidates) x outputs: with what is left of the targets
    Eigen::VectorXd left_;  // 1 + candidates: square of what is left of each column
    Matrix projection_;     // (1 + max_centres) x outputs: of the targets on the orthonormal columns
    std::vector<Eigen::Index> columns_;  // of gram_, in the order of elimination
    std::vector<int> chosen_;
    double squares_, target_count_;
};

}  // namespace tfqkd
