#include <cmath>

#include "catch.hpp"
#include "run_program.hpp"
#include "table_helpers.hpp"
#include "tfqkd/protocol/protocol.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

Table table_of(const Outcome& outcome) {
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    std::istringstream in(outcome.out);
    return read_table(in, TableFormat::csv, "output");
}

const std::string rate_of = "rate_bit_per_pulse.";

}  // namespace

TEST_CASE("compare gives each protocol the rate that optimize finds", "[compare]") {
    const std::string links = " --sweep distance_km=100:300:100";
    const Table all = table_of(run_line("compare" + links));
    for (const std::string_view name : protocol_names()) {
        const std::string other = make_protocol(name)->info().compared_as;
        const std::string spec = other.empty() ? std::string(name) : other;
        INFO(spec);
        REQUIRE(all.has(rate_of + spec));
        const bool bound = make_protocol(name)->info().kind == Kind::bound;
        const Table alone = table_of(run_line((bound ? "rate" : "optimize") + links + " --protocol " + spec));
        CHECK(all.numbers(rate_of + spec) == alone.numbers("key_rate_bit_per_pulse"));
    }
}

TEST_CASE("the best protocol is the highest rate of its kind, and no bound or estimate", "[compare]") {
    const Table rows = table_of(run_line("compare --long --sweep distance_km=0:500:100"));
    const Table wide = table_of(run_line("compare --sweep distance_km=0:500:100"));
    REQUIRE(wide.rows() == 6);
    const std::size_t protocols = rows.rows() / 6;
    CHECK(protocols == protocol_names().size());
    for (std::size_t link = 0; link < 6; ++link)
        for (const char* kind : {"finite", "gaussian", "asymptotic"}) {
            std::string best = "none";
            double highest = 0;
            for (std::size_t row = link * protocols; row < (link + 1) * protocols; ++row) {
                CHECK((rows.text("best")[row] != "yes" || rows.text("kind")[row] != "bound"));
                if (rows.text("kind")[row] != kind || !(rows.numbers("rate_bit_per_pulse")[row] > highest))
                    continue;
                highest = rows.numbers("rate_bit_per_pulse")[row];
                best = rows.text("protocol")[row];
            }
            INFO(link << " " << kind);
            REQUIRE(wide.has(std::string("best_") + kind));
            CHECK(wide.text(std::string("best_") + kind)[link] == best);
            CHECK(wide.numbers(std::string("best_") + kind + "_over_plob")[link] ==
                  Approx(highest / wide.numbers(rate_of + "plob")[link]));
        }
}

TEST_CASE("a protocol that leaves the misalignment out is shown and never called the best", "[compare]") {
    const Outcome outcome = run_line("compare --distance-km 300 --protocol pm-asymptotic --protocol plob");
    const Table table = table_of(outcome);
    CHECK(table.numbers(rate_of + "pm-asymptotic")[0] > 0);
    CHECK(table.text("best_asymptotic")[0] == "none");
    CHECK_THAT(outcome.err, contains_text("pm-asymptotic:link_misalignment=added counts it"));
}

TEST_CASE("compare says for whom a phase mismatch does not count", "[compare]") {
    const std::string line = "compare --distance-km 300 --protocol sns-asymptotic --protocol cal-asymptotic";
    CHECK(run_line(line).err.empty());
    CHECK_THAT(run_line(line + " --phase-mismatch 0.05").err,
               contains_text("phase_mismatch does not count for sns-asymptotic;"));
}

TEST_CASE("compare takes specs with options, streams of links, labels, and its own output", "[compare]") {
    const std::string spec = "sns-finite:sources=asymmetric,error_correction=refined";
    const std::string links = "link,distance_km,best_finite\nshort,100,x\nlong,250,x\n";
    const std::string line = "compare --quiet --links - --protocol " + spec + " --protocol aopp-finite";
    const Outcome once = run_line(line, links), twice = run_line(line, once.out);
    const Table table = table_of(once);
    CHECK(table.text("link") == Table::Text{"short", "long"});
    CHECK(table.numbers(rate_of + spec)[0] > table.numbers(rate_of + spec)[1]);
    CHECK(table.text("best_finite")[0] == "aopp-finite");
    CHECK(once.out == twice.out);
}

TEST_CASE("compare holds a parameter wherever there is one, and evaluates what has nothing free",
          "[compare]") {
    const Table table = table_of(
        run_line("compare --distance-km 200 --protocol sns-asymptotic --protocol cal-asymptotic --fix "
                 "signal_intensity=0.05 --long"));
    CHECK(table.numbers("signal_intensity") == Table::Numbers{0.05, 0.05});
    CHECK(table.numbers("evaluations")[1] == 1);
    CHECK(std::isnan(table.numbers_or_missing("sending_probability")[1]));
}

TEST_CASE("every file of published links can be compared", "[compare]") {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(TFQKD_DATA_DIR "/links")) {
        if (entry.path().extension() != ".csv") continue;
        ++files;
        const std::string path = entry.path().string();
        INFO(path);
        const Table table = table_of(run_program({"compare", "--quiet", "--links", path}));
        CHECK(table.rows() == read_table(path).rows());
        CHECK(table.has("best_finite"));
    }
    CHECK(files >= 7);
}

TEST_CASE("compare refuses what it can't do, and says why", "[compare]") {
    const auto refusal = [](const std::string& rest) {
        const Outcome outcome = run_line("compare --distance-km 200 " + rest);
        CHECK(outcome.code == 2);
        return outcome.err;
    };
    CHECK_THAT(refusal("--protocol sns-finit"), contains_text("did you mean 'sns-finite'?"));
    CHECK_THAT(refusal("--protocol plob --protocol plob"), contains_text("--protocol plob is given twice"));
    CHECK_THAT(refusal("--fix signal_intensty=0.4"), contains_text("did you mean 'signal_intensity'?"));
    CHECK_THAT(refusal("--fix signal_intensity=40"), contains_text("must be in (0, 4] photon"));
}
