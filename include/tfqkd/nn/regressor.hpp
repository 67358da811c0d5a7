#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string_view>
#include <vector>

namespace tfqkd {

using Matrix = Eigen::MatrixXd;

// Inputs and targets of a supervised problem, one sample a row, already scaled to about zero mean and unit
// spread.
struct Samples {
    Matrix inputs;   // samples x inputs
    Matrix targets;  // samples x outputs
};

// What a training run did.
struct TrainingRecord {
    std::vector<double> train_loss, check_loss;  // after each epoch (or each added block of centres)
    int best_epoch = 0;                          // whose weights were kept
    double best_check_loss = 0;
};

// What a network calculates in.
enum class Precision { double_precision, single_precision };

// A measure of how bad predictions are, to be made small. `rows` gives each predicted row's index in the set
// that the loss was made for.
class Loss {
  public:
    virtual ~Loss() = default;
    // predicted: samples x outputs. Returns the mean over the samples; with `slope`, its derivative by
    // `predicted`.
    virtual double operator()(const Matrix& predicted, std::span<const int> rows, Matrix* slope) const = 0;
};

// A map from inputs to outputs that is learned from samples. It knows matrices, nothing of what they mean.
class Regressor {
  public:
    virtual ~Regressor() = default;
    virtual std::string_view kind() const = 0;  // "bpnn", "rbfnn", "grnn"
    virtual int inputs() const = 0;
    virtual int outputs() const = 0;
    // Learns from `train`; `check` decides when to stop and which settings to keep (an empty one leaves
    // both to `train`). Throws Error (data) when there are no samples or a number is not finite. The same
    // data and seed give the same bits, with any number of threads.
    TrainingRecord fit(const Samples& train, const Samples& check, std::uint64_t seed, int threads = 1);
    virtual Matrix predict(const Matrix& inputs) const = 0;  // samples x inputs -> samples x outputs
    // The same in single precision where a network can; good to some 1e-6 of an output's spread.
    virtual Matrix predict_in_single(const Matrix& inputs) const { return predict(inputs); }
    virtual void predict_one(std::span<const double> input,
                             std::span<double> output) const = 0;  // one sample, fast
    virtual nlohmann::json save() const = 0;  // throws Error (data) if a weight is not finite

  private:
    // Of samples that are finite; neither set is empty.
    virtual TrainingRecord learn(const Samples& train, const Samples& check, std::uint64_t seed,
                                 int threads) = 0;
};

// Rebuilds what save() wrote. Throws Error (data) when a shape is wrong, a number is not finite or the kind
// is unknown.
std::unique_ptr<Regressor> load_regressor(const nlohmann::json& saved);

}  // namespace tfqkd
