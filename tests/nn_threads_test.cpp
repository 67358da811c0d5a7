#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "nn_data.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/nn/loss.hpp"
#include "tfqkd/nn/output_layer.hpp"
#include "tfqkd/nn/polynomial.hpp"
#include "tfqkd/nn/rbfnn.hpp"

using namespace tfqkd;

namespace {

// More samples than go into one part, and more than a whole number of parts.
constexpr Eigen::Index many = 2333;

template <class Network, class Options>
std::string trained(const Options& options, int threads) {
    Network network(options);
    network.fit(smooth_samples(many, 1), smooth_samples(1100, 2), 3, threads);
    return network.save().dump();
}

template <class Network, class Options>
void check_threads(const Options& options) {
    const std::string one = trained<Network>(options, 1);
    CHECK(one.size() > 300);
    CHECK(trained<Network>(options, 3) == one);
}

}  // namespace

TEST_CASE("a network is the same to the bit, however many threads train it", "[nn][threads]") {
    BpnnOptions bpnn;
    bpnn.hidden = {7, 5};
    bpnn.levenberg_marquardt.iterations = 3;
    check_threads<Bpnn>(bpnn);
    bpnn.trainer = Trainer::lbfgs;
    bpnn.lbfgs.iterations = 5;
    check_threads<Bpnn>(bpnn);
    RbfnnOptions rbfnn;
    rbfnn.max_centres = 120;  // in two fields
    check_threads<Rbfnn>(rbfnn);
    GrnnOptions grnn;
    grnn.queries = 90;
    grnn.iterations = 3;
    check_threads<Grnn>(grnn);
    check_threads<Polynomial>(PolynomialOptions{});
}

TEST_CASE("an output layer is trained to the same bits on any number of threads", "[nn][threads]") {
    const Samples samples = smooth_samples(many, 1);
    const MeanSquare loss(samples.targets);
    RbfnnOptions rbfnn;
    rbfnn.max_centres = 30;
    rbfnn.spreads = {1};
    OutputLayerOptions options;
    options.iterations = 4;
    const auto layer = [&](int threads) {
        Rbfnn network(rbfnn);
        network.fit(samples, {}, 1);
        network.set_output_layer(Matrix::Zero(31, 2));
        train_output_layer(network, samples.inputs, loss, samples.inputs, loss, options, 1, threads);
        return network.output_layer();
    };
    const Matrix one = layer(1);
    CHECK(one.norm() > 0);
    CHECK(layer(3) == one);
}
