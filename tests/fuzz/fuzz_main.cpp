#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "fuzz/targets.hpp"

// One program for every target; $TFQKD_FUZZ names the one to run.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static const tfqkd::test::FuzzTarget* const target = [] {
        const char* const name = std::getenv("TFQKD_FUZZ");
        for (const auto& one : tfqkd::test::fuzz_targets())
            if (name && one.name == name) return &one;
        std::abort();
    }();
    target->run({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
