#include <cmath>

#include "catch.hpp"
#include "report/look_up_table.hpp"
#include "report/table_builder.hpp"
#include "run_program.hpp"
#include "small_models.hpp"
#include "table_helpers.hpp"
#include "tfqkd/nn/polynomial.hpp"
#include "tfqkd/report/accuracy.hpp"
#include "tfqkd/report/benchmark_tables.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

// Two links of a test set, with what a method kept of them.
Benchmark two_links() {
    const auto protocol = make_protocol("sns-finite");
    Table table;
    table.add("distance_km", Table::Numbers{100, 300});
    TrainingRows rows;
    rows.protocol = "sns-finite";
    rows.links = read_links(table);
    rows.points = make_objective(*protocol, rows.links, {}, 1).starts;
    rows.rate = Eigen::ArrayXd::Constant(2, 1e-4);
    Benchmark benchmark{{{"pair", rows}}, {{false, true}}, {}};
    Eigen::ArrayXd rate(2);
    rate << 0.5e-4, -1;
    benchmark.results.push_back({0, "half", rows.points, rate, {3, 5}, {false, true}, {2e-6, 1e-6}, {4e-6}});
    return benchmark;
}

}  // namespace

TEST_CASE("links outside the trained range are a test set of their own", "[benchmark]") {
    const Table table = summary_table(two_links());
    CHECK(table.text("test_set") == Table::Text{"pair", "pair, outside"});
    CHECK(table.numbers("mean_ratio") == Table::Numbers{0.5, 0});
    CHECK(table.numbers("failures") == Table::Numbers{0, 1});
    CHECK(table.numbers("flagged") == Table::Numbers{0, 1});
    CHECK(table.numbers("evaluations") == Table::Numbers{3, 5});
    CHECK(table.numbers("single_us_min")[0] == Approx(1));
    CHECK(table.numbers("single_us_median")[0] == Approx(1.5));
    CHECK(table.numbers("batch_us_min")[0] == Approx(4));
}

TEST_CASE("bins are equal parts of a quantity's range, residuals are on the parameter's scale",
          "[benchmark]") {
    Benchmark benchmark = two_links();
    benchmark.outside[0] = {false, false};
    const Table bins = bins_table(benchmark, {"distance_km", "loss_db"}, 4);
    CHECK(bins.numbers("from") == Table::Numbers{100, 250, 20, 50});
    CHECK(bins.numbers("to")[0] == Approx(150));
    CHECK(bins.numbers("links") == Table::Numbers{1, 1, 1, 1});
    CHECK_THROWS_AS(bins_table(benchmark, {"colour"}, 4), Error);
    benchmark.results[0].points.col(0) *= 1.1;
    const Table residuals = residuals_table(benchmark);
    CHECK(residuals.numbers("mean_error")[0] == Approx(std::log(1.1)));
    CHECK(residuals.numbers("largest_size")[1] == 0);
    CHECK(links_table(benchmark).numbers("ratio") == Table::Numbers{0.5, 0});
}

TEST_CASE("the bootstrap's interval of a mean is that of its standard error", "[benchmark]") {
    std::vector<double> ratios;
    for (int k = 0; k < 400; ++k) ratios.push_back(0.5 + 0.001 * k);
    const AccuracySpreads spreads = bootstrap(ratios, 2000, 1, 2);
    const double middle = 0.5 + 0.001 * 199.5, error = 0.4 / std::sqrt(12.0) / std::sqrt(400.0);
    CHECK(spreads.mean.lower == Approx(middle - 1.96 * error).margin(0.1 * error));
    CHECK(spreads.mean.upper == Approx(middle + 1.96 * error).margin(0.1 * error));
    CHECK(spreads.percentile_1.lower <= 0.504);
    CHECK(spreads.percentile_1.upper >= 0.504);
    CHECK(spreads.failure_share.upper == 0);
    CHECK(bootstrap(ratios, 2000, 1, 1).mean.lower == spreads.mean.lower);
    const AccuracySpreads same = bootstrap({0.7, 0.7}, 100, 1, 1);
    CHECK(same.mean.lower == Approx(0.7));
    CHECK(same.mean.upper == Approx(0.7));
}

TEST_CASE("a look-up table has the optimum at its nodes and something between beside them", "[benchmark]") {
    const WorkFolder folder;
    const Outcome made = run_line(
        "generate --rows 80 --range distance_km=20:200 --range pulses=1e12:1e15 --set "
        "detector_efficiency=0.5 "
        "--set dark_count_probability=1e-9 --set misalignment=0.02 --set error_correction_inefficiency=1.1 "
        "--quiet -o data.csv");
    REQUIRE(made.code == 0);
    const TrainingRows rows = read_training_rows(read_table("data.csv"));
    const Model model = Model::train(rows, std::make_unique<Polynomial>(), 1);
    const std::vector<double> typical(rows.links.row(0).begin(), rows.links.row(0).end());
    const LookUpTable table(model, typical, 80, 1);
    CHECK(table.nodes() == 80);  // 10 x 8, two axes
    const ScaledColumn& loss = model.inputs().columns()[0];
    const ScaledColumn& pulses = model.inputs().columns()[1];
    REQUIRE(pulses.name == "pulses");
    std::vector<double> link = typical, point(static_cast<std::size_t>(rows.points.cols()));
    link[2] = 1;
    link[0] = link[1] = loss.upper;
    link[7] = pulses.upper;
    table.choose(link, point);
    const Columns node =
        Eigen::Map<const Eigen::RowVectorXd>(link.data(), static_cast<Eigen::Index>(link.size()));
    const Optima best = make_search("auto", {})->maximize(make_objective(model.protocol(), node, {}, 1));
    CHECK(model.protocol().rate(link, point, Measure::rate) == Approx(best.rate[0]).epsilon(1e-9));
    Eigen::ArrayXd kept(rows.rate.size());
    for (Eigen::Index row = 0; row < kept.size(); ++row) {
        std::copy(rows.links.row(row).begin(), rows.links.row(row).end(), link.begin());
        table.choose(link, point);
        kept[row] = model.protocol().rate(link, point, Measure::rate) / rows.rate[row];
    }
    CHECK(kept.minCoeff() > 0.9);
    CHECK(kept.maxCoeff() <= 1 + 1e-9);
}
