#include "refusals.hpp"

#include <filesystem>
#include <map>

#include "catch.hpp"
#include "run_program.hpp"

namespace tfqkd::test {
namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string> files_here() {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator("."))
        if (entry.is_regular_file()) files[entry.path().string()] = file_text(entry.path());
    return files;
}

void check_refusal(const Refusal& refusal) {
    std::vector<std::string> words = words_of(refusal.line);
    for (std::string& word : words)
        if (word == "''") word.clear();
    CAPTURE(refusal.line);
    const Outcome outcome = run_program(words, refusal.input);
    CHECK(outcome.code == refusal.code);
    CHECK(outcome.out == "");
    CHECK(outcome.err.starts_with("tfqkd: "));
    CHECK(outcome.err.size() < 1000);
    for (const std::string& part : refusal.parts) CHECK_THAT(outcome.err, contains_text(part));
}

}  // namespace

void check_refusals(const std::vector<Refusal>& refusals) {
    const auto before = files_here();
    for (const Refusal& refusal : refusals) {
        check_refusal(refusal);
        CAPTURE(refusal.line);
        REQUIRE(files_here() == before);
    }
}

}  // namespace tfqkd::test
