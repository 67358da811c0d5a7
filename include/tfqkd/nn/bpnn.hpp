#pragma once

#include <vector>

#include "tfqkd/nn/perceptron.hpp"
#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

enum class Trainer { adam, lbfgs, levenberg_marquardt };
enum class Decay { none, cosine, step };

// `patience`: epochs or iterations without a better check loss before training stops.
struct AdamOptions {
    int epochs = 200;
    int patience = 100;  // at least half of the epochs where the rate falls: it is best at the end
    int batch = 64;
    double rate = 3e-3;
    Decay decay = Decay::cosine;
    double last_rate = 1e-5;   // cosine: reached at the last epoch
    int step_epochs = 50;      // step: every so many epochs
    double step_factor = 0.5;  // the rate is multiplied by this
};

struct LbfgsOptions {
    int iterations = 3000;
    int memory = 30;
    int patience = 300;
};

struct LevenbergMarquardtOptions {
    int iterations = 200;
    int patience = 50;
    double damping = 1e-2;  // at the start
    double smallest_gain =
        1e-6;  // stop when a step gains less than this fraction of the loss, ten times running
};

struct BpnnOptions {
    std::vector<int> hidden = {32, 16};
    Activation activation = Activation::tanh;
    Trainer trainer = Trainer::levenberg_marquardt;
    int warm_up_epochs = 5;  // of Adam, ahead of the other trainers
    int restarts = 1;        // trainings from different first weights, of which the best on check is kept
    AdamOptions adam;
    LbfgsOptions lbfgs;
    LevenbergMarquardtOptions levenberg_marquardt;

    void validate() const;  // throws Error (usage) naming the field and the rule
};

// The multilayer perceptron, trained by back-propagated derivatives.
class Bpnn : public Regressor {
  public:
    explicit Bpnn(BpnnOptions options = {});
    // Starts from given weights, such as saved ones.
    explicit Bpnn(Perceptron network, BpnnOptions options = {});

    std::string_view kind() const override { return "bpnn"; }
    int inputs() const override { return network_.widths().empty() ? 0 : network_.widths().front(); }
    int outputs() const override { return network_.widths().empty() ? 0 : network_.widths().back(); }
    Matrix predict(const Matrix& inputs) const override { return network_.predict(inputs); }
    Matrix predict_in_single(const Matrix& inputs) const override {
        return network_.predict_in_single(inputs);
    }
    void predict_one(std::span<const double> input, std::span<double> output) const override {
        network_.predict_one(input, output);
    }
    nlohmann::json save() const override;
    static Bpnn load(const nlohmann::json& saved);  // throws Error (data)

    // Trains on from the present weights, on any loss, by `how`'s trainer (not Levenberg-Marquardt) without
    // warm-up. The weights kept are never worse on check than the present ones.
    TrainingRecord train_on(const Matrix& train_inputs, const Loss& train_loss, const Matrix& check_inputs,
                            const Loss& check_loss, const BpnnOptions& how, std::uint64_t seed,
                            int threads = 1);

    const Perceptron& network() const { return network_; }
    Perceptron& network() { return network_; }

  private:
    TrainingRecord learn(const Samples& train, const Samples& check, std::uint64_t seed,
                         int threads) override;
    BpnnOptions options_;
    Perceptron network_;
};

}  // namespace tfqkd
