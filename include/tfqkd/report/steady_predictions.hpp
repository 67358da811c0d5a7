#pragma once

#include "tfqkd/learn/model.hpp"

namespace tfqkd {

// A model's predictions, each a function of its own link to the last bit. How Eigen multiplies matrices
// depends on the place of a row among the others, at the ends of its tiles; so the tiles are filled up with
// copies of the last link.
Predictions steady_predictions(const Model& model, const ColumnsRef& links);

}  // namespace tfqkd
