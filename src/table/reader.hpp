#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "input.hpp"
#include "tfqkd/table/table_io.hpp"

namespace tfqkd {

// One format's way to read a table block by block.
class BlockReader {
  public:
    virtual ~BlockReader() = default;
    // As TableReader::next; with `wait` a block is only cut short by the end.
    virtual bool next(Table& block, std::size_t most, bool wait) = 0;
};

std::unique_ptr<BlockReader> make_csv_reader(Input& input);
std::unique_ptr<BlockReader> make_json_reader(Input& input);
std::unique_ptr<BlockReader> make_json_lines_reader(Input& input);
// Maps the file into memory.
std::unique_ptr<BlockReader> make_npy_reader(const std::string& path);

// JSON Lines when the line is a whole object that doesn't hold "rows", else JSON.
TableFormat json_kind(std::string_view first_line);

// The text within a JSON string literal; false when it is none.
bool read_json_string(std::string_view literal, std::string& text);
// Appends `text` as a JSON string literal; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

// Whether there are line ends, tabs, escapes and the like in it.
bool has_control(std::string_view text);

// The cells of a column while they are read: numbers until one cell is something else.
class ColumnCells {
  public:
    void add_number(double value);
    void add_text(std::string text);
    // A number if the text reads as one, a missing cell if it is empty.
    void add_cell(std::string_view cell);
    void add_missing();
    std::variant<Table::Numbers, Table::Text> take();

  private:
    void turn_to_text();

    Table::Numbers numbers_;
    Table::Text text_;
    bool is_text_ = false;
};

}  // namespace tfqkd
