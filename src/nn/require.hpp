#pragma once

#include <string>

#include "tfqkd/error.hpp"

namespace tfqkd {

// Throws Error (usage): "FIELD must RULE".
inline void require(bool holds, const std::string& field, const std::string& rule) {
    if (!holds) throw Error(ErrorKind::usage, field + " must " + rule);
}

}  // namespace tfqkd
