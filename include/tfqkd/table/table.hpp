#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace tfqkd {

// Rows x named columns, column by column; each column holds numbers or text. A number that is not there is
// NaN.
class Table {
  public:
    using Numbers = std::vector<double>;
    using Text = std::vector<std::string>;
    struct Column {
        std::string name;
        std::variant<Numbers, Text> cells;
    };

    Table() = default;
    // Throws Error (data) when a name comes twice or the lengths differ.
    explicit Table(std::vector<Column> columns);

    std::size_t rows() const;
    const std::vector<Column>& columns() const { return columns_; }
    bool has(std::string_view name) const;

    // Each throws Error (data) when the name is there already or the length differs from the other columns'.
    void add(std::string name, Numbers cells);
    void add(std::string name, Text cells);

    // The cells of a column. Throws Error (data) that names the file and the nearest column name when there
    // is no such column, and file, line, column and value of the first cell that is not a finite number.
    const Numbers& numbers(std::string_view name) const;
    // As `numbers`, but empty cells are allowed and are NaN.
    const Numbers& numbers_or_missing(std::string_view name) const;
    // The cells of a column as text, whichever kind it is; a missing number is "". Cells of a CSV file that
    // read as numbers come back as format_number writes them ("007" as "7"), whatever the other cells of the
    // column hold.
    Text text(std::string_view name) const;

    // Where row `row` came from, such as "links.csv:17"; "row 17" for a table that was not read from a file.
    std::string where(std::size_t row) const;

    // Facts about the whole table, such as {"protocol", "sns-finite"}: "# key: value" lines before a CSV
    // header, an object {"properties": {...}} as the first line of JSON Lines, the member "properties" beside
    // "rows" in JSON.
    std::vector<std::pair<std::string, std::string>> properties;
    // The value of a property, or "" when there is none of that name.
    std::string_view property(std::string_view name) const;

    std::string source;              // the file it was read from, "" for none
    std::vector<std::size_t> lines;  // line of each row in `source`; empty for a table that was not read

  private:
    const Column& column(std::string_view name) const;
    const Numbers& checked_numbers(std::string_view name, bool may_be_missing) const;

    std::vector<Column> columns_;
};

// Rows first, first + step, ... below `last` of a table, with its columns, properties and places.
Table some_rows(const Table& table, std::size_t first, std::size_t last, std::size_t step = 1);

}  // namespace tfqkd
