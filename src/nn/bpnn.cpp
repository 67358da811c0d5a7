#include "tfqkd/nn/bpnn.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nn/json_matrix.hpp"
#include "nn/random.hpp"
#include "nn/require.hpp"
#include "nn/training.hpp"
#include "tfqkd/nn/loss.hpp"

namespace tfqkd {

namespace {

constexpr int most_weights_for_levenberg_marquardt = 6000;  // 0.3 GB of J^T J, 2 s a factorisation

std::vector<int> widths_of(const BpnnOptions& options, const Samples& train) {
    std::vector<int> widths{static_cast<int>(train.inputs.cols())};
    widths.insert(widths.end(), options.hidden.begin(), options.hidden.end());
    widths.push_back(static_cast<int>(train.targets.cols()));
    return widths;
}

int patience_of(const AdamOptions& adam) {
    return adam.decay == Decay::none ? adam.patience : std::max(adam.patience, adam.epochs / 2);
}

// One training from first weights drawn by `seed`.
Progress train_once(Perceptron& network, const BpnnOptions& options, const Samples& train,
                    const Samples& check, std::uint64_t seed, int threads) {
    const MeanSquare train_loss(train.targets), check_loss(check.targets);
    const TrainingTask task{train.inputs, train_loss, check.inputs, check_loss, threads};
    network.randomise(derived_seed(seed, 0));
    Progress progress;
    AdamOptions adam = options.adam;
    if (options.trainer != Trainer::adam) adam.epochs = options.warm_up_epochs;
    progress.start_stage(patience_of(adam));
    train_adam(network, task, adam, derived_seed(seed, 1), progress);
    if (options.trainer == Trainer::adam) return progress;
    if (adam.epochs > 0) network.set_weights(progress.best_weights());
    if (options.trainer == Trainer::lbfgs) {
        progress.start_stage(options.lbfgs.patience);
        train_lbfgs(network, task, options.lbfgs, progress);
    } else {
        progress.start_stage(options.levenberg_marquardt.patience);
        train_levenberg_marquardt(network, train, check, options.levenberg_marquardt, threads, progress);
    }
    return progress;
}

const char* name_of(Activation activation) { return activation == Activation::tanh ? "tanh" : "relu"; }

}  // namespace

void BpnnOptions::validate() const {
    for (const int width : hidden)
        require(width >= 1 && width <= 10000, "hidden", "be widths from 1 to 10000");
    require(hidden.size() <= 20, "hidden", "have at most 20 layers");
    require(warm_up_epochs >= 0, "warm_up_epochs", "be 0 or more");
    require(restarts >= 1, "restarts", "be 1 or more");
    require(adam.epochs >= 1, "adam.epochs", "be 1 or more");
    require(adam.patience >= 1, "adam.patience", "be 1 or more");
    require(adam.batch >= 1, "adam.batch", "be 1 or more");
    require(adam.rate > 0 && std::isfinite(adam.rate), "adam.rate", "be above 0 and finite");
    require(adam.last_rate >= 0 && adam.last_rate <= adam.rate, "adam.last_rate", "be from 0 to adam.rate");
    require(adam.step_epochs >= 1, "adam.step_epochs", "be 1 or more");
    require(adam.step_factor > 0 && adam.step_factor <= 1, "adam.step_factor", "be in (0, 1]");
    require(lbfgs.iterations >= 1, "lbfgs.iterations", "be 1 or more");
    require(lbfgs.patience >= 1, "lbfgs.patience", "be 1 or more");
    require(lbfgs.memory >= 1, "lbfgs.memory", "be 1 or more");
    const auto& marquardt = levenberg_marquardt;
    require(marquardt.iterations >= 1, "levenberg_marquardt.iterations", "be 1 or more");
    require(marquardt.patience >= 1, "levenberg_marquardt.patience", "be 1 or more");
    require(marquardt.damping > 0 && std::isfinite(marquardt.damping), "levenberg_marquardt.damping",
            "be above 0 and finite");
    require(marquardt.smallest_gain >= 0, "levenberg_marquardt.smallest_gain", "be 0 or more");
}

Bpnn::Bpnn(BpnnOptions options) : options_(std::move(options)) { options_.validate(); }

Bpnn::Bpnn(Perceptron network, BpnnOptions options) : Bpnn(std::move(options)) {
    network_ = std::move(network);
}

TrainingRecord Bpnn::learn(const Samples& train, const Samples& check, std::uint64_t seed, int threads) {
    Perceptron network(widths_of(options_, train), options_.activation);
    require(options_.trainer != Trainer::levenberg_marquardt ||
                network.weights().size() <= most_weights_for_levenberg_marquardt,
            "trainer", "not be Levenberg-Marquardt for more than 6000 weights");
    TrainingRecord best;
    for (int restart = 0; restart < options_.restarts; ++restart) {
        const auto progress =
            train_once(network, options_, train, check, derived_seed(seed, 100 + restart), threads);
        if (restart > 0 && !(progress.record().best_check_loss < best.best_check_loss)) continue;
        best = progress.record();
        network_ = network;
        network_.set_weights(progress.best_weights());
    }
    return best;
}

TrainingRecord Bpnn::train_on(const Matrix& train_inputs, const Loss& train_loss, const Matrix& check_inputs,
                              const Loss& check_loss, const BpnnOptions& how, std::uint64_t seed,
                              int threads) {
    how.validate();
    require(how.trainer != Trainer::levenberg_marquardt, "trainer",
            "be Adam or L-BFGS for a loss of one's own");
    const TrainingTask task{train_inputs, train_loss, check_inputs, check_loss, threads};
    Progress progress;
    progress.start_stage(how.trainer == Trainer::adam ? patience_of(how.adam) : how.lbfgs.patience);
    progress.add(network_.loss(train_inputs, train_loss, nullptr, threads),
                 network_.loss(check_inputs, check_loss, nullptr, threads), network_.weights());
    if (how.trainer == Trainer::adam)
        train_adam(network_, task, how.adam, derived_seed(seed, 1), progress);
    else
        train_lbfgs(network_, task, how.lbfgs, progress);
    network_.set_weights(progress.best_weights());
    return progress.record();
}

nlohmann::json Bpnn::save() const {
    auto layers = nlohmann::json::array();
    for (int l = 0; l < network_.layers(); ++l) {
        const auto weights = network_.layer(l);
        const auto in = weights.cols() - 1;
        layers.push_back({{"weights", matrix_to_json(weights.leftCols(in), "bpnn weights")},
                          {"bias", matrix_to_json(weights.col(in), "bpnn bias")}});
    }
    return {{"kind", kind()}, {"activation", name_of(network_.activation())}, {"layers", std::move(layers)}};
}

Bpnn Bpnn::load(const nlohmann::json& saved) {
    const auto& layers = member(saved, "layers");
    if (!layers.is_array() || layers.empty())
        throw Error(ErrorKind::data, "saved model: 'layers' must be a list of layers");
    const auto activation = text_member(saved, "activation");
    if (activation != "tanh" && activation != "relu")
        throw Error(ErrorKind::data, "saved model: 'activation' must be tanh or relu");
    std::vector<Matrix> weights;  // outputs x (inputs + 1)
    std::vector<int> widths;
    for (const auto& layer : layers) {
        Matrix matrix = matrix_member(layer, "weights", any_size, widths.empty() ? any_size : widths.back());
        if (widths.empty()) widths.push_back(static_cast<int>(matrix.cols()));
        widths.push_back(static_cast<int>(matrix.rows()));
        const Matrix bias = matrix_member(layer, "bias", matrix.rows(), 1);
        matrix.conservativeResize(Eigen::NoChange, matrix.cols() + 1);
        matrix.rightCols(1) = bias;
        weights.push_back(std::move(matrix));
    }
    Perceptron network(widths, activation == "tanh" ? Activation::tanh : Activation::relu);
    Eigen::VectorXd flat(network.weights().size());
    for (int l = 0; l < network.layers(); ++l)
        flat.segment(network.offset(l), weights[l].size()) = weights[l].reshaped();
    network.set_weights(flat);
    return Bpnn(std::move(network));
}

}  // namespace tfqkd
