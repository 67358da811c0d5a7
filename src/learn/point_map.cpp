#include "tfqkd/learn/point_map.hpp"

namespace tfqkd {

Columns PointMap::points(const Matrix& scaled) const {
    const Matrix outputs = scaler.physical(scaled);
    Columns all(scaled.rows(), static_cast<Eigen::Index>(fixed.size()));
    for (std::size_t k = 0; k < fixed.size(); ++k) all.col(static_cast<Eigen::Index>(k)) = fixed[k];
    for (std::size_t o = 0; o < parameters.size(); ++o)
        all.col(parameters[o]) = outputs.col(static_cast<Eigen::Index>(o)).array();
    return all;
}

}  // namespace tfqkd
