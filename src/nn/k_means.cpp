#include "nn/k_means.hpp"

#include <algorithm>
#include <vector>

#include "nn/random.hpp"
#include "tfqkd/math/parallel.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index block_rows = 512;

// Each point's nearest mean; |p - m|^2 = |p|^2 - 2 p m + |m|^2, the first term the same for all means.
std::vector<int> nearest_means(const Matrix& points, const Matrix& means, int threads) {
    std::vector<int> nearest(points.rows());
    const Eigen::RowVectorXd squares = means.rowwise().squaredNorm().transpose();
    parallel_for_parts(points.rows(), block_rows, threads, [&](Eigen::Index start, Eigen::Index rows) {
        Matrix distance = -2 * points.middleRows(start, rows) * means.transpose();  // points x means
        distance.rowwise() += squares;
        for (Eigen::Index row = 0; row < rows; ++row) distance.row(row).minCoeff(&nearest[start + row]);
    });
    return nearest;
}

}  // namespace

Matrix k_means(const Matrix& points, int count, int iterations, std::uint64_t seed, int threads) {
    Matrix means = points(drawn_rows(static_cast<int>(points.rows()), count, seed), Eigen::all);
    std::vector<int> before;
    for (int iteration = 0; iteration < iterations; ++iteration) {
        const auto nearest = nearest_means(points, means, threads);
        if (nearest == before) break;
        Matrix sums = Matrix::Zero(means.rows(), means.cols());
        Eigen::VectorXd members = Eigen::VectorXd::Zero(means.rows());
        for (Eigen::Index row = 0; row < points.rows(); ++row) {
            sums.row(nearest[row]) += points.row(row);
            members[nearest[row]] += 1;
        }
        for (Eigen::Index mean = 0; mean < means.rows(); ++mean)  // one without members stays where it is
            if (members[mean] > 0) means.row(mean) = sums.row(mean) / members[mean];
        before = nearest;
    }
    return means;
}

}  // namespace tfqkd
