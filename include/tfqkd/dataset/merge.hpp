#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "tfqkd/table/table_io.hpp"

namespace tfqkd {

struct Merged {
    std::uint64_t rows = 0, shards = 0;
    std::vector<std::string> duplicates;  // files left out, since another one holds the same
    std::string run;                      // the run line that all shards share
};

// Joins the shards of one run, in the order of their items: the result is, byte for byte, what the run writes
// without shards. Memory does not grow with the rows. Throws Error (data) for files of different runs
// (naming the setting that differs), a shard that is missing, shards of one number that differ, and rows that
// are missing, torn or out of place.
Merged merge_shards(const std::vector<std::string>& paths, TableFormat format, std::ostream& out);

}  // namespace tfqkd
