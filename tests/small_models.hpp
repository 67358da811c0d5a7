#pragma once

#include "catch.hpp"
#include "run_program.hpp"

namespace tfqkd::test {

// Puts data.csv and bpnn.json, relu.json, rbfnn.json, grnn.json (order 1), grnn0.json into the current
// folder.
inline void put_small_models() {
    REQUIRE(run_line("generate --rows 100 --range distance_km=0:250 --range pulses=1e12:1e15 --range "
                     "misalignment=0.01:0.05 --quiet -o data.csv")
                .code == 0);
    const std::string train = "train --data data.csv --quiet --network ";
    for (const char* rest :
         {"bpnn --hidden 6-4 --epochs 10 -o bpnn.json",
          "bpnn --hidden 5 --activation relu --epochs 10 -o relu.json", "rbfnn --max-centres 8 -o rbfnn.json",
          "grnn --order 1 -o grnn.json", "grnn --order 0 -o grnn0.json"})
        REQUIRE(run_line(train + rest).code == 0);
}

}  // namespace tfqkd::test
