#include <limits>
#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "nn_data.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/nn/scaler.hpp"

using namespace tfqkd;

namespace {

Scaler fitted_scaler() {
    Scaler scaler({{"loss_db", Scale::linear, 0, 100},
                   {"intensity", Scale::log, 1e-4, 2},
                   {"probability", Scale::logit, 1e-3, 1 - 1e-3},
                   {"fixed", Scale::linear, 0, 1}});
    const Matrix unit = (random_matrix(200, 4, 5).array() + 1) / 2;
    Matrix physical(200, 4);
    physical.col(0) = 100 * unit.col(0);
    physical.col(1) = (unit.col(1).array() * 5 - 6).exp();
    physical.col(2) = 0.01 + 0.98 * unit.col(2).array();
    physical.col(3).setConstant(0.1);
    scaler.fit(physical);
    return scaler;
}

}  // namespace

TEST_CASE("scaled columns have zero mean and unit spread, and come back", "[nn][scaler]") {
    const auto scaler = fitted_scaler();
    Matrix physical(3, 4);
    physical << 1, 0.01, 0.2, 0.1, 50, 0.1, 0.5, 0.1, 99, 1.2, 0.99, 0.1;
    const Matrix scaled = scaler.scaled(physical);
    CHECK(largest_difference(scaler.physical(scaled), physical) < 1e-12);
    CHECK(scaled.col(3).isZero(0));
    CHECK(scaler.columns()[3].spread == 0);

    Scaler again = scaler;
    again.fit(physical);
    const Matrix unit = again.scaled(physical).leftCols(3);
    CHECK(unit.colwise().mean().cwiseAbs().maxCoeff() < 1e-12);
    CHECK((unit.array().square().colwise().mean() - 1).abs().maxCoeff() < 1e-12);
}

TEST_CASE("what comes back is always within the bounds", "[nn][scaler]") {
    const auto scaler = fitted_scaler();
    constexpr double largest = std::numeric_limits<double>::max();
    Matrix scaled(1006, 4);
    scaled.topRows(1000) = 1e3 * random_matrix(1000, 4, 6).array().cube();
    scaled.row(1000).setConstant(1e308);
    scaled.row(1001).setConstant(-1e308);
    scaled.row(1002).setConstant(largest);
    scaled.row(1003).setConstant(-largest);
    scaled.row(1004).setConstant(800);
    scaled.row(1005).setConstant(-800);
    const Matrix physical = scaler.physical(scaled);
    for (int c = 0; c < scaler.size(); ++c) {
        CHECK(physical.col(c).minCoeff() >= scaler.columns()[c].lower);
        CHECK(physical.col(c).maxCoeff() <= scaler.columns()[c].upper);
    }
    CHECK(physical(1000, 0) == 100);
    CHECK(physical(1001, 1) == Approx(1e-4));
    CHECK(physical(1003, 3) == Approx(0.1));
}

TEST_CASE("one row scales like many, also in place", "[nn][scaler]") {
    const auto scaler = fitted_scaler();
    Matrix physical(1, 4);
    physical << 20, 0.3, 0.7, 0.1;
    std::vector<double> row{20, 0.3, 0.7, 0.1};
    scaler.scale_one(row, row);
    CHECK(Matrix(Eigen::Map<Eigen::RowVectorXd>(row.data(), 4)) == scaler.scaled(physical));
    scaler.unscale_one(row, row);
    CHECK(Matrix(Eigen::Map<Eigen::RowVectorXd>(row.data(), 4)) == scaler.physical(scaler.scaled(physical)));
}

TEST_CASE("a scaler is saved and loaded to the same bits", "[nn][scaler]") {
    const auto scaler = fitted_scaler();
    const auto loaded = Scaler::load(nlohmann::json::parse(scaler.save().dump()));
    const Matrix scaled = random_matrix(50, 4, 8);
    CHECK(loaded.physical(scaled) == scaler.physical(scaled));
    CHECK(loaded.columns()[1].name == "intensity");
}

TEST_CASE("a scaler refuses what it cannot scale", "[nn][scaler]") {
    CHECK_THROWS_AS(Scaler({{"x", Scale::log, 0, 1}}), Error);
    CHECK_THROWS_AS(Scaler({{"x", Scale::logit, 0.1, 1}}), Error);
    CHECK_THROWS_AS(Scaler({{"x", Scale::linear, 2, 1}}), Error);
    Scaler scaler({{"x", Scale::log, 1e-3, 1}});
    CHECK_THROWS_AS(scaler.fit(Matrix::Zero(3, 1)), Error);
    auto saved = fitted_scaler().save();
    saved[0]["spread"] = -1;
    CHECK_THROWS_AS(Scaler::load(saved), Error);
    saved[0]["spread"] = 1;
    saved[1]["scale"] = "cubic";
    CHECK_THROWS_AS(Scaler::load(saved), Error);
    CHECK_THROWS_AS(Scaler::load(3), Error);
}
