#include <Eigen/LU>

#include "catch.hpp"
#include "nn/greedy_centres.hpp"
#include "nn/k_means.hpp"
#include "nn/radial_basis.hpp"
#include "nn/radial_spreads.hpp"
#include "nn/ridge.hpp"
#include "nn/steepness.hpp"
#include "nn_data.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/nn/loss.hpp"
#include "tfqkd/nn/rbfnn.hpp"

using namespace tfqkd;

namespace {

Eigen::VectorXd alike(double spread, int inputs = 3) { return Eigen::VectorXd::Constant(inputs, spread); }

}  // namespace

TEST_CASE("a basis function is one half at one spread", "[nn][rbfnn]") {
    const Matrix centre = Matrix::Zero(1, 2);
    Matrix samples(3, 2);
    samples << 0, 0, 0.6, 0.8, 3, 0;
    const Matrix activation = activations(samples, centre, alike(1, 2));
    CHECK(activation(0, 0) == 1);
    CHECK(activation(1, 0) == Approx(0.5).epsilon(1e-14));
    CHECK(activation(2, 0) == Approx(std::pow(0.5, 9)).epsilon(1e-14));
    const Matrix uneven = activations(samples, centre, Eigen::VectorXd{{3.0, 0.1}});
    CHECK(uneven(1, 0) == Approx(std::pow(0.5, 64.04)).epsilon(1e-13));
    CHECK(uneven(2, 0) == Approx(0.5).epsilon(1e-14));
}

TEST_CASE("with every sample a centre the network interpolates", "[nn][rbfnn]") {
    const auto train = smooth_samples(120, 1);
    Rbfnn network({.centres = Centres::every_sample, .ridge = 1e-12, .spreads = {0.5}});
    network.fit(train, {}, 1);
    REQUIRE(network.fields().size() == 1);
    CHECK(largest_difference(network.fields()[0].centres, train.inputs / 0.5) < 1e-15);
    CHECK(largest_difference(network.predict(train.inputs), train.targets) < 1e-6);
}

TEST_CASE("each added centre lowers the error, down to interpolation", "[nn][rbfnn]") {
    const auto train = smooth_samples(80, 1);
    GreedyCentres greedy(train, train.inputs, alike(0.6), 80);
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
            activations(train.inputs, train.inputs(greedy.chosen(), Eigen::all), alike(0.6));
        CHECK(mean_square(design * greedy.weights(), train.targets) == Approx(previous).epsilon(1e-5));
    }
    CHECK(added >= 79);  // with the bias, 79 columns span all
    CHECK(previous < 1e-12);
}

TEST_CASE("the first centre is the one that lowers the error most", "[nn][rbfnn]") {
    const auto train = smooth_samples(40, 2);
    const auto error_with = [&](int centre) {
        Matrix design(40, 2);
        design << Matrix::Ones(40, 1), activations(train.inputs, train.inputs.row(centre), alike(0.8));
        const Matrix weights = (design.transpose() * design).inverse() * design.transpose() * train.targets;
        return mean_square(design * weights, train.targets);
    };
    GreedyCentres greedy(train, train.inputs, alike(0.8), 1);
    REQUIRE(greedy.add());
    const double taken = error_with(greedy.chosen()[0]);
    CHECK(greedy.mean_square() == Approx(taken).epsilon(1e-9));
    for (int centre = 0; centre < 40; ++centre) CHECK(error_with(centre) >= taken * (1 - 1e-9));
}

TEST_CASE("the network learns a smooth function and finds its spreads", "[nn][rbfnn]") {
    const auto train = smooth_samples(500, 1), check = smooth_samples(200, 2), test = smooth_samples(200, 3);
    for (const Centres centres : {Centres::greedy, Centres::k_means}) {
        Rbfnn network({.centres = centres, .max_centres = 60});
        const auto record = network.fit(train, check, 1);
        REQUIRE(network.fields().size() == 1);
        CHECK(network.fields()[0].centres.rows() <= 60);
        CHECK(record.best_check_loss == mean_square(network.predict(check.inputs), check.targets));
        CHECK(mean_square(network.predict(test.inputs), test.targets) < 1e-4);
        CHECK(largest_difference(predict_each(network, test.inputs), network.predict(test.inputs)) < 1e-8);
        Rbfnn narrow({.centres = centres, .max_centres = 60, .spreads = {0.3}});
        CHECK(narrow.fit(train, check, 1).best_check_loss > 10 * record.best_check_loss);
    }
}

TEST_CASE("radial spreads tell inputs that matter from those that do not", "[nn][rbfnn]") {
    Samples train{random_matrix(600, 3, 1), {}};
    train.targets = (4 * train.inputs.col(1)).array().sin();
    const auto spreads = find_radial_spreads(train, 1);
    CHECK(spreads[0] > 5 * spreads[1]);
    CHECK(spreads[2] > 5 * spreads[1]);
}

