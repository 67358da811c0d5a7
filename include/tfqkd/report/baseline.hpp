#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "tfqkd/report/benchmark.hpp"

namespace tfqkd {

// What one method came to on one test set: all raw samples.
struct BaselineCase {
    std::string test_set, method;
    std::vector<double> rate;               // of each link, as the full formula gives it
    std::vector<int> evaluations;           // of each link; empty for what does not search
    std::vector<double> single_s, batch_s;  // of each timed pass
};

// A benchmark to compare later ones with. Its file is JSON, "tfqkd.baseline/1", with sorted keys.
struct Baseline {
    struct Set {
        std::string name, protocol, links;  // `links`: a hash of what they are
    };
    std::vector<Set> sets;
    std::vector<BaselineCase> cases;
};

Baseline baseline_of(const Benchmark& benchmark);
void write_baseline(std::ostream& out, const Baseline& baseline);
// Throws Error (data) for anything that is not a sound baseline; `source` names it.
Baseline read_baseline(const std::string& text, const std::string& source);

}  // namespace tfqkd
