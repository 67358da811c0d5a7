#pragma once

#include <string>
#include <string_view>

namespace tfqkd::test {

// The first line in which two texts differ, counted from 1, or 0. Numbers may differ by 1e-6 relative, since
// the last digits of a search depend on the processor; every other character must be the same.
int differing_line(std::string_view expected, std::string_view found);

// Compares with tests/golden/NAME. On a difference FILE.new is written beside it, and the test fails and says
// how to look at it and how to accept it.
void check_golden(const std::string& name, const std::string& found);

}  // namespace tfqkd::test
