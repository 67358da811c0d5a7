#pragma once

#include <vector>

#include "tfqkd/nn/output_layer.hpp"
#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

enum class Centres {
    every_sample,  // one centre a sample
    greedy,        // orthogonal least squares: always the centre that lowers the error most
    k_means        // means of as many groups of samples with near inputs and targets, by Lloyd's iteration
};

struct RbfnnOptions {
    Centres centres = Centres::k_means;
    int max_centres = 2000;  // greedy and k-means; at most half of the samples
    int candidates = 4000;   // greedy: samples that may become centres, drawn at random
    int choosing = 20000;  // samples, drawn at random, by which centres are chosen; weights are fitted to all
    double goal = 0;       // greedy: stop adding when the mean square on those is this small
    double ridge = 0;      // of the output weights' squares, over the samples; 0: by cross-validation
    // One for each input: at one spread from a centre the input excites it by 0.5. One number stands for all;
    // none: they are searched for.
    std::vector<double> spreads = {};

    void validate() const;  // throws Error (usage) naming the field and the rule
};

// The radial basis function network: exp(-(sum over inputs of (b (x - c))^2)) with b = sqrt(ln 2) / spread,
// one spread an input, weighted, plus a bias.
class Rbfnn : public Regressor, public LinearOutput {
  public:
    explicit Rbfnn(RbfnnOptions options = {});

    std::string_view kind() const override { return "rbfnn"; }
    int inputs() const override { return static_cast<int>(centres_.cols()); }
    int outputs() const override { return static_cast<int>(weights_.cols()); }
    // The record's one entry: the errors on train and on check.
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
    const Eigen::VectorXd& spreads() const { return spreads_; }  // inputs

  private:
    Eigen::VectorXd chosen_spreads(const Samples& train, std::uint64_t seed) const;
    TrainingRecord fit_every_sample(const Samples& train, const Samples& check);
    TrainingRecord fit_greedy(const Samples& train, const Samples& check, std::uint64_t seed);
    TrainingRecord fit_k_means(const Samples& train, const Samples& check, std::uint64_t seed);
    // ridge: 0 for the best by cross-validation.
    TrainingRecord fit_weights(const Samples& train, const Samples& check, double ridge);
    TrainingRecord held_against(const Samples& train, const Samples& check) const;

    RbfnnOptions options_;
    Matrix centres_;           // centres x inputs
    Matrix weights_;           // centres x outputs
    Eigen::RowVectorXd bias_;  // outputs
    Eigen::VectorXd spreads_;  // inputs
};

}  // namespace tfqkd
