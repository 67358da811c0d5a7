#pragma once

#include "report/method.hpp"
#include "tfqkd/learn/model.hpp"

namespace tfqkd {

// What a network has to beat, made from the rows that it learned from: degree-5 polynomial ridge, a look-up
// table with as many entries, the nearest row, and the best fixed parameters.
std::vector<Method> plain_rivals(const TrainingRows& train, int threads);

}  // namespace tfqkd