// A step across an oblique line: along either input it is as steep as along the other.
Samples oblique_step(int rows, std::uint64_t seed) {
    Samples samples{random_matrix(rows, 3, seed), {}};
    const Eigen::ArrayXd across = (samples.inputs.col(0) + samples.inputs.col(1)).array();
    samples.targets = ((12 * across).tanh() + 0.3 * samples.inputs.col(2).array().sin()).matrix();
    return samples;
}

TEST_CASE("a second field of centres follows an oblique step", "[nn][rbfnn]") {
    const Samples train = oblique_step(1500, 1), check = oblique_step(300, 2), test = oblique_step(500, 3);
    const auto error = [&](int fields) {
        Rbfnn network({.max_centres = 120, .fields = fields});
        network.fit(train, check, 1);
        CHECK(static_cast<int>(network.fields().size()) == fields);
        CHECK(network.weights().rows() == 120);
        CHECK(largest_difference(predict_each(network, test.inputs), network.predict(test.inputs)) < 1e-7);
        return mean_square(network.predict(test.inputs), test.targets);
    };
    CHECK(error(2) < 0.3 * error(1));
    // The steepest direction of the metric is the one across the step.
    Rbfnn network({.max_centres = 120});
    network.fit(train, check, 1);
    const Eigen::RowVectorXd steepest = steepness_metric(network, train.inputs).row(2).normalized();
    CHECK(std::abs(steepest[0]) == Approx(std::sqrt(0.5)).epsilon(0.02));
    CHECK(steepest[0] == Approx(steepest[1]).epsilon(0.05));
}

TEST_CASE("means of far groups are found", "[nn][rbfnn]") {
    Matrix points(300, 2);
    for (int row = 0; row < 300; ++row) points.row(row) << 10 * (row % 3), (row % 3 == 1 ? 7 : 0);
    points += 0.1 * random_matrix(300, 2, 4);
    const Matrix means = k_means(points, 30, 50, 2);  // enough to begin in each group
    CHECK(means.rows() == 30);
    double farthest = 0;
    for (int row = 0; row < 300; ++row)
        farthest = std::max(farthest, (means.rowwise() - points.row(row)).rowwise().norm().minCoeff());
    CHECK(farthest < 0.3);
    CHECK(k_means(points.topRows(5), 9, 10, 1).rows() == 5);
    const Matrix one = k_means(points, 1, 10, 1);
    CHECK(largest_difference(one, points.colwise().mean()) < 1e-12);
}

TEST_CASE("least squares in blocks are those of all rows at once", "[nn][rbfnn]") {
    Matrix design = random_matrix(90, 6, 3);
    design.col(0).setOnes();
    const Matrix targets = random_matrix(90, 2, 4);
    LeastSquares squares(6, 2);
    for (const auto& [start, rows] : {std::pair{0, 40}, {40, 3}, {43, 47}})
        squares.add(design.middleRows(start, rows), targets.middleRows(start, rows));
    Matrix gram = design.transpose() * design;
    CHECK(largest_difference(squares.weights(0), gram.inverse() * design.transpose() * targets) < 1e-12);
    gram.diagonal().tail(5).array() += 90 * 0.01;
    CHECK(largest_difference(squares.weights(0.01), gram.inverse() * design.transpose() * targets) < 1e-12);
}

TEST_CASE("cross-validation's ridge is that of the hat matrix written out", "[nn][rbfnn]") {
    Matrix design = random_matrix(60, 12, 3), targets = random_matrix(60, 2, 4);
    for (int column = 0; column < 12; ++column) design.col(column) *= std::pow(10.0, -column / 2.0);
    design.col(0).setOnes();
    for (const double noise : {1e-7, 1e-4, 1.0}) {
        const Matrix wanted = design * Matrix::Ones(12, 2) + noise * targets;
        LeastSquares squares(12, 2);
        squares.add(design, wanted);
        double best = 0, least = 1e300;
        for (const double ridge : {1e-16, 1e-15, 1e-14, 1e-13, 1e-11, 1e-9, 1e-7}) {
            Matrix damped = design.transpose() * design;
            damped.diagonal().tail(11).array() += 60 * ridge;
            const Matrix hat = design * damped.fullPivLu().solve(design.transpose());
            const double score = (wanted - hat * wanted).squaredNorm() / std::pow(60 - hat.trace(), 2);
            if (score >= least) continue;
            least = score;
            best = ridge;
        }
        INFO("noise " << noise);
        CHECK(squares.best_ridge() == best);
    }
}

TEST_CASE("a goal ends the adding of centres", "[nn][rbfnn]") {
    const auto train = smooth_samples(300, 1);
    Rbfnn network({.centres = Centres::greedy, .goal = 1e-2, .spreads = {1}});
    const auto record = network.fit(train, {}, 1);
    CHECK(record.train_loss.back() <= 1e-2);
    CHECK(network.weights().rows() < 30);
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
    Rbfnn uneven({.spreads = {1, 2}});
    CHECK_THROWS_WITH(uneven.fit(smooth_samples(30, 1), {}, 1), contains_text("one for each input"));
}
