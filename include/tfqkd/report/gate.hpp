#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tfqkd/report/baseline.hpp"
#include "tfqkd/table/table.hpp"

namespace tfqkd {

// What a benchmark may be worse by than its baseline. Times are compared only where a limit is set: on shared
// machines they say little.
struct GateLimits {
    double rate = 1e-6;          // of a link's key rate
    double evaluations = 0.02;   // of the sum over a test set: rounding on another processor moves a few
    std::optional<double> time;  // of the shortest pass of a batch
};

// Sets one limit from "METRIC:LIMIT", such as "rate:1e-6", "evaluations:1%" or "time:25%". Throws Error
// (usage).
void set_limit(GateLimits& limits, const std::string& text);

// One case of a baseline or of the benchmark under test, and what has become of it.
struct GateCase {
    std::string test_set, method;
    std::size_t links = 0;
    std::size_t worse = 0, lost = 0;  // links below the limit; of these, links without a key now
    double worst_loss = 0;            // of a link's rate, relative; negative where all are better
    std::size_t worst_row = 0;        // which link that is
    double evaluations_before = 0, evaluations_now = 0;  // sums; 0 for what does not search
    std::optional<double> time_before_s, time_now_s;     // a link, of the shortest pass of a batch
    bool time_differs = false;                           // no pass of one is as long as any of the other
    bool is_new = false;
    std::vector<std::string> failures;  // why the gate fails; empty: it does not
};

// Case by case. Throws Error (data) where a test set of the same name has other links.
std::vector<GateCase> compare(const Baseline& before, const Baseline& now, const GateLimits& limits);
bool passes(const std::vector<GateCase>& cases);

// A row a case. Changes of time that may be chance are "~".
Table gate_table(const std::vector<GateCase>& cases);
// The same as JUnit XML, which continuous integration shows as tests.
std::string gate_junit(const std::vector<GateCase>& cases);

}  // namespace tfqkd
