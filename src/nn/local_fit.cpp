#include "nn/local_fit.hpp"

#include <Eigen/Cholesky>

#include "nn/vector_math.hpp"

namespace tfqkd {

// A softmax: the nearest pattern keeps its weight however far the query is from all of them.
void LocalFit::solve() {
    weights_.setZero(offsets.rows());
    for (Eigen::Index d = 0; d < offsets.cols(); ++d) weights_ -= offsets.col(d).array().square();
    weights_ = 0.5 * (weights_ - weights_.maxCoeff());
    exp_in_place(weights_.data(), weights_.size());
    weights_ /= weights_.sum();
    if (order_ == 0) {
        influence_.setOnes(offsets.rows());
        return;
    }
    if (order_ == 2) add_products();
    solve_slopes();
}

// All products of two offsets: terms that vanish at the query, as the offsets do.
void LocalFit::add_products() {
    const auto inputs = offsets.cols();
    offsets.conservativeResize(Eigen::NoChange, inputs + inputs * (inputs + 1) / 2);
    Eigen::Index term = inputs;
    for (Eigen::Index i = 0; i < inputs; ++i)
        for (Eigen::Index j = i; j < inputs; ++j)
            offsets.col(term++) = offsets.col(i).cwiseProduct(offsets.col(j));
}

// The terms are centred on their weighted mean, so that the level and the slopes separate.
void LocalFit::solve_slopes() {
    const Eigen::RowVectorXd centre = weights_.matrix().transpose() * offsets;
    offsets.rowwise() -= centre;
    weighted_ = offsets.array().colwise() * weights_;
    factor_.noalias() = weighted_.transpose() * offsets;
    factor_.diagonal().array() += ridge_;
    Eigen::LLT<Eigen::Ref<Matrix>> factor(factor_);
    centre_slopes_ = factor.solve(centre.transpose());
    influence_ = 1 - (offsets * centre_slopes_).array();
    influence_ /= (weights_ * influence_).sum();  // a constant stays one, whatever rounding does to the rest
}

Eigen::ArrayXd LocalFit::residual(const Eigen::ArrayXd& target) const {
    Eigen::ArrayXd left = target - (weights_ * target).sum();
    if (order_ == 0) return left;
    return left - (offsets * slopes(target)).array();
}

Eigen::VectorXd LocalFit::slopes(const Eigen::ArrayXd& target) const {
    Eigen::VectorXd slopes = weighted_.transpose() * target.matrix();
    factor_.triangularView<Eigen::Lower>().solveInPlace(slopes);
    factor_.triangularView<Eigen::Lower>().transpose().solveInPlace(slopes);
    return slopes;
}

// In units of the inputs the ridge of a term is ridge times the square of each spread in it.
Eigen::VectorXd LocalFit::by_ridge(const Eigen::ArrayXd& target, Eigen::Index inputs) const {
    Eigen::VectorXd change = Eigen::VectorXd::Zero(inputs);
    if (order_ == 0) return change;
    const Eigen::VectorXd each = 2 * ridge_ * centre_slopes_.cwiseProduct(slopes(target));
    change = each.head(inputs);
    if (order_ == 1) return change;
    Eigen::Index term = inputs;
    for (Eigen::Index i = 0; i < inputs; ++i)
        for (Eigen::Index j = i; j < inputs; ++j, ++term) {
            change[i] += each[term];
            change[j] += each[term];
        }
    return change;
}

}  // namespace tfqkd
