#include <iostream>

#include "cli/bench.hpp"

int main(int argc, char** argv) {
    std::ios::sync_with_stdio(false);
    return tfqkd::cli::run_bench(argc, argv, {std::cin, std::cout, std::cerr});
}
