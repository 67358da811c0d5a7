#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace tfqkd {

// Parses JSON whose nesting is limited; a hostile depth would overflow the stack when it is copied or written
// out again. Throws Error (data), and nlohmann's exceptions.
nlohmann::json parse_shallow(const std::string& text, int deepest);

}  // namespace tfqkd
