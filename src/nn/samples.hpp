#pragma once

#include <initializer_list>
#include <string>

#include "tfqkd/error.hpp"
#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// Throws Error (data) when there is nothing to learn from or a number is not finite. Returns the set that
// decides: `check`, or `train` when `check` has no rows.
const Samples& checked(const Samples& train, const Samples& check);

// Throws Error (usage): "FIELD must RULE".
inline void require(bool holds, const std::string& field, const std::string& rule) {
    if (!holds) throw Error(ErrorKind::usage, field + " must " + rule);
}

}  // namespace tfqkd
