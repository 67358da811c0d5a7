#include <cstdlib>

#include "catch.hpp"
#include "golden.hpp"
#include "run_program.hpp"
#include "table_helpers.hpp"
#include "tfqkd/report/figures.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

Table optimised_rates(std::vector<double> distances, std::vector<double> rates) {
    Table table;
    table.add("distance_km", std::move(distances));
    table.add("rate_bit_per_pulse", std::move(rates));
    table.properties = {{"protocol", "sns-finite"}};
    return table;
}

std::string svg_script(const Figure& figure) {
    return gnuplot_script(figure, FigureFormat::svg, {}, "f.svg");
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// The figure as gnuplot draws it, or "" where there is no gnuplot.
std::string drawn(const std::string& line) {
    const Outcome outcome = run_line(line);
    if (outcome.code == 4 && has(outcome.err, "gnuplot-nox")) return "";
    INFO(outcome.err);
    CHECK(outcome.code == 0);
    return outcome.out;
}

}  // namespace

TEST_CASE("a curve of rates comes with both bounds and a mark where its key ends", "[plot]") {
    const Figure figure =
        rate_figure({optimised_rates({0, 100, 200, 300}, {1e-3, 1e-5, 1e-8, 0})}, "distance_km");
    REQUIRE(figure.panels.size() == 1);
    const auto& series = figure.panels[0].series;
    REQUIRE(series.size() == 3);
    CHECK(series[0].name == "sns-finite");
    CHECK(series[1].name == "plob");
    CHECK(series[2].name == "repeater");
    CHECK(figure.panels[0].x.label == "distance [km]");
    CHECK(figure.panels[0].y.logarithmic);
    const std::string script = svg_script(figure);
    CHECK(has(script, "set label 1 '200'"));  // the last link with a key
    CHECK_FALSE(has(script, "\n300 0\n"));    // no rate of 0 on a logarithmic axis
    CHECK(script == svg_script(figure));
}

TEST_CASE("a key that does not end within the links has no mark", "[plot]") {
    const Figure figure = rate_figure({optimised_rates({0, 100}, {1e-3, 1e-5})}, "distance_km");
    CHECK_FALSE(has(svg_script(figure), "set label 1"));
}

TEST_CASE("bounds that a table has are not drawn twice", "[plot]") {
    Table table;
    table.add("distance_km", Table::Numbers{50, 50, 100, 100});
    table.add("protocol", Table::Text{"plob", "aopp-finite", "plob", "aopp-finite"});
    table.add("rate_bit_per_pulse", Table::Numbers{0.1, 1e-3, 0.01, 1e-4});
    const auto panel = rate_figure({table}, "distance_km").panels.at(0);
    REQUIRE(panel.series.size() == 2);
    CHECK(panel.series[0].look < 0);
    CHECK(panel.series[1].x == std::vector<double>{50, 100});
}

TEST_CASE("a figure's texts can't leave their quotes", "[plot]") {
    Figure figure{{{"", {"x"}, {"y"}, {{"it's\n`rm -rf`", {1, 2}, {3, 4}}}}}};
    CHECK(has(svg_script(figure), "title 'it''s `rm -rf`' noenhanced"));
}

TEST_CASE("a figure of nothing still draws its axes", "[plot]") {
    const Figure figure = rate_figure({optimised_rates({0, 100}, {0, 0})}, "distance_km");
    CHECK_FALSE(figure.empty());  // the bounds
    const Figure none{{{"", {"x"}, {"y"}, {}}}};
    CHECK(none.empty());
    CHECK(has(svg_script(none), "nothing to show"));
}

TEST_CASE("losses below double precision stay on the logarithmic axis", "[plot]") {
    Table table;
    table.add("method", Table::Text{"a", "a", "b"});
    table.add("loss_a_db", Table::Numbers{10, 20, 10});
    table.add("loss_b_db", Table::Numbers{10, 20, 10});
    table.add("ratio", Table::Numbers{1, 0.99, 0});
    const Figure figure = ratio_figure({table}, "");
    REQUIRE(figure.panels.size() == 2);
    REQUIRE(figure.panels[1].series.size() == 2);
    const auto& shares = figure.panels[1].series[0].y;
    CHECK(shares.front() == 50);
    CHECK(shares.back() == 50);
    CHECK(figure.panels[1].series[1].y == std::vector<double>{100});  // a failure loses all
}

