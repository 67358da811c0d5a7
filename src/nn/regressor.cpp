#include "tfqkd/nn/regressor.hpp"

#include <cassert>
#include <nlohmann/json.hpp>

#include "nn/json_matrix.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/nn/polynomial.hpp"
#include "tfqkd/nn/rbfnn.hpp"

namespace tfqkd {

namespace {

// The set that decides: `check`, or `train` when `check` has no rows.
const Samples& checked(const Samples& train, const Samples& check) {
    assert(train.inputs.rows() == train.targets.rows() && check.inputs.rows() == check.targets.rows());
    if (train.inputs.size() == 0 || train.targets.size() == 0)
        throw Error(ErrorKind::data, "training: there are no samples to learn from");
    if (!train.inputs.allFinite() || !train.targets.allFinite() || !check.inputs.allFinite() ||
        !check.targets.allFinite())
        throw Error(ErrorKind::data, "training: a sample holds a number that is not finite");
    if (check.inputs.rows() == 0) return train;
    assert(check.inputs.cols() == train.inputs.cols() && check.targets.cols() == train.targets.cols());
    return check;
}

}  // namespace

TrainingRecord Regressor::fit(const Samples& train, const Samples& check, std::uint64_t seed, int threads) {
    return learn(train, checked(train, check), seed, threads);
}

std::unique_ptr<Regressor> load_regressor(const nlohmann::json& saved) {
    const auto kind = text_member(saved, "kind");
    if (kind == "bpnn") return std::make_unique<Bpnn>(Bpnn::load(saved));
    if (kind == "rbfnn") return std::make_unique<Rbfnn>(Rbfnn::load(saved));
    if (kind == "polynomial") return std::make_unique<Polynomial>(Polynomial::load(saved));
    if (kind == "grnn") return std::make_unique<Grnn>(Grnn::load(saved));
    throw Error(ErrorKind::data, "saved model: kind '" + kind + "' must be bpnn, rbfnn, grnn or polynomial");
}

}  // namespace tfqkd
