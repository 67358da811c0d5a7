#include "cli/words.hpp"

#include <sstream>
#include <string_view>

#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

// The next word, or several that belong on one line: an interval, or in a command a flag with its value.
bool take_unit(std::istringstream& words, std::string& unit, bool command) {
    if (!(words >> unit)) return false;
    const bool interval = unit.size() > 2 && unit.back() == ',' && (unit[0] == '[' || unit[0] == '(') &&
                          parse_number(std::string_view(unit).substr(1, unit.size() - 2));
    std::string rest;
    if ((interval || (command && unit.starts_with("--"))) && words >> rest) unit += " " + rest;
    return true;
}

}  // namespace

std::string wrapped(const std::string& text, std::size_t indent, std::size_t width,
                    const std::string& line_end) {
    std::string result;
    std::size_t column = indent;
    std::istringstream words(text);
    for (std::string word; take_unit(words, word, !line_end.empty());) {
        if (column > indent && column + 1 + word.size() + line_end.size() > width) {
            result += line_end + "\n" + std::string(indent, ' ');
            column = indent;
        }
        if (column > indent) result += ' ', ++column;
        result += word;
        column += word.size();
    }
    return result;
}

}  // namespace tfqkd::cli
