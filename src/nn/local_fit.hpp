#pragma once

#include <Eigen/Core>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// A weighted fit to some patterns around a query: their mean (order 0), a straight fit (order 1) or one with
// squares and products too (order 2). Its value at the query is sum_j weight_j influence_j target_j.
class LocalFit {
  public:
    LocalFit(int order, double ridge) : order_(order), ridge_(ridge) {}

    Matrix
        offsets;  // patterns x inputs: pattern - query, in spreads; filled in before solve(), which spends it
    // Weighs the patterns by exp(-|offset|^2 / 2) and finds their influence.
    void solve();
    const Eigen::ArrayXd& weights() const { return weights_; }      // patterns; their sum is 1
    const Eigen::ArrayXd& influence() const { return influence_; }  // patterns
    // After solve(): what the fit leaves of each pattern's `target`.
    Eigen::ArrayXd residual(const Eigen::ArrayXd& target) const;
    // After solve(): how the value for `target` grows with the logarithm of each input's spread through the
    // ridge alone.
    Eigen::VectorXd by_ridge(const Eigen::ArrayXd& target, Eigen::Index inputs) const;

  private:
    void add_products();
    void solve_slopes();
    Eigen::VectorXd slopes(const Eigen::ArrayXd& target) const;  // one a term

    int order_;
    double ridge_;
    Eigen::ArrayXd weights_, influence_;
    Eigen::VectorXd centre_slopes_;  // terms: the inverse of the squares times the terms' mean
    Matrix factor_;    // terms x terms, lower: Cholesky's factor of the weighted squares of the centred terms
    Matrix weighted_;  // patterns x terms: weighted
};

}  // namespace tfqkd
