#include "tfqkd/optimize/audit.hpp"

#include <sstream>

#include "catch.hpp"
#include "cli/run.hpp"
#include "reference.hpp"
#include "tfqkd/table/number.hpp"
#include "tfqkd/table/table_io.hpp"

using namespace tfqkd;

namespace {

// Symmetric links of 100, 150, 200, ... km.
Columns links_along(Eigen::Index rows) {
    Columns links(rows, static_cast<Eigen::Index>(link_quantities().size()));
    for (Eigen::Index row = 0; row < rows; ++row) {
        const double loss = 10 + 5 * static_cast<double>(row);
        const auto link = reference::row(link_quantities(), {{"loss_a_db", loss}, {"loss_b_db", loss}});
        std::copy(link.begin(), link.end(), links.row(row).begin());
    }
    return links;
}

// Good optima, but one row stays at its start and another reports no key.
class PlantedSearch final : public Search {
  public:
    Optima maximize(const Objective& objective) const override {
        Optima optima = make_search("auto", {})->maximize(objective);
        optima.points.row(1) = objective.starts.row(1);
        objective.protocol.rates(objective.links, optima.points, Measure::rate, optima.rate);
        optima.rate[3] = -1e-9;
        return optima;
    }
};

AuditOptions quick() {
    AuditOptions options;
    options.rivals = {"nlopt:GN_CRS2_LM", "nlopt:GD_MLSL_LDS"};
    options.evaluations = 3000;
    options.restarts = 2;
    return options;
}

Table rows_of(const std::string& command) {
    std::istringstream words(command), in;
    std::vector<std::string> texts;
    for (std::string word; words >> word;) texts.push_back(word);
    std::vector<const char*> argv;
    for (const std::string& text : texts) argv.push_back(text.c_str());
    std::ostringstream out, err;
    const int code = cli::run(static_cast<int>(argv.size()), argv.data(), in, out, err);
    INFO(err.str());
    REQUIRE(code == 0);
    std::istringstream result(out.str());
    return read_table(result, TableFormat::csv, "output");
}

}  // namespace

TEST_CASE("An audit finds what a search has missed", "[audit]") {
    const auto protocol = make_protocol("sns-finite");
    const Objective objective = make_objective(*protocol, links_along(5), {}, 1);
    const Audit audit = audit_search(PlantedSearch(), "planted", objective, quick());
    CHECK(worst_rows(audit, 2) == std::vector<std::size_t>{3, 1});
    CHECK(audit.ratio[1] < 0.95);
    CHECK(audit.ratio[3] == 0);
    CHECK(audit.best_method[3] != "planted");
    for (const Eigen::Index row : {0, 2, 4}) CHECK(audit.ratio[row] > 1 - 1e-8);
    Eigen::ArrayXd rate(5);
    protocol->rates(objective.links, audit.best_points, Measure::rate, rate);
    CHECK((rate - audit.best_rate).abs().maxCoeff() == 0);
    const AuditSummary summary = summarise(audit);
    CHECK(summary.links == 5);
    CHECK(summary.with_key == 5);
    CHECK(summary.zeros == 1);
    CHECK(summary.minimum == 0);
    CHECK(summary.median > 1 - 1e-8);
}

TEST_CASE("Rows to audit are evenly spread", "[audit]") {
    CHECK(spread_rows(10, 2) == std::vector<std::size_t>{2, 7});
    CHECK(spread_rows(3, 9) == std::vector<std::size_t>{0, 1, 2});
    CHECK(spread_rows(0, 4).empty());
    CHECK(spread_rows(1000, 1) == std::vector<std::size_t>{500});
}

TEST_CASE("The worst rows are commands that repeat them", "[audit]") {
    const Table audit = rows_of(
        "tfqkd optimize --protocol sns-finite --method nlopt:LN_COBYLA --max-evaluations 40 --fix "
        "phase_slice_rad=0.37 --sweep distance_km=33.3:330:60 --misalignment 0.0123 --audit 4 "
        "--audit-evaluations 1000 --audit-restarts 1 --audit-worst 2");
    const auto commands = audit.text("command"), better = audit.text("better");
    std::size_t worst = 0;
    for (std::size_t row = 0; row < audit.rows(); ++row) {
        if (audit.text("measure")[row] != "worst_ratio") continue;
        ++worst;
        const double searched = rows_of(commands[row]).numbers("key_rate_bit_per_pulse")[0];
        const double best = rows_of(better[row]).numbers("key_rate_bit_per_pulse")[0];
        CHECK(searched / best == audit.numbers("value")[row]);
    }
    CHECK(worst == 2);
}
