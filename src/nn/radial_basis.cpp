#include "nn/radial_basis.hpp"

#include <cmath>
#include <numbers>

#include "nn/vector_math.hpp"

namespace tfqkd {

namespace {

// exp(-|place - origin|^2): places x origins.
Matrix excitations(const Matrix& near, const Matrix& origins) {
    Matrix result = Matrix::Zero(near.rows(), origins.rows());
    for (Eigen::Index centre = 0; centre < origins.rows(); ++centre) {
        auto column = result.col(centre).array();
        for (Eigen::Index d = 0; d < origins.cols(); ++d)
            column -= (near.col(d).array() - origins(centre, d)).square();
        exp_in_place(result.col(centre).data(), result.rows());
    }
    return result;
}

}  // namespace

Matrix activations(const Eigen::Ref<const Matrix>& samples, const Matrix& centres,
                   const Eigen::VectorXd& spreads) {
    const Eigen::ArrayXd factor = std::sqrt(std::numbers::ln2) / spreads.array();  // the field's b
    return excitations(samples.array().rowwise() * factor.transpose(),
                       centres.array().rowwise() * factor.transpose());
}

Matrix activations(const Eigen::Ref<const Matrix>& samples, const RadialField& field) {
    const double factor = std::sqrt(std::numbers::ln2);
    return excitations(factor * samples * field.metric.transpose(), factor * field.centres);
}

RadialField field_of(const Matrix& centres, const Eigen::VectorXd& spreads) {
    return {spreads.cwiseInverse().asDiagonal(), centres.array().rowwise() / spreads.transpose().array()};
}

Matrix with_ones(const Matrix& activation) {
    Matrix design(activation.rows(), activation.cols() + 1);
    design << Matrix::Ones(activation.rows(), 1), activation;
    return design;
}

}  // namespace tfqkd
