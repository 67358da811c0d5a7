#pragma once

#include "optimize/lockstep.hpp"
#include "optimize/outcome.hpp"

namespace tfqkd {

// Attempts first .. last-1 of a row; see Starts.
struct AttemptRange {
    std::size_t first, last;
};

// A search as a climb: it makes the attempts, and leaves in `outcome` the best point of these and of what was
// there; evaluations are added. Attempts after the certain ones end at the first key.
using MakeClimb = Climb (*)(const Space& space, Starts starts, AttemptRange attempts,
                            const SearchOptions& options, Outcome& outcome);

// Makes every row's certain attempts side by side, which fills registers also where there is one row, then
// those from the hops away from the best of them. Rows without a key are then followed from the same link
// with less loss, from one distance for one restart of options.restarts and from two for more, and make
// options.restarts - 1 attempts from the best of `samples` points of a low-discrepancy series.
void search_rows(const Protocol& protocol, const Columns& links, bool slopes, const Space& space,
                 const SearchOptions& options, std::size_t samples, int threads, MakeClimb climb,
                 std::vector<Outcome>& outcomes);

}  // namespace tfqkd
