#include <cmath>

#include "catch.hpp"
#include "run_program.hpp"
#include "table_helpers.hpp"
#include "tfqkd/protocol/protocol.hpp"

// The whole way from a rate to a benchmark, in process, for every protocol of the registry.
using namespace tfqkd;
using namespace tfqkd::test;

namespace {

Table table_of(const Outcome& outcome) {
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    std::istringstream in(outcome.out);
    return read_table(in, TableFormat::csv, "output");
}

bool can_be_optimised(const ProtocolInfo& info) {
    for (const Quantity& q : info.parameters)
        if (q.optimised) return true;
    return false;
}

std::vector<std::string> names(bool optimisable) {
    std::vector<std::string> chosen;
    for (const std::string_view name : protocol_names())
        if (can_be_optimised(make_protocol(name)->info()) == optimisable) chosen.emplace_back(name);
    return chosen;
}

const std::string three_links = " --sweep distance_km=50:150:50";
const std::string key_rate = "key_rate_bit_per_pulse";

void check_search(const std::string& protocol) {
    const Outcome optimised = run_line("optimize --protocol " + protocol + three_links);
    const Table optima = table_of(optimised);
    const Table defaults = table_of(run_line("rate --protocol " + protocol + three_links));
    const Table again = table_of(run_line("rate --quiet --links - --protocol " + protocol, optimised.out));
    REQUIRE(optima.rows() == 3);
    for (std::size_t row = 0; row < 3; ++row) {
        const double rate = optima.numbers(key_rate)[row];
        CHECK(rate > 0);
        CHECK(optima.text("status")[row] == "ok");
        CHECK(rate >= defaults.numbers(key_rate)[row]);
        CHECK(again.numbers(key_rate)[row] == Approx(rate).epsilon(1e-12));
    }
}

void check_learning(const std::string& protocol) {
    const WorkFolder folder;
    const auto done = [](const std::string& line) {
        const Outcome outcome = run_line(line);
        INFO(line << "\n" << outcome.err);
        REQUIRE(outcome.code == 0);
        return outcome;
    };
    done("generate --quiet --rows 60 --protocol " + protocol +
         " --range distance_km=20:150 --range misalignment=0.01:0.04 --set pulses=1e14 --set "
         "detector_efficiency=0.5 --set dark_count_probability=1e-9 --set phase_mismatch=0.02 --set "
         "error_correction_inefficiency=1.1 -o data.csv");
    CHECK(read_table("data.csv").rows() == 60);
    done("train --quiet --data data.csv --network polynomial --degree 2 -o model.json");
    const Table predicted = table_of(done("predict --quiet --model model.json" + three_links +
                                          " --misalignment 0.02 --pulses 1e14 --detector-efficiency 0.5"));
    for (const double rate : predicted.numbers(key_rate)) CHECK(rate > 0);
    const Table compared = table_of(done(
        "benchmark --quiet --data data.csv --model model.json --passes 1 --search-links 5 --method lsa"));
    REQUIRE(compared.rows() == 2);
    CHECK(compared.numbers("mean_ratio")[1] > 0.9);
    CHECK(compared.numbers("failures")[1] == 0);
}

}  // namespace

TEST_CASE("every protocol that can be optimised goes the whole way", "[pipeline]") {
    for (const std::string& protocol : names(true)) {
        INFO(protocol);
        check_search(protocol);
        check_learning(protocol);
    }
}

TEST_CASE("a protocol without parameters has a rate, and refuses to be optimised with the reason",
          "[pipeline]") {
    for (const std::string& protocol : names(false)) {
        INFO(protocol);
        const WorkFolder folder;
        const std::string rate = "rate --protocol " + protocol + three_links;
        const auto rates = table_of(run_line(rate));
        for (const double value : rates.numbers(key_rate)) CHECK(value > 0);
        for (const std::string& command :
             {"optimize --protocol " + protocol + three_links, "generate --rows 3 --protocol " + protocol}) {
            const Outcome refused = run_line(command + " -o out.csv");
            CHECK(refused.code == 2);
            CHECK_THAT(refused.err, contains_text("has no parameters to optimise: it is "));
            CHECK_THAT(refused.err, contains_text("tfqkd rate --protocol " + protocol));
            CHECK_FALSE(std::filesystem::exists("out.csv"));
        }
        put_file("rates.csv", run_line(rate).out);
        const Outcome refused = run_line("train --data rates.csv --network polynomial -o model.json");
        CHECK(refused.code == 3);
    }
}

TEST_CASE("inputs that searches leave as they are come with the reason", "[pipeline]") {
    const Outcome refused = run_line(
        "optimize --protocol sns-decoy --distance-km 300 --fix signal_intensity=0.4 --fix "
        "sending_probability=0.03");
    CHECK(refused.code == 2);
    CHECK_THAT(refused.err, contains_text("fixed: signal_intensity, sending_probability;"));
    CHECK_THAT(refused.err, contains_text("phase_slice_rad (with infinite data it has no optimum"));
    for (const std::string_view name : protocol_names()) {
        const auto protocol = make_protocol(name);
        for (const Quantity& q : protocol->info().parameters) {
            INFO(name << ": " << q.name);
            CHECK(q.optimised == q.input_reason.empty());
        }
    }
}
