#pragma once

#include <vector>

#include "tfqkd/nn/output_layer.hpp"
#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

enum class Centres {
    every_sample,  // one centre a sample
    greedy         // orthogonal least squares: always the centre that lowers the error most
};

struct RbfnnOptions {
    Centres centres = Centres::greedy;
    int max_centres = 400;  // greedy
    int candidates = 2000;  // greedy: samples that may become centres, drawn at random
    double goal = 0;        // greedy: stop adding when the mean square on `train` is this small
    double ridge = 1e-14;   // added to the squares of the output weights
    // Tried one after another; the best on check is kept. An input at one spread from a centre excites it by
    // 0.5.
    std::vector<double> spreads = {1, 1.4, 2, 2.4, 2.8, 3.4, 4, 5.6};

    void validate() const;  // throws Error (usage) naming the field and the rule
};

// The radial basis function network: exp(-(b |x - c|)^2) with b = sqrt(ln 2) / spread, weighted, plus a bias.
class Rbfnn : public Regressor, public LinearOutput {
  public:
    explicit Rbfnn(RbfnnOptions options = {});

    std::string_view kind() const override { return "rbfnn"; }
    int inputs() const override { return static_cast<int>(centres_.cols()); }
    int outputs() const override { return static_cast<int>(weights_.cols()); }
    // The record has an entry for each block of added centres at the spread that was kept.
    TrainingRecord fit(const Samples& train, const Samples& check, std::uint64_t seed) override;
    Matrix predict(const Matrix& inputs) const override;
    void predict_one(std::span<const double> input, std::span<double> output) const override;
    nlohmann::json save() const override;
    static Rbfnn load(const nlohmann::json& saved);  // throws Error (data)

    // What the linear layer sees: a column of ones for the bias, then the activations.
    Matrix features(const Matrix& inputs) const override;
    Matrix output_layer() const override;
    void set_output_layer(const Matrix& weights) override;

    const Matrix& centres() const { return centres_; }
    const Matrix& weights() const { return weights_; }
    const Eigen::RowVectorXd& bias() const { return bias_; }
    double spread() const { return spread_; }

  private:
    TrainingRecord fit_every_sample(const Samples& train, const Samples& check);
    TrainingRecord fit_greedy(const Samples& train, const Samples& check, std::uint64_t seed);

    RbfnnOptions options_;
    Matrix centres_;           // centres x inputs
    Matrix weights_;           // centres x outputs
    Eigen::RowVectorXd bias_;  // outputs
    double spread_ = 1;
};

}  // namespace tfqkd
