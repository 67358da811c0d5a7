#include "nn/radial_basis.hpp"

#include <cmath>
#include <numbers>

#include "nn/vector_math.hpp"

namespace tfqkd {

Matrix activations(const Eigen::Ref<const Matrix>& samples, const Matrix& centres,
                   const Eigen::VectorXd& spreads) {
    const Eigen::ArrayXd factor = std::sqrt(std::numbers::ln2) / spreads.array();  // the field's b
    const Matrix near = samples.array().rowwise() * factor.transpose();
    const Matrix origins = centres.array().rowwise() * factor.transpose();
    Matrix result = Matrix::Zero(samples.rows(), centres.rows());
    for (Eigen::Index centre = 0; centre < centres.rows(); ++centre) {
        auto column = result.col(centre).array();
        for (Eigen::Index d = 0; d < centres.cols(); ++d)
            column -= (near.col(d).array() - origins(centre, d)).square();
        exp_in_place(result.col(centre).data(), result.rows());
    }
    return result;
}

Matrix with_ones(const Matrix& activation) {
    Matrix design(activation.rows(), activation.cols() + 1);
    design << Matrix::Ones(activation.rows(), 1), activation;
    return design;
}

}  // namespace tfqkd
