#pragma once

#include <string_view>
#include <vector>

namespace tfqkd::test {

// A reader of files that come from elsewhere: for every sequence of bytes it returns. What it may throw,
// Error, is caught inside; everything else that happens is a bug.
struct FuzzTarget {
    std::string_view name;
    void (*run)(std::string_view bytes);
};

const std::vector<FuzzTarget>& fuzz_targets();

}  // namespace tfqkd::test
