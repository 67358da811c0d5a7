#pragma once

#include "cli/common.hpp"

// The commands of tfqkd-bench, a program that measures the library itself; it is not installed.
namespace tfqkd::cli {

Command bench_rates_command();
Command bench_searches_command();
Command bench_serve_command();

// As run(), for tfqkd-bench.
int run_bench(int argc, const char* const* argv, Streams streams);

}  // namespace tfqkd::cli