TEST_CASE("learning curves average what was trained on as many rows", "[plot]") {
    Table table;
    table.add("network", Table::Text{"bpnn", "bpnn", "bpnn", "grnn"});
    table.add("rows", Table::Numbers{1000, 300, 300, 300});
    table.add("mean_ratio", Table::Numbers{0.99, 0.9, 0.8, 0.7});
    const auto panel = learning_figure({table}).panels.at(0);
    REQUIRE(panel.series.size() == 2);
    CHECK(panel.series[0].x == std::vector<double>{300, 1000});
    CHECK(panel.series[0].y[0] == Approx(0.15));
}

TEST_CASE("data of a figure without gnuplot", "[plot]") {
    const Outcome outcome =
        run_line("plot parameters --protocol sns-finite --sweep distance_km=0:200:100 --format csv");
    CHECK(outcome.code == 0);
    CHECK(has(outcome.out, "panel,series,x_axis,y_axis,x,y\n"));
    CHECK(has(outcome.out, ",sns-finite,distance [km],phase slice [rad],200,"));
}

TEST_CASE("searches lose less the more they may evaluate", "[plot]") {
    const Outcome outcome = run_line(
        "plot convergence --sweep distance_km=100:300:100 --method lsa --max-evaluations 600 --format csv");
    REQUIRE(outcome.code == 0);
    std::istringstream in(outcome.out);
    const Table table = read_table(in, TableFormat::csv, "convergence");
    const auto& losses = table.numbers("y");
    CHECK(losses.front() > 1e-4);
    CHECK(losses.back() < 1e-9);
    CHECK(std::is_sorted(losses.begin(), losses.end(), std::greater<>()));
}

TEST_CASE("gnuplot draws every format, twice the same", "[plot]") {
    const std::string line = "plot rate --protocol sns-finite --sweep distance_km=0:500:100 --format ";
    const std::string svg = drawn(line + "svg");
    if (svg.empty()) {
        WARN("there is no gnuplot here");
        return;
    }
    CHECK(svg == drawn(line + "svg"));
    CHECK(has(svg, "<svg"));
    CHECK(has(svg, "sns-finite"));
    CHECK(drawn(line + "pdf").starts_with("%PDF"));
    CHECK(drawn(line + "png").substr(1, 3) == "PNG");
    CHECK(has(drawn(line + "text"), "distance [km]"));
}

TEST_CASE("a kept script draws the figure", "[plot]") {
    const WorkFolder folder;
    const Outcome outcome =
        run_line("plot rate --protocol sns-finite --sweep distance_km=0:200:100 --script rate.gp");
    CHECK(outcome.code == 0);
    CHECK(outcome.out.empty());
    const std::string script = file_text("rate.gp");
    CHECK(has(script, "set output 'figure.svg'"));
    CHECK(has(script, "$data_1_1 << EOD\n0 0.00"));
    if (std::system("command -v gnuplot >/dev/null") != 0) return;
    CHECK(std::system("gnuplot rate.gp") == 0);
    CHECK(has(file_text("figure.svg"), "<svg"));
}

TEST_CASE("without gnuplot the way out is told", "[plot]") {
    const WorkFolder folder;
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", "", 1);
    const Outcome outcome = run_line("plot rate --sweep distance_km=0:100:50 -o rate.svg");
    ::setenv("PATH", path.c_str(), 1);
    CHECK(outcome.code == 4);
    CHECK(has(outcome.err, "gnuplot-nox"));
    CHECK(has(outcome.err, "--output FILE.csv"));
    CHECK_FALSE(std::filesystem::exists("rate.svg"));
}
