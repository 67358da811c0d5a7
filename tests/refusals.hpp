#pragma once

#include <string>
#include <vector>

namespace tfqkd::test {

// A command line that must be refused: how it ends, and what the message must hold. '' is an empty word.
struct Refusal {
    std::string line;
    int code;
    std::vector<std::string> parts;
    std::string input = "";
};

// Runs each command line, and checks that no file comes, goes or changes.
void check_refusals(const std::vector<Refusal>& refusals);

}  // namespace tfqkd::test
