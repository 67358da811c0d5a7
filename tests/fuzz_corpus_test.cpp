#include <algorithm>
#include <filesystem>

#include "catch.hpp"
#include "fuzz/targets.hpp"
#include "run_program.hpp"

using namespace tfqkd::test;

// What fuzzing has found and what it begins with, without a fuzzer: every file through every reader.
TEST_CASE("every file of the corpus is read or refused by every reader", "[corpus]") {
    std::vector<std::filesystem::path> files;
    for (const char* folder : {"/corpus", "/fuzz/seeds"})
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(std::string(TFQKD_TESTS_DIR) + folder))
            if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    REQUIRE(files.size() > 70);
    for (const auto& file : files) {
        const std::string bytes = file_text(file);
        for (const FuzzTarget& target : fuzz_targets()) {
            CAPTURE(file, target.name);
            CHECK_NOTHROW(target.run(bytes));
        }
    }
}
