#pragma once

#include "tfqkd/learn/key_rate_loss.hpp"

namespace tfqkd {

// How a network is trained on the key rate itself.
struct KeyRateOptions {
    int iterations = 500;  // of L-BFGS at most
    int memory = 30;       // steps that L-BFGS remembers
    int patience = 200;    // iterations without a better check loss before it ends
    int epochs = 60;       // of Adam ahead of L-BFGS where there are no labels

    void validate() const;  // throws Error (usage) naming the field and the rule
};

// Links, scaled for the network, and their loss.
struct KeyRateSet {
    Matrix inputs;  // rows x inputs
    KeyRateLoss loss;
};

// Throws Error (usage) when a network can't be trained on the key rate, from labels or without.
void require_key_rate_trainable(const Regressor& network, bool labels);

// Trains a network on from where it is, with the same result for any number of threads: all weights of a
// perceptron, the linear layer of a network that ends in one. Throws Error (usage) for any other network.
TrainingRecord train_on_key_rate(Regressor& network, const KeyRateSet& train, const KeyRateSet& check,
                                 const KeyRateOptions& options, std::uint64_t seed, int threads = 1);

// The same from parameters that may be far from good, without any optimum known: some rounds of Adam, each of
// which measures a link against the best rate found for it so far; then links for which no key was found are
// left out, and L-BFGS ends it, in two
// stages: the second takes in the links that the first one found a key for. Perceptrons only.
TrainingRecord train_without_labels(Regressor& network, KeyRateSet train, KeyRateSet check,
                                    const KeyRateOptions& options, std::uint64_t seed, int threads = 1);

// A rate for each link that is small for it, but on its scale: a small part of the root of the transmittance.
Eigen::ArrayXd small_rates(const Columns& links);

}  // namespace tfqkd
