#include "tfqkd/learn/key_rate_training.hpp"

#include <algorithm>
#include <cmath>

#include "tfqkd/error.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/output_layer.hpp"

namespace tfqkd {

namespace {

constexpr int rounds = 4;             // of Adam without labels; references are renewed between them
constexpr int stages = 2;             // of L-BFGS after that: the first one brings in more links
constexpr double small_share = 1e-4;  // of the root of the transmittance

void require_at_least(int value, int least, const std::string& field) {
    if (value < least)
        throw Error(ErrorKind::usage, field + " must be " + std::to_string(least) + " or more");
}

BpnnOptions lbfgs(const KeyRateOptions& options) {
    BpnnOptions how;
    how.trainer = Trainer::lbfgs;
    how.lbfgs = {options.iterations, options.memory, options.patience};
    return how;
}

BpnnOptions adam_round(const KeyRateOptions& options, int round) {
    BpnnOptions how;
    how.trainer = Trainer::adam;
    how.adam.epochs = std::max(options.epochs / rounds, 1);
    how.adam.patience = how.adam.epochs;
    how.adam.batch = 128;
    how.adam.rate = 4e-3 * std::pow(0.5, round);
    return how;
}

Eigen::ArrayXd scores(const Regressor& network, const KeyRateSet& set) {
    return set.loss.scores(network.predict(set.inputs));
}

KeyRateSet rows_with_key(const KeyRateSet& set, const Eigen::ArrayXd& found) {
    std::vector<Eigen::Index> rows;
    for (Eigen::Index row = 0; row < found.size(); ++row)
        if (found[row] > 0) rows.push_back(row);
    return {set.inputs(rows, Eigen::all), set.loss.part(rows)};
}

}  // namespace

void KeyRateOptions::validate() const {
    require_at_least(iterations, 1, "iterations");
    require_at_least(memory, 1, "memory");
    require_at_least(patience, 1, "patience");
    require_at_least(epochs, 1, "epochs");
}

Eigen::ArrayXd small_rates(const Columns& links) {
    const double nepers_a_db = std::log(10.0) / 10;
    return small_share * links.col(2) * (-0.5 * nepers_a_db * (links.col(0) + links.col(1))).exp();
}

void require_key_rate_trainable(const Regressor& network, bool labels) {
    if (dynamic_cast<const Bpnn*>(&network)) return;
    if (!labels)
        throw Error(ErrorKind::usage,
                    std::string(network.kind()) + " can't be trained without labels; only bpnn can");
    if (!dynamic_cast<const LinearOutput*>(&network))
        throw Error(ErrorKind::usage, std::string(network.kind()) +
                                          " can't be trained on the key rate; only bpnn and rbfnn can");
}

TrainingRecord train_on_key_rate(Regressor& network, const KeyRateSet& train, const KeyRateSet& check,
                                 const KeyRateOptions& options, std::uint64_t seed, int threads) {
    options.validate();
    require_key_rate_trainable(network, true);
    if (auto* bpnn = dynamic_cast<Bpnn*>(&network))
        return bpnn->train_on(train.inputs, train.loss, check.inputs, check.loss, lbfgs(options), seed,
                              threads);
    OutputLayerOptions how;
    how.iterations = options.iterations;
    how.memory = options.memory;
    how.patience = options.patience;
    return train_output_layer(dynamic_cast<LinearOutput&>(network), train.inputs, train.loss, check.inputs,
                              check.loss, how, seed, threads);
}

TrainingRecord train_without_labels(Regressor& network, KeyRateSet train, KeyRateSet check,
                                    const KeyRateOptions& options, std::uint64_t seed, int threads) {
    options.validate();
    require_key_rate_trainable(network, false);
    auto* const bpnn = dynamic_cast<Bpnn*>(&network);
    Eigen::ArrayXd found = scores(network, train), found_check = scores(network, check);
    const auto renew = [&] {
        const Eigen::ArrayXd now = scores(network, train), now_check = scores(network, check);
        train.loss.raise_reference(now);
        check.loss.raise_reference(now_check);
        found = found.max(now);
        found_check = found_check.max(now_check);
    };
    for (int round = 0; round < rounds; ++round) {
        bpnn->train_on(train.inputs, train.loss, check.inputs, check.loss, adam_round(options, round),
                       seed + static_cast<std::uint64_t>(round), threads);
        renew();
    }
    TrainingRecord record;
    KeyRateOptions stage = options;
    stage.iterations = (options.iterations + stages - 1) / stages;
    for (int k = 0; k < stages; ++k) {
        const KeyRateSet with_key = rows_with_key(train, found),
                         check_with_key = rows_with_key(check, found_check);
        if (with_key.inputs.rows() == 0 || check_with_key.inputs.rows() == 0)
            throw Error(ErrorKind::data,
                        "no key was found on any link; the links are too long, or give --data with "
                        "optima as 'tfqkd generate' finds them");
        record = train_on_key_rate(network, with_key, check_with_key, stage, seed, threads);
        renew();
    }
    return record;
}

}  // namespace tfqkd
