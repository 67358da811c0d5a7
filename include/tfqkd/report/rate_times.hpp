#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tfqkd/protocol/protocol.hpp"
#include "tfqkd/report/timing.hpp"
#include "tfqkd/table/table.hpp"

namespace tfqkd {

// Seconds that one evaluation of a protocol's key rate takes on one core. Processor time, so that other
// programs on the machine matter little.
struct RateTimes {
    std::string protocol;
    std::size_t parameters = 0;
    Timing plain;   // one point after the other, in double
    Timing batch;   // many points at once, a register at a time
    Timing slopes;  // many points at once, with the slopes by all parameters
};

struct RateTimesOptions {
    int passes = 15;
    std::size_t points = 256;      // evaluated in turn; they stay in the cache
    double seconds_a_pass = 2e-3;  // of each kind of evaluation, at least
    std::uint64_t seed = 1;
    void validate() const;
};

// Every protocol of the registry, and its form with unequal sources where there is one.
std::vector<std::string> all_protocol_specs();

// Links: rows, drawn over the search ranges of the quantities that the protocol depends on, arms of equal
// loss.
Columns random_links(const Protocol& protocol, std::size_t rows, std::uint64_t seed);

// Times each protocol on random links at its start points; the passes of all of them take turns.
std::vector<RateTimes> time_rates(const std::vector<std::string>& protocols, const RateTimesOptions& options);

// In nanoseconds a point, with the factors by which a batch is faster and slopes are dearer than one value.
Table rate_times_table(const std::vector<RateTimes>& rows);

}  // namespace tfqkd
