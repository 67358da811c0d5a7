#pragma once

#include "cli/command.hpp"

// The choice of a network's settings by cross-validation: train --tune makes the table, train --tuned takes
// its best row.
namespace tfqkd::cli {

std::vector<Option> tuning_options();
// A row for each setting and fold: a long run like any other, with shards.
int run_tuning(const Arguments& arguments, Streams& streams);
// The arguments with the network and settings that kept most of the key rate in the table of --tuned. Throws
// Error (data) when the table is not whole.
Arguments with_best_settings(const Arguments& arguments, Streams& streams);

}  // namespace tfqkd::cli
