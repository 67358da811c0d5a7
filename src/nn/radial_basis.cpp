#include "nn/radial_basis.hpp"

#include <numbers>

#include "nn/vector_math.hpp"

namespace tfqkd {

Matrix activations(const Eigen::Ref<const Matrix>& samples, const Matrix& centres, double spread) {
    Matrix result = Matrix::Zero(samples.rows(), centres.rows());
    const double factor = -std::numbers::ln2 / (spread * spread);
    for (Eigen::Index centre = 0; centre < centres.rows(); ++centre) {
        auto column = result.col(centre).array();
        for (Eigen::Index d = 0; d < centres.cols(); ++d)
            column += (samples.col(d).array() - centres(centre, d)).square();
        column *= factor;
        exp_in_place(result.col(centre).data(), result.rows());
    }
    return result;
}

}  // namespace tfqkd
