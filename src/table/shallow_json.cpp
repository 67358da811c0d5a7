#include "table/shallow_json.hpp"

#include <nlohmann/json.hpp>

#include "tfqkd/error.hpp"

namespace tfqkd {

nlohmann::json parse_shallow(const std::string& text, int deepest) {
    return nlohmann::json::parse(text, [deepest](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        if (depth > deepest)
            throw Error(ErrorKind::data, "it is nested more than " + std::to_string(deepest) + " deep");
        return true;
    });
}

}  // namespace tfqkd
