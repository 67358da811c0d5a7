#include <cmath>
#include <numeric>

#include "catch.hpp"
#include "nn/leave_one_out.hpp"
#include "nn_data.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/nn/loss.hpp"

using namespace tfqkd;

namespace {

std::vector<int> all_rows(int count) {
    std::vector<int> rows(count);
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
}

}  // namespace

TEST_CASE("three patterns give the closed form", "[nn][grnn]") {
    Samples patterns{Matrix(3, 1), Matrix(3, 1)};
    patterns.inputs << 0, 1, 3;
    patterns.targets << 2, -1, 5;
    const Grnn network(patterns, Eigen::VectorXd::Constant(1, 0.5), {.order = 0});
    // At 1 the distances are 2, 0 and 4 spreads.
    const double a = std::exp(-2.0), b = 1, c = std::exp(-8.0);
    CHECK(network.predict(Matrix::Ones(1, 1))(0, 0) ==
          Approx((2 * a - b + 5 * c) / (a + b + c)).epsilon(1e-14));
    // Far from all patterns only the nearest counts.
    CHECK(network.predict(Matrix::Constant(1, 1, 1e6))(0, 0) == 5);
    CHECK(network.predict(Matrix::Constant(1, 1, -1e6))(0, 0) == 2);
}

TEST_CASE("the straight fit repeats a straight function, at the edge too", "[nn][grnn]") {
    Samples patterns{random_matrix(200, 2, 1), {}};
    patterns.targets = patterns.inputs * Matrix{{1.0, -2.0, 0.5}, {0.3, 0.7, -1.0}};
    const Grnn network(patterns, Eigen::VectorXd::Constant(2, 0.3), {.order = 1, .ridge = 1e-12});
    const Matrix corners{{1.0, 1.0}, {-1.0, 1.0}, {1.2, 0.0}};
    CHECK(largest_difference(network.predict(corners), corners * Matrix{{1.0, -2.0, 0.5}, {0.3, 0.7, -1.0}}) <
          1e-8);
}

TEST_CASE("the fit with squares repeats a parabola", "[nn][grnn]") {
    Samples patterns{random_matrix(300, 2, 1), {}};
    const auto parabola = [](const Matrix& x) -> Matrix {
        return (1 + x.col(0).array() * x.col(1).array() - 2 * x.col(1).array().square()).matrix();
    };
    patterns.targets = parabola(patterns.inputs);
    const Grnn network(patterns, Eigen::VectorXd::Constant(2, 0.4), {.order = 2, .ridge = 1e-12});
    const Matrix corners{{1.0, 1.0}, {-1.0, 1.0}, {1.2, 0.0}};
    CHECK(largest_difference(network.predict(corners), parabola(corners)) < 1e-6);
}

TEST_CASE("the leave-one-out slope agrees with differences", "[nn][grnn]") {
    const auto samples = smooth_samples(60, 1);
    for (const int order : {0, 1, 2}) {
        const LeaveOneOut error(samples, all_rows(60), order, 1e-3);
        const Eigen::VectorXd point{{std::log(0.3), std::log(0.5), std::log(0.4)}};
        Eigen::VectorXd gradient;
        error(point, &gradient);
        for (int d = 0; d < 3; ++d) {
            Eigen::VectorXd moved = point;
            moved[d] += 1e-5;
            const double up = error(moved, nullptr);
            moved[d] -= 2e-5;
            INFO("order " << order << ", input " << d);
            CHECK(gradient[d] == Approx((up - error(moved, nullptr)) / 2e-5).epsilon(1e-5));
        }
    }
}

TEST_CASE("the leave-one-out error is that of a network without the sample", "[nn][grnn]") {
    const auto samples = smooth_samples(30, 1);
    const Eigen::VectorXd spreads{{0.3, 0.5, 0.4}};
    for (const int order : {0, 1, 2}) {
        double sum = 0;
        for (int left_out = 0; left_out < 30; ++left_out) {
            auto rows = all_rows(30);
            rows.erase(rows.begin() + left_out);
            const Samples others{samples.inputs(rows, Eigen::all), samples.targets(rows, Eigen::all)};
            const Grnn network(others, spreads, {.order = order});
            sum += mean_square(network.predict(samples.inputs.row(left_out)), samples.targets.row(left_out));
        }
        const LeaveOneOut error(samples, all_rows(30), order, GrnnOptions{}.ridge);
        CHECK(error(spreads.array().log(), nullptr) == Approx(sum / 30).epsilon(1e-9));
    }
}

