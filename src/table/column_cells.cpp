#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "reader.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

bool has_control(std::string_view text) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    return std::any_of(text.begin(), text.end(), is_control);
}

void ColumnCells::add_number(double value) {
    if (is_text_) {
        text_.push_back(format_number(value));
    } else {
        numbers_.push_back(value);
    }
}

void ColumnCells::add_text(std::string text) {
    if (!is_text_) turn_to_text();
    text_.push_back(std::move(text));
}

void ColumnCells::add_cell(std::string_view cell) {
    if (cell.empty()) return add_missing();
    if (const auto value = parse_number(cell)) return add_number(*value);
    add_text(std::string(cell));
}

void ColumnCells::add_missing() { add_number(std::numeric_limits<double>::quiet_NaN()); }

std::variant<Table::Numbers, Table::Text> ColumnCells::take() {
    if (std::exchange(is_text_, false)) return std::exchange(text_, {});
    return std::exchange(numbers_, {});
}

void ColumnCells::turn_to_text() {
    is_text_ = true;
    text_.reserve(numbers_.size() + 1);
    for (const double value : numbers_) text_.push_back(format_number(value));
    numbers_.clear();
}

}  // namespace tfqkd
