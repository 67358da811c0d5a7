#pragma once

#include <functional>

#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/perceptron.hpp"

namespace tfqkd {

// What a network is trained on, and what decides.
struct TrainingTask {
    const Matrix& train_inputs;  // samples x inputs
    const Loss& train_loss;
    const Matrix& check_inputs;
    const Loss& check_loss;
    int threads = 1;
};

// Follows a training: keeps the best weights and says when there has been no better for too long.
class Progress {
  public:
    // After each epoch; false when it is time to stop.
    bool add(double train_loss, double check_loss, const Eigen::VectorXd& weights);
    // Before each trainer's first epoch.
    void start_stage(int patience) {
        patience_ = patience;
        waited_ = 0;
    }
    const Eigen::VectorXd& best_weights() const { return best_weights_; }
    const TrainingRecord& record() const { return record_; }

  private:
    int patience_ = 1, waited_ = 0;
    TrainingRecord record_;
    Eigen::VectorXd best_weights_;
};

// Each starts from the network's weights and leaves its last ones there; the best are in `progress`.
void train_adam(Perceptron& network, const TrainingTask& task, const AdamOptions& options, std::uint64_t seed,
                Progress& progress);
void train_lbfgs(Perceptron& network, const TrainingTask& task, const LbfgsOptions& options,
                 Progress& progress);
void train_levenberg_marquardt(Perceptron& network, const Samples& train, const Samples& check,
                               const LevenbergMarquardtOptions& options, int threads, Progress& progress);

}  // namespace tfqkd
