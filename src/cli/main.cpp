#include <iostream>

#include "cli/process.hpp"
#include "cli/run.hpp"

int main(int argc, char** argv) {
    tfqkd::cli::prepare_process();
    std::ios::sync_with_stdio(false);
    return tfqkd::cli::run(argc, argv, std::cin, std::cout, std::cerr);
}
