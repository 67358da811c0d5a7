#include "tfqkd/table/table.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <unordered_set>

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {
namespace {

constexpr std::size_t most_names_listed = 30;

std::size_t length(const Table::Column& column) {
    return std::visit([](const auto& cells) { return cells.size(); }, column.cells);
}

void check_length(const Table::Column& column, const Table::Column& first) {
    if (length(column) == length(first)) return;
    throw Error(ErrorKind::data, "column " + in_quotes(column.name) + " has " +
                                     std::to_string(length(column)) + " cells; the other columns have " +
                                     std::to_string(length(first)));
}

[[noreturn]] void refuse_twice(const std::string& name) {
    throw Error(ErrorKind::data, "there are two columns named " + in_quotes(name));
}

std::string column_list(const std::vector<Table::Column>& columns) {
    if (columns.empty()) return "it has no columns";
    std::string list = "its columns are ";
    const std::size_t shown = std::min(columns.size(), most_names_listed);
    for (std::size_t i = 0; i < shown; ++i) list += (i > 0 ? ", " : "") + columns[i].name;
    if (shown < columns.size()) list += " and " + std::to_string(columns.size() - shown) + " more";
    return list;
}

// The next step for a cell that should have been a number.
std::string number_hint(std::string_view cell) {
    std::string with_point(cell);
    std::replace(with_point.begin(), with_point.end(), ',', '.');
    if (with_point != cell && parse_number(with_point)) {
        return "is not a number; decimals take a point: write " + with_point;
    }
    std::string lower(cell);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (lower.starts_with('+') || lower.starts_with('-')) lower.erase(0, 1);
    const bool special = lower == "nan" || lower == "inf" || lower == "infinity";
    return special ? "is not a finite number" : "is not a number; write digits only, such as 0.5 or 1e-9";
}

}  // namespace

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {
    std::unordered_set<std::string_view> names;
    for (const Column& column : columns_) {
        if (!names.insert(column.name).second) refuse_twice(column.name);
        check_length(column, columns_.front());
    }
}

std::size_t Table::rows() const { return columns_.empty() ? 0 : length(columns_.front()); }

bool Table::has(std::string_view name) const {
    return std::any_of(columns_.begin(), columns_.end(),
                       [&](const Column& column) { return column.name == name; });
}

void Table::add(std::string name, Numbers cells) {
    if (has(name)) refuse_twice(name);
    Column column{std::move(name), std::move(cells)};
    if (!columns_.empty()) check_length(column, columns_.front());
    columns_.push_back(std::move(column));
}

void Table::add(std::string name, Text cells) {
    if (has(name)) refuse_twice(name);
    Column column{std::move(name), std::move(cells)};
    if (!columns_.empty()) check_length(column, columns_.front());
    columns_.push_back(std::move(column));
}

const Table::Numbers& Table::numbers(std::string_view name) const { return checked_numbers(name, false); }

const Table::Numbers& Table::numbers_or_missing(std::string_view name) const {
    return checked_numbers(name, true);
}

Table::Text Table::text(std::string_view name) const {
    const Column& found = column(name);
    if (const Text* cells = std::get_if<Text>(&found.cells)) return *cells;
    const Numbers& numbers = std::get<Numbers>(found.cells);
    Text cells(numbers.size());
    std::transform(numbers.begin(), numbers.end(), cells.begin(), [](double x) { return format_number(x); });
    return cells;
}

std::string Table::where(std::size_t row) const {
    if (row < lines.size()) return source + ":" + std::to_string(lines[row]);
    return (source.empty() ? "" : source + ": ") + "row " + std::to_string(row + 1);
}

std::string_view Table::property(std::string_view name) const {
    for (const auto& [key, value] : properties) {
        if (key == name) return value;
    }
    return "";
}

const Table::Column& Table::column(std::string_view name) const {
    const auto found =
        std::find_if(columns_.begin(), columns_.end(), [&](const Column& each) { return each.name == name; });
    if (found != columns_.end()) return *found;
    const std::vector<std::string_view> names = [this] {
        std::vector<std::string_view> list;
        for (const Column& each : columns_) list.push_back(each.name);
        return list;
    }();
    throw Error(ErrorKind::data, (source.empty() ? "" : source + ": ") + "no column " + in_quotes(name) +
                                     did_you_mean(name, names) + "; " + column_list(columns_));
}

const Table::Numbers& Table::checked_numbers(std::string_view name, bool may_be_missing) const {
    const Column& found = column(name);
    const auto refuse = [&](std::size_t row, const std::string& what) {
        throw Error(ErrorKind::data, where(row) + ": " + found.name + " " + what);
    };
    if (const Numbers* numbers = std::get_if<Numbers>(&found.cells)) {
        for (std::size_t row = 0; row < numbers->size(); ++row) {
            const double x = (*numbers)[row];
            if (std::isnan(x) && !may_be_missing) refuse(row, "is empty; a number is needed");
            if (std::isinf(x)) refuse(row, "= " + format_number(x) + " is not a finite number");
        }
        return *numbers;
    }
    const Text& text = std::get<Text>(found.cells);
    for (std::size_t row = 0; row < text.size(); ++row) {
        if (text[row].empty() && !may_be_missing) refuse(row, "is empty; a number is needed");
        if (!text[row].empty() && !parse_number(text[row])) {
            refuse(row, "= " + in_quotes(text[row]) + " " + number_hint(text[row]));
        }
    }
    // Only a table built by hand or JSON strings hold numbers as text.
    throw Error(ErrorKind::data, (text.empty() ? "" : where(0) + ": ") + found.name +
                                     " holds text; write its numbers without quotes");
}

Table some_rows(const Table& table, std::size_t first, std::size_t last, std::size_t step) {
    const auto part_of = [&](const auto& all) {
        std::decay_t<decltype(all)> part;
        for (std::size_t row = first; row < last; row += step) part.push_back(all[row]);
        return part;
    };
    std::vector<Table::Column> columns;
    columns.reserve(table.columns().size());
    for (const Table::Column& column : table.columns()) {
        columns.push_back({column.name, {}});
        std::visit([&](const auto& cells) { columns.back().cells = part_of(cells); }, column.cells);
    }
    Table part(std::move(columns));
    if (!table.lines.empty()) part.lines = part_of(table.lines);
    part.properties = table.properties;
    part.source = table.source;
    return part;
}

}  // namespace tfqkd
