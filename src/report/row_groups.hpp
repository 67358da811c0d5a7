#pragma once

#include <string>
#include <vector>

#include "tfqkd/table/table.hpp"

namespace tfqkd {

// Rows of a table that belong together.
struct RowGroup {
    std::string name;
    std::vector<std::size_t> rows;
};

// The file that a table was read from, without folder and ending; "data" for none.
std::string file_stem(const Table& table);

// By the text of a column, in the order of their first rows; all together as `otherwise` where there is no
// such column.
std::vector<RowGroup> groups_by(const Table& table, const std::string& column, const std::string& otherwise);
// By the column or property "protocol", else by the file's name.
std::vector<RowGroup> groups_by_protocol(const Table& table);

// The key rates of a table, as compare or as all other commands name them.
const Table::Numbers& key_rates(const Table& table);

}  // namespace tfqkd
