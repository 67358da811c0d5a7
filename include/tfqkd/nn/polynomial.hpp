#pragma once

#include <vector>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

struct PolynomialOptions {
    int degree = 5;
    double ridge = 1e-8;  // added to the squares of the weights, over the number of samples

    void validate() const;  // throws Error (usage) naming the field and the rule
};

// A polynomial of all inputs up to a total degree, fitted by ridge regression: the plain rival that a network
// has to beat.
class Polynomial final : public Regressor {
  public:
    explicit Polynomial(PolynomialOptions options = {});

    std::string_view kind() const override { return "polynomial"; }
    int inputs() const override { return inputs_; }
    int outputs() const override { return static_cast<int>(weights_.cols()); }
    Matrix predict(const Matrix& inputs) const override;
    void predict_one(std::span<const double> input, std::span<double> output) const override;
    nlohmann::json save() const override;
    static Polynomial load(const nlohmann::json& saved);  // throws Error (data)

  private:
    TrainingRecord learn(const Samples& train, const Samples& check, std::uint64_t seed,
                         int threads) override;
    void set_inputs(int inputs);
    Matrix terms(const Matrix& inputs) const;  // samples x terms

    PolynomialOptions options_;
    int inputs_ = 0;
    std::vector<std::vector<int>> factors_;  // a term: the inputs that it multiplies, in order
    Matrix weights_;                         // terms x outputs
};

}  // namespace tfqkd
