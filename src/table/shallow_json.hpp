#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "tfqkd/error.hpp"

namespace tfqkd {

// Parses JSON whose nesting is limited; a hostile depth would overflow the stack when it is copied or written
// out again. Throws Error (data), and nlohmann's exceptions.
inline nlohmann::json parse_shallow(const std::string& text, int deepest) {
    return nlohmann::json::parse(text, [deepest](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        if (depth > deepest)
            throw Error(ErrorKind::data, "it is nested more than " + std::to_string(deepest) + " deep");
        return true;
    });
}

}  // namespace tfqkd
