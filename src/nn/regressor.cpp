#include "tfqkd/nn/regressor.hpp"

#include <nlohmann/json.hpp>

#include "nn/json_matrix.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/nn/polynomial.hpp"
#include "tfqkd/nn/rbfnn.hpp"

namespace tfqkd {

std::unique_ptr<Regressor> load_regressor(const nlohmann::json& saved) {
    const auto kind = text_member(saved, "kind");
    if (kind == "bpnn") return std::make_unique<Bpnn>(Bpnn::load(saved));
    if (kind == "rbfnn") return std::make_unique<Rbfnn>(Rbfnn::load(saved));
    if (kind == "polynomial") return std::make_unique<Polynomial>(Polynomial::load(saved));
    if (kind == "grnn") return std::make_unique<Grnn>(Grnn::load(saved));
    throw Error(ErrorKind::data, "saved model: kind '" + kind + "' must be bpnn, rbfnn, grnn or polynomial");
}

}  // namespace tfqkd
