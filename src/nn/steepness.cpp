#include "nn/steepness.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <limits>
#include <vector>

namespace tfqkd {

namespace {

constexpr Eigen::Index steepness_samples = 2000;
constexpr double slope_step = 1e-2;  // in units of the inputs

}  // namespace

Matrix steepness_metric(const Regressor& network, const Matrix& inputs) {
    const Matrix some = inputs.topRows(std::min(inputs.rows(), steepness_samples));
    std::vector<Matrix> slopes;  // by each input: samples x outputs
    for (Eigen::Index d = 0; d < inputs.cols(); ++d) {
        Matrix above = some, below = some;
        above.col(d).array() += slope_step;
        below.col(d).array() -= slope_step;
        slopes.push_back((network.predict(above) - network.predict(below)) / (2 * slope_step));
    }
    Matrix products(inputs.cols(), inputs.cols());
    for (Eigen::Index d = 0; d < inputs.cols(); ++d)
        for (Eigen::Index e = 0; e < inputs.cols(); ++e)
            products(d, e) = slopes[d].cwiseProduct(slopes[e]).sum() / static_cast<double>(some.rows());
    const Eigen::SelfAdjointEigenSolver<Matrix> solver(products);
    const Eigen::VectorXd steepness = solver.eigenvalues().cwiseMax(0).cwiseSqrt();
    const double least = std::max(1e-2 * steepness.maxCoeff(), std::numeric_limits<double>::min());
    return steepness.cwiseMax(least).asDiagonal() * solver.eigenvectors().transpose();
}

}  // namespace tfqkd
