#pragma once

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// The mean over samples and outputs of the squared error. Keeps a reference to the targets.
class MeanSquare : public Loss {
  public:
    explicit MeanSquare(const Matrix& targets) : targets_(targets) {}
    double operator()(const Matrix& predicted, std::span<const int> rows, Matrix* slope) const override;

  private:
    const Matrix& targets_;  // samples x outputs
};

double mean_square(const Matrix& predicted, const Matrix& targets);

}  // namespace tfqkd
