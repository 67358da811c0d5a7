#pragma once

#include <memory>
#include <vector>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

struct GrnnOptions {
    // Of the weighted fit to the patterns: 0, their mean (Specht); 1, a straight fit, without bias at edges;
    // 2, with squares and products of the inputs, without bias where the targets bend.
    int order = 2;
    int neighbours = 64;    // patterns that a prediction looks at, once there are more than `tree_above`
    int tree_above = 2000;  // up to so many patterns all are looked at
    int queries = 1000;     // samples left out in turn to choose the spreads, drawn at random
    int iterations = 40;    // of the search for the spreads
    double ridge = 1e-9;    // order 1 and 2: added to the squares of the slopes, in spreads
    // How often the metric is turned to the directions in which the targets change, from those of the inputs.
    int turns = 2;

    void validate() const;  // throws Error (usage) naming the field and the rule
};

// The general regression neural network: each sample is a pattern; a prediction is a fit to the patterns
// weighted by exp(-d^2 / 2), d being the distance in spreads: along the inputs, or along the directions in
// which the targets change, whichever has less leave-one-out error.
class Grnn : public Regressor {
  public:
    explicit Grnn(GrnnOptions options = {});
    // With given spreads. patterns: one sample a row; spreads: one an input.
    Grnn(const Samples& patterns, const Eigen::VectorXd& spreads, GrnnOptions options = {});
    ~Grnn() override;
    Grnn(Grnn&&) noexcept;
    Grnn& operator=(Grnn&&) noexcept;

    std::string_view kind() const override { return "grnn"; }
    int inputs() const override { return static_cast<int>(patterns_.rows()); }
    int outputs() const override { return static_cast<int>(targets_.rows()); }
    // The record's one entry: the leave-one-out error and the error on check, at the chosen spreads.
    Matrix predict(const Matrix& inputs) const override;
    void predict_one(std::span<const double> input, std::span<double> output) const override;
    nlohmann::json save() const override;
    static Grnn load(const nlohmann::json& saved);  // throws Error (data); builds the tree again

    const Matrix& metric() const { return metric_; }      // inputs x inputs: place = metric x input
    const Matrix& patterns() const { return patterns_; }  // inputs x patterns, as places
    const Matrix& targets() const { return targets_; }    // outputs x patterns
    const GrnnOptions& options() const { return options_; }
    // How many patterns a prediction looks at.
    int looked_at() const;

  private:
    TrainingRecord learn(const Samples& train, const Samples& check, std::uint64_t seed,
                         int threads) override;
    struct Tree;
    void take(const Samples& patterns, const Matrix& metric);
    void plant();  // the tree, where there are patterns enough

    GrnnOptions options_;
    Matrix metric_;    // inputs x inputs: place = metric x input, in spreads
    Matrix patterns_;  // inputs x patterns, as places
    Matrix targets_;   // outputs x patterns
    std::unique_ptr<Tree> tree_;
};

}  // namespace tfqkd
