#pragma once

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// A network that ends in a linear layer on features that stay as they are.
class LinearOutput {
  public:
    virtual ~LinearOutput() = default;
    virtual Matrix features(const Matrix& inputs) const = 0;  // samples x inputs -> samples x features
    virtual Matrix output_layer() const = 0;                  // features x outputs
    virtual void set_output_layer(const Matrix& weights) = 0;
};

struct OutputLayerOptions {
    int iterations = 300;  // of L-BFGS
    int memory = 30;
    int patience = 50;  // iterations without a better check loss before training stops
    // Added to the squares of the weights where the features are made independent of each other.
    double ridge = 1e-12;

    void validate() const;  // throws Error (usage) naming the field and the rule
};

// Trains the linear layer on from where it is, on any loss, by L-BFGS over independent combinations of the
// features: over overlapping features themselves it would creep. Of more samples than fit into 160 MB of
// features, so many are drawn by `seed`. The weights kept are never worse on check than the first ones.
TrainingRecord train_output_layer(LinearOutput& network, const Matrix& train_inputs, const Loss& train_loss,
                                  const Matrix& check_inputs, const Loss& check_loss,
                                  const OutputLayerOptions& options, std::uint64_t seed, int threads = 1);

}  // namespace tfqkd
