#include "nn/radial_fields.hpp"

#include <algorithm>
#include <vector>

#include "nn/k_means.hpp"

namespace tfqkd {

namespace {

constexpr int lloyd_iterations = 30;
constexpr double share_of_targets = 0.3;  // of a target's unit beside a unit of place
constexpr Eigen::Index neighbours_of_a_centre = 8;

}  // namespace

RadialField grouped(const Samples& samples, const Matrix& metric, int count, std::uint64_t seed,
                    int threads) {
    const auto inputs = samples.inputs.cols();
    Matrix points(samples.inputs.rows(), inputs + samples.targets.cols());
    points << samples.inputs * metric.transpose(), share_of_targets * samples.targets;
    return {metric, k_means(points, count, lloyd_iterations, seed, threads).leftCols(inputs)};
}

double typical_distance(const Matrix& centres) {
    const auto near = std::min<Eigen::Index>(neighbours_of_a_centre, centres.rows() - 1);
    if (near < 1) return 1;
    std::vector<double> distances;
    for (Eigen::Index centre = 0; centre < centres.rows(); ++centre) {
        Eigen::VectorXd squares = (centres.rowwise() - centres.row(centre)).rowwise().squaredNorm();
        std::nth_element(squares.begin(), squares.begin() + near, squares.end());
        distances.push_back(squares.head(near + 1).cwiseSqrt().sum() / static_cast<double>(near));
    }
    std::nth_element(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(distances.size() / 2),
                     distances.end());
    const double typical = distances[distances.size() / 2];
    return typical > 0 ? typical : 1;
}

}  // namespace tfqkd
