#include <sstream>
#include <thread>

#include "catch.hpp"
#include "run_program.hpp"
#include "small_models.hpp"
#include "table_helpers.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/gate.hpp"
#include "tfqkd/table/text_file.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

const std::string run_gate =
    "benchmark --data data.csv --method lsa --method auto --model grnn.json --passes 1 --quiet --compare "
    "baseline.json";

Baseline kept() { return read_baseline(read_text_file("baseline.json"), "baseline.json"); }

void keep(const Baseline& baseline) {
    std::ostringstream text;
    write_baseline(text, baseline);
    put_file("baseline.json", text.str());
}

BaselineCase& case_of(Baseline& baseline, const std::string& method) {
    for (BaselineCase& one : baseline.cases)
        if (one.method == method) return one;
    throw Error(ErrorKind::data, "no such case");
}

// A folder with a small data set, models, and a baseline of them.
struct GateFolder {
    WorkFolder folder;
    GateFolder() {
        put_small_models();
        const Outcome made = run_line(run_gate + " --update-baseline");
        INFO(made.err);
        REQUIRE(made.code == 0);
    }
};

// Keeps all cores busy while it lives.
class BusyCores {
  public:
    BusyCores() {
        for (unsigned k = 0; k < std::max(2u, std::thread::hardware_concurrency()); ++k)
            threads_.emplace_back([](std::stop_token stop) {
                while (!stop.stop_requested()) {
                }
            });
    }

  private:
    std::vector<std::jthread> threads_;
};

}  // namespace

TEST_CASE("the gate passes the same build, twenty times of twenty and with busy cores", "[gate]") {
    const GateFolder folder;
    for (int k = 0; k < 20; ++k) REQUIRE(run_line(run_gate).code == 0);
    const BusyCores busy;
    for (int k = 0; k < 3; ++k) REQUIRE(run_line(run_gate).code == 0);
}

TEST_CASE("the gate fails for defects in rate and evaluations, and for a case that is gone", "[gate]") {
    const GateFolder folder;
    const Baseline good = kept();
    REQUIRE(good.cases.size() == 3);

    Baseline seeded = good;  // what a build with rates lower by 1e-4 would be compared with
    for (double& rate : case_of(seeded, "grnn").rate) rate *= 1 + 1e-4;
    keep(seeded);
    Outcome outcome = run_line(run_gate + " --junit gate.xml");
    CHECK(outcome.code == 1);
    CHECK_THAT(outcome.err, contains_text("gate failed: data, grnn: the key rate of"));
    CHECK_THAT(read_text_file("gate.xml"), contains_text("failures=\"1\""));
    CHECK(run_line(run_gate + " --fail-over rate:1e-3").code == 0);

    seeded = good;
    for (int& count : case_of(seeded, "auto").evaluations) count = static_cast<int>(count / 1.05);
    keep(seeded);
    outcome = run_line(run_gate);
    CHECK(outcome.code == 1);
    CHECK_THAT(outcome.err, contains_text("more evaluations, limit 2 %"));
    CHECK(run_line(run_gate + " --fail-over evaluations:10%").code == 0);

    seeded = good;
    case_of(seeded, "lsa").rate[0] *= -1;  // no key before: found now
    seeded.cases.push_back(seeded.cases.back());
    seeded.cases.back().method = "removed";
    keep(seeded);
    outcome = run_line(run_gate);
    CHECK(outcome.code == 1);
    CHECK_THAT(outcome.err, contains_text("data, removed: the baseline has this case"));

    seeded = good;
    seeded.cases.erase(seeded.cases.begin());
    keep(seeded);
    outcome = run_line(run_gate + " --format csv");
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.out, contains_text("data,lsa,new"));
}

TEST_CASE("times fail only where a limit is set, and no pass of one is among those of the other", "[gate]") {
    const BaselineCase quick{"data", "lsa", {1}, {10}, {}, {1.0, 1.1, 1.2}},
        slow{"data", "lsa", {1}, {10}, {}, {2.0, 2.1}}, mixed{"data", "lsa", {1}, {10}, {}, {1.15, 3.0}};
    const Baseline before{{{"data", "p", "x"}}, {quick}};
    GateLimits limits;
    CHECK(passes(compare(before, {before.sets, {slow}}, limits)));
    set_limit(limits, "time:25%");
    CHECK_FALSE(passes(compare(before, {before.sets, {slow}}, limits)));
    CHECK(passes(compare(before, {before.sets, {mixed}}, limits)));
    CHECK(compare(before, {before.sets, {mixed}}, limits)[0].time_differs == false);
    CHECK_THROWS_AS(compare(before, {{{"data", "p", "y"}}, {slow}}, limits), Error);
}

TEST_CASE("a baseline reads back as it was, and a spoilt one is refused", "[gate]") {
    const Baseline before{{{"data", "sns-finite", "0f"}},
                          {{"data", "lsa", {1e-7, -2.5e-9}, {10, 12}, {1e-6}, {1e-7, 2e-7}}}};
    std::ostringstream text;
    write_baseline(text, before);
    std::ostringstream again;
    write_baseline(again, read_baseline(text.str(), "b.json"));
    CHECK(again.str() == text.str());
    const auto refused = [](const std::string& spoilt, const std::string& why) {
        CHECK_THROWS_WITH(read_baseline(spoilt, "b.json"), contains_text("b.json: ") && contains_text(why));
    };
    const auto with = [&](const std::string& from, const std::string& to) {
        std::string spoilt = text.str();
        spoilt.replace(spoilt.find(from), from.size(), to);
        return spoilt;
    };
    refused("", "not JSON");
    refused("[]", "not a JSON object");
    refused(with("baseline/1", "baseline/2"), "newer tfqkd");
    refused(with("baseline/1", "baseline/x"), "is not known");
    refused(with("1e-07", "\"a\""), "no such number");
    refused(with("10", "10.5"), "no count");
    refused(with("10", "-1"), "no such number");
    refused(with("10,\n", ""), "not as many entries");
    refused(with("\"cases\"", "\"case\""), "cases");
    refused(std::string(100, '['), "nested more than 8 deep");
}
