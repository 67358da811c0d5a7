#pragma once

#include "cli/common.hpp"

// optimize --find max-distance or crossing: distances by root finding on optimised rates.
namespace tfqkd::cli {

std::vector<Option> find_options();
int run_find(const Arguments& arguments, Streams& streams);

}  // namespace tfqkd::cli
