#pragma once

#include <iosfwd>

namespace tfqkd::cli {

// The whole program, in process: reads the words, runs the subcommand, and turns every error into a message
// on `err` and an exit code.
int run(int argc, const char* const* argv, std::istream& in, std::ostream& out, std::ostream& err);

}  // namespace tfqkd::cli
