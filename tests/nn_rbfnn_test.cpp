#include <Eigen/LU>

#include "catch.hpp"
#include "nn/greedy_centres.hpp"
#include "nn/radial_basis.hpp"
#include "nn_data.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/nn/loss.hpp"
#include "tfqkd/nn/rbfnn.hpp"

using namespace tfqkd;

TEST_CASE("a basis function is one half at one spread", "[nn][rbfnn]") {
    const Matrix centre = Matrix::Zero(1, 2);
    Matrix samples(3, 2);
    samples << 0, 0, 0.6, 0.8, 3, 0;
    const Matrix activation = activations(samples, centre, 1);
    CHECK(activation(0, 0) == 1);
    CHECK(activation(1, 0) == Approx(0.5).epsilon(1e-14));
    CHECK(activation(2, 0) == Approx(std::pow(0.5, 9)).epsilon(1e-14));
}

TEST_CASE("with every sample a centre the network interpolates", "[nn][rbfnn]") {
    const auto train = smooth_samples(120, 1);
    Rbfnn network({.centres = Centres::every_sample, .ridge = 1e-12, .spreads = {0.5}});
    network.fit(train, {}, 1);
    CHECK(network.centres() == train.inputs);
    CHECK(largest_difference(network.predict(train.inputs), train.targets) < 1e-6);
}

TEST_CASE("each added centre lowers the error, down to interpolation", "[nn][rbfnn]") {
    const auto train = smooth_samples(80, 1);
    GreedyCentres greedy(train, train.inputs, 0.6, 80);
    double previous = greedy.mean_square();
    CHECK(previous == Approx(mean_square(train.targets.colwise().mean().replicate(80, 1), train.targets)));
    int added = 0;
    while (added < 80 && greedy.add()) {
        ++added;
        CHECK(greedy.mean_square() <= previous);
        previous = greedy.mean_square();
        if (added % 20 != 0 || added == 80) continue;
        Matrix design(80, added + 1);
        design << Matrix::Ones(80, 1),
            activations(train.inputs, train.inputs(greedy.chosen(), Eigen::all), 0.6);
        CHECK(mean_square(design * greedy.weights(), train.targets) == Approx(previous).epsilon(1e-5));
    }
    CHECK(added >= 79);  // with the bias, 79 columns span all
    CHECK(previous < 1e-12);
}

TEST_CASE("the first centre is the one that lowers the error most", "[nn][rbfnn]") {
    const auto train = smooth_samples(40, 2);
    const auto error_with = [&](int centre) {
        Matrix design(40, 2);
        design << Matrix::Ones(40, 1), activations(train.inputs, train.inputs.row(centre), 0.8);
        const Matrix weights = (design.transpose() * design).inverse() * design.transpose() * train.targets;
        return mean_square(design * weights, train.targets);
    };
    GreedyCentres greedy(train, train.inputs, 0.8, 1);
    REQUIRE(greedy.add());
    const double taken = error_with(greedy.chosen()[0]);
    CHECK(greedy.mean_square() == Approx(taken).epsilon(1e-9));
    for (int centre = 0; centre < 40; ++centre) CHECK(error_with(centre) >= taken * (1 - 1e-9));
}

TEST_CASE("the greedy network learns a smooth function and chooses its spread", "[nn][rbfnn]") {
    const auto train = smooth_samples(500, 1), check = smooth_samples(200, 2), test = smooth_samples(200, 3);
    double best_alone = 1e300;
    for (const double spread : {0.3, 1.0, 2.0}) {
        Rbfnn alone({.max_centres = 60, .spreads = {spread}});
        best_alone = std::min(best_alone, alone.fit(train, check, 1).best_check_loss);
    }
    Rbfnn network({.max_centres = 60, .spreads = {0.3, 1.0, 2.0}});
    const auto record = network.fit(train, check, 1);
    CHECK(record.best_check_loss == best_alone);
    CHECK(network.centres().rows() <= 60);
    CHECK(mean_square(network.predict(test.inputs), test.targets) < 1e-4);
    CHECK(largest_difference(predict_each(network, test.inputs), network.predict(test.inputs)) < 1e-8);
}

TEST_CASE("a goal ends the adding of centres", "[nn][rbfnn]") {
    const auto train = smooth_samples(300, 1);
    Rbfnn network({.goal = 1e-2, .spreads = {1}});
    const auto record = network.fit(train, {}, 1);
    CHECK(record.train_loss.back() <= 1e-2);
    CHECK(network.centres().rows() < 30);
}

TEST_CASE("targets without any spread are learned too", "[nn][rbfnn]") {
    Samples train = smooth_samples(30, 1);
    train.targets.setConstant(0.7);
    Rbfnn network;
    network.fit(train, {}, 1);
    CHECK(largest_difference(network.predict(train.inputs), train.targets) < 1e-9);
}

TEST_CASE("radial basis options out of range are named", "[nn][rbfnn]") {
    CHECK_THROWS_WITH(Rbfnn({.max_centres = 0}), contains_text("max_centres"));
    CHECK_THROWS_WITH(Rbfnn({.spreads = {1, -1}}), contains_text("spreads"));
}
