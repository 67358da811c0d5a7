#include <limits>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "nn_data.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/nn/rbfnn.hpp"

using namespace tfqkd;
using nlohmann::json;

namespace {

std::vector<std::unique_ptr<Regressor>> fitted_networks() {
    const auto train = smooth_samples(150, 1), check = smooth_samples(50, 2);
    BpnnOptions bpnn;
    bpnn.hidden = {6, 5};
    bpnn.levenberg_marquardt.iterations = 3;
    std::vector<std::unique_ptr<Regressor>> networks;
    networks.push_back(std::make_unique<Bpnn>(bpnn));
    bpnn.activation = Activation::relu;
    networks.push_back(std::make_unique<Bpnn>(bpnn));
    networks.push_back(std::make_unique<Rbfnn>(RbfnnOptions{.max_centres = 20}));
    networks.push_back(std::make_unique<Grnn>(GrnnOptions{.order = 0}));
    networks.push_back(std::make_unique<Grnn>(GrnnOptions{.neighbours = 40, .tree_above = 100}));
    for (auto& network : networks) network->fit(train, check, 1);
    return networks;
}

// Every single thing of a saved network spoilt in turn, by each of some values.
void check_each_spoilt(const json& whole, const json::json_pointer& place, const json& part) {
    for (const json& bad :
         {json(nullptr), json("x"), json(-1), json(4000000000u), json::array(), json::object()}) {
        if (bad == part) continue;
        auto spoilt = whole;
        spoilt[place] = bad;
        const bool harmless =
            part.is_number() && bad.is_number() && place.to_string().find("data") != std::string::npos;
        const bool number = place.back() == "tree_above" || place.back() == "spread" ||
                            place.back() == "ridge" || place.back() == "neighbours";
        if (harmless || (number && bad.is_number() && bad != -1)) continue;
        INFO(place.to_string() << " = " << bad.dump());
        CHECK_THROWS_AS(load_regressor(spoilt), Error);
    }
    if (part.is_object())
        for (const auto& [key, value] : part.items()) check_each_spoilt(whole, place / key, value);
    if (part.is_array() && !part.empty()) check_each_spoilt(whole, place / 0, part[0]);
}

}  // namespace

TEST_CASE("a loaded network predicts the same bits", "[nn][save]") {
    const Matrix queries = random_matrix(40, 3, 9);
    for (const auto& network : fitted_networks()) {
        const auto loaded = load_regressor(json::parse(network->save().dump()));
        INFO(network->kind());
        CHECK(loaded->kind() == network->kind());
        CHECK(loaded->inputs() == 3);
        CHECK(loaded->outputs() == 2);
        CHECK(loaded->predict(queries) == network->predict(queries));
        CHECK(predict_each(*loaded, queries) == predict_each(*network, queries));
        CHECK(loaded->save() == network->save());
    }
}

TEST_CASE("a spoilt file is refused with an Error", "[nn][save]") {
    for (const auto& network : fitted_networks()) {
        const auto saved = network->save();
        for (const auto& [key, value] : saved.items()) {
            auto without = saved;
            without.erase(key);
            CHECK_THROWS_AS(load_regressor(without), Error);
            check_each_spoilt(saved, json::json_pointer() / key, value);
        }
    }
    CHECK_THROWS_AS(load_regressor(json(3)), Error);
}

TEST_CASE("shapes are checked before anything is allocated", "[nn][save]") {
    Rbfnn network({.max_centres = 5});
    network.fit(smooth_samples(20, 1), {}, 1);
    for (const auto& [rows, cols] :
         {std::pair{2147483647, 2147483647}, {1, 2147483647}, {65536, 65536}, {0, 0}}) {
        auto saved = network.save();
        saved["fields"][0]["centres"]["rows"] = rows;
        saved["fields"][0]["centres"]["cols"] = cols;
        CHECK_THROWS_AS(load_regressor(saved), Error);
    }
}

TEST_CASE("weights that are not finite are neither saved nor loaded", "[nn][save]") {
    Perceptron network({3, 2, 2}, Activation::tanh);
    Eigen::VectorXd weights = network.weights();
    weights[4] = std::numeric_limits<double>::infinity();
    network.set_weights(weights);
    CHECK_THROWS_AS(Bpnn(network).save(), Error);
    weights[4] = 1;
    network.set_weights(weights);
    auto saved = Bpnn(network).save();
    saved["layers"][1]["bias"]["data"][0] = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(load_regressor(saved), Error);
}
