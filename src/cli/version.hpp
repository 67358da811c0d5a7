#pragma once

#include <iosfwd>

namespace tfqkd::cli {

// Version, compiler, flags, instruction set, pack width and libraries.
void print_version(bool json, std::ostream& out);

}  // namespace tfqkd::cli
