#include "csv_cells.hpp"

#include <algorithm>

#include "tfqkd/error.hpp"

namespace tfqkd {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

void CsvSplitter::split(std::string_view line) {
    cells_.clear();
    first_line_ = input_.line();
    if (line.find('"') == std::string_view::npos) return split_plain(line);
    row_ = line;
    if (split_quoted(row_)) return;
    read_to_last_quote(line);
    cells_.clear();
    if (!split_quoted(row_)) input_.refuse(first_line_, "a quoted cell has no closing quote; end it with \"");
}

void CsvSplitter::split_plain(std::string_view row) {
    for (;;) {
        const std::size_t comma = row.find(',');
        add_cell(trim(row.substr(0, comma)));
        if (comma == std::string_view::npos) return;
        row.remove_prefix(comma + 1);
    }
}

// False when the row ends within a quoted cell.
bool CsvSplitter::split_quoted(std::string_view row) {
    unquoted_.clear();
    unquoted_.reserve(row.size());  // so that views into it stay valid
    std::size_t place = 0;
    for (;;) {
        while (place < row.size() && is_blank(row[place])) ++place;
        if (place < row.size() && row[place] == '"') {
            if (!take_quoted(row, place)) return false;
        } else {
            take_plain(row, place);
        }
        if (place == row.size()) return true;
        ++place;
    }
}

// Reads from an opening quote to the comma or the end after the closing one.
bool CsvSplitter::take_quoted(std::string_view row, std::size_t& place) {
    const std::size_t start = unquoted_.size();
    for (++place;; ++place) {
        const std::size_t quote = row.find('"', place);
        if (quote == std::string_view::npos) return false;
        unquoted_.append(row.substr(place, quote - place));
        place = quote + 1;
        if (place == row.size() || row[place] != '"') break;
        unquoted_ += '"';
    }
    add_cell(std::string_view(unquoted_).substr(start));
    while (place < row.size() && is_blank(row[place])) ++place;
    if (place < row.size() && row[place] != ',') {
        input_.refuse(first_line_,
                      "text after the closing quote of " + in_quotes(cells_.back()) +
                          "; put the whole cell in quotes, and write a quote inside it twice (\"\")");
    }
    return true;
}

void CsvSplitter::take_plain(std::string_view row, std::size_t& place) {
    const std::size_t end = std::min(row.find(',', place), row.size());
    const std::string_view cell = trim(row.substr(place, end - place));
    if (cell.find('"') != std::string_view::npos) {
        input_.refuse(first_line_,
                      "a quote inside the cell " + in_quotes(cell) +
                          "; put the whole cell in quotes, and write a quote inside it twice (\"\")");
    }
    add_cell(cell);
    place = end;
}

void CsvSplitter::add_cell(std::string_view cell) {
    if (cells_.size() == most_columns) {
        input_.refuse(first_line_,
                      "more than " + std::to_string(most_columns) + " cells in a row; is this a table?");
    }
    cells_.push_back(cell);
}

// Appends lines to row_ until the quotes are even.
void CsvSplitter::read_to_last_quote(std::string_view line) {
    const auto odd = [](std::string_view text) { return std::count(text.begin(), text.end(), '"') % 2 == 1; };
    do {
        if (!input_.next_line(line)) {
            input_.refuse(first_line_, "a quoted cell has no closing quote; end it with \"");
        }
        if (row_.size() + line.size() >= longest_line) {
            input_.refuse(first_line_, "a quoted cell has no closing quote within 1 MiB; end it with \"");
        }
        row_ += '\n';
        row_ += line;
    } while (!odd(line));
}

}  // namespace tfqkd
