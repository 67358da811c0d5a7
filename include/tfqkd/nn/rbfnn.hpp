#pragma once

#include <initializer_list>
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
    int max_centres = 1200;  // greedy and k-means; at most half of the samples
    int candidates = 4000;   // greedy: samples that may become centres, drawn at random
    int choosing = 20000;  // samples, drawn at random, by which centres are chosen; weights are fitted to all
    double goal = 0;       // greedy: stop adding when the mean square on those is this small
    double ridge = 0;      // of the output weights' squares, over the samples; 0: by cross-validation
    // k-means: 1, all centres in one metric, a spread an input; 2, half of them in a second metric, along the
    // directions in which what the first half fits worst changes most.
    int fields = 2;
    // One for each input: at one spread from a centre the input excites it by 0.5. One number stands for all;
    // none: they are searched for. Where they are given there is one field.
    std::vector<double> spreads = {};

    void validate() const;  // throws Error (usage) naming the field and the rule
};

// Centres that share a metric: an input's place is metric x input, and it excites a centre by 0.5 where its
// place is 1 away from the centre's.
struct RadialField {
    Matrix metric;   // inputs x inputs
    Matrix centres;  // centres x inputs, as places
};

// The radial basis function network: exp(-ln 2 |place - centre|^2) of each centre, weighted, plus a bias.
// With a diagonal metric these are the usual exp(-(b (x - c))^2) with b = sqrt(ln 2) / spread, one spread an
// input.
class Rbfnn : public Regressor, public LinearOutput {
  public:
    explicit Rbfnn(RbfnnOptions options = {});

    std::string_view kind() const override { return "rbfnn"; }
    int inputs() const override {
        return fields_.empty() ? 0 : static_cast<int>(fields_.front().metric.cols());
    }
    int outputs() const override { return static_cast<int>(weights_.cols()); }
    // The record's one entry: the errors on train and on check.
    Matrix predict(const Matrix& inputs) const override;
    void predict_one(std::span<const double> input, std::span<double> output) const override;
    nlohmann::json save() const override;
    static Rbfnn load(const nlohmann::json& saved);  // throws Error (data)

    // What the linear layer sees: a column of ones for the bias, then the activations.
    Matrix features(const Matrix& inputs) const override;
    Matrix output_layer() const override;
    void set_output_layer(const Matrix& weights) override;

    const std::vector<RadialField>& fields() const { return fields_; }
    const Matrix& weights() const { return weights_; }  // centres of all fields x outputs
    const Eigen::RowVectorXd& bias() const { return bias_; }

  private:
    TrainingRecord learn(const Samples& train, const Samples& check, std::uint64_t seed,
                         int threads) override;
    Eigen::VectorXd chosen_spreads(const Samples& train, std::uint64_t seed) const;
    TrainingRecord fit_every_sample(const Samples& train, const Samples& check,
                                    const Eigen::VectorXd& spreads);
    TrainingRecord fit_greedy(const Samples& train, const Samples& check, const Eigen::VectorXd& spreads,
                              std::uint64_t seed, int threads);
    TrainingRecord fit_k_means(const Samples& train, const Samples& check, const Eigen::VectorXd& spreads,
                               std::uint64_t seed, int threads);
    void add_field_where_worst(const Samples& some, const Samples& check, int count, std::uint64_t seed,
                               int threads);
    void try_widths(const Samples& some, const Samples& check, const std::vector<double>& factors,
                    int threads);
    Eigen::Index centres() const;
    Matrix activations(const Eigen::Ref<const Matrix>& inputs) const;  // samples x centres of all fields
    // ridge: 0 for the best by cross-validation.
    TrainingRecord fit_weights(const Samples& train, const Samples& check, double ridge, int threads);
    TrainingRecord held_against(const Samples& train, const Samples& check) const;

    RbfnnOptions options_;
    std::vector<RadialField> fields_;
    Matrix weights_;           // centres of all fields, one field after the other, x outputs
    Eigen::RowVectorXd bias_;  // outputs
};

}  // namespace tfqkd
