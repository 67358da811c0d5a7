#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "input.hpp"

namespace tfqkd {

// Without the spaces and tabs at both ends.
std::string_view trim(std::string_view text);

// Splits the rows of a CSV file (RFC 4180) into cells.
class CsvSplitter {
  public:
    explicit CsvSplitter(Input& input) : input_(input) {}
    // Splits a line; a quoted cell may go on in the lines after it, which are then read too.
    void split(std::string_view line);
    // The cells of the row that was split last; they hold until the next line is read.
    const std::vector<std::string_view>& cells() const { return cells_; }

  private:
    void split_plain(std::string_view row);
    bool split_quoted(std::string_view row);
    bool take_quoted(std::string_view row, std::size_t& place);
    void take_plain(std::string_view row, std::size_t& place);
    void add_cell(std::string_view cell);
    void read_to_last_quote(std::string_view line);

    Input& input_;
    std::vector<std::string_view> cells_;
    std::string row_;       // a row with quotes
    std::string unquoted_;  // its cells without them
    std::size_t first_line_ = 0;
};

}  // namespace tfqkd
