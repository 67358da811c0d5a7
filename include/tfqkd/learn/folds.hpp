#pragma once

#include "tfqkd/learn/model.hpp"

namespace tfqkd {

// Rows to learn from and rows held out, for cross-validation: each row is held out in exactly one of `folds`
// folds, which one is drawn by `seed` and the row's number.
struct Fold {
    TrainingRows training, held_out;
};
Fold fold_of(const TrainingRows& rows, int fold, int folds, std::uint64_t seed);

}  // namespace tfqkd