TEST_CASE("spreads tell inputs that matter from those that do not", "[nn][grnn]") {
    Samples train{random_matrix(300, 3, 1), {}};
    train.targets = (3 * train.inputs.col(0)).array().sin();
    Grnn network({.order = 0});
    network.fit(train, {}, 1);
    const Eigen::RowVectorXd steepness = network.metric().colwise().norm();
    CHECK(steepness[0] > 5 * steepness[1]);
    CHECK(steepness[0] > 5 * steepness[2]);
}

TEST_CASE("the metric turns to the direction in which the targets change", "[nn][grnn]") {
    const auto oblique = [](std::uint64_t seed) {
        Samples samples{random_matrix(800, 3, seed), {}};
        samples.targets =
            (6 * (samples.inputs.col(0) + samples.inputs.col(1) - samples.inputs.col(2))).array().sin();
        return samples;
    };
    const Samples train = oblique(1), test = oblique(2);
    const auto error = [&](int turns) {
        Grnn network({.order = 1, .turns = turns});
        network.fit(train, {}, 1);
        return mean_square(network.predict(test.inputs), test.targets);
    };
    CHECK(error(2) < 0.2 * error(0));
}

TEST_CASE("the straight fit is better than the mean", "[nn][grnn]") {
    const auto train = smooth_samples(1000, 1), check = smooth_samples(200, 2);
    Grnn mean({.order = 0, .queries = 300}), straight({.order = 1, .queries = 300}),
        bent({.order = 2, .queries = 300});
    const auto of_mean = mean.fit(train, check, 1), of_straight = straight.fit(train, check, 1);
    CHECK(bent.fit(train, check, 1).best_check_loss < 0.2 * of_straight.best_check_loss);
    CHECK(of_mean.best_check_loss < 1e-2);
    CHECK(of_straight.best_check_loss < 0.2 * of_mean.best_check_loss);
    CHECK(mean_square(straight.predict(check.inputs), check.targets) == of_straight.best_check_loss);
}

TEST_CASE("the nearest patterns stand for all", "[nn][grnn]") {
    const auto train = smooth_samples(3000, 1);
    const Matrix queries = 1.2 * random_matrix(200, 3, 5);
    const Eigen::VectorXd spreads{{0.1, 0.12, 0.1}};
    for (const int order : {0, 1}) {
        const Grnn near(train, spreads, {.order = order}),
            all(train, spreads, {.order = order, .tree_above = 5000});
        CHECK(largest_difference(near.predict(queries), all.predict(queries)) < 5e-3);
        CHECK(mean_square(near.predict(queries), all.predict(queries)) < 1e-6);
        const Grnn every(train, spreads, {.order = order, .neighbours = 5000});
        CHECK(largest_difference(every.predict(queries), all.predict(queries)) < 1e-11);
    }
}

TEST_CASE("an input that is not finite gives no number", "[nn][grnn]") {
    const double bad[] = {std::nan(""), HUGE_VAL};
    for (const int tree_above : {10, 1000}) {
        const Grnn network(smooth_samples(50, 1), Eigen::VectorXd::Constant(3, 0.3),
                           {.tree_above = tree_above});
        for (const double value : bad)
            CHECK(network.predict(Matrix::Constant(1, 3, value)).array().isNaN().all());
    }
}

TEST_CASE("few and degenerate patterns are learned too", "[nn][grnn]") {
    for (const int order : {0, 1, 2}) {
        Grnn network({.order = order});
        const auto one = smooth_samples(1, 1);
        network.fit(one, {}, 1);
        CHECK(largest_difference(network.predict(one.inputs), one.targets) < 1e-12);
        Samples same{Matrix::Ones(10, 3), Matrix::Constant(10, 2, 0.4)};  // ten times the same
        network.fit(same, {}, 1);
        CHECK(largest_difference(network.predict(Matrix::Zero(1, 3)), same.targets.topRows(1)) < 1e-12);
    }
}

TEST_CASE("general regression options out of range are named", "[nn][grnn]") {
    CHECK_THROWS_WITH(Grnn({.order = 3}), contains_text("order"));
    CHECK_THROWS_WITH(Grnn({.neighbours = 0}), contains_text("neighbours"));
}
