#include "tfqkd/table/row_file.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <sstream>

#include "input.hpp"
#include "tfqkd/table/text_file.hpp"

namespace tfqkd {

RowFile::RowFile(std::string path, TableFormat format, std::size_t part_bytes)
    : path_(std::move(path)), format_(format), part_bytes_(part_bytes) {
    assert(format == TableFormat::csv || format == TableFormat::jsonl);
    read_header();
    if (header_.empty()) return;
    std::istringstream in(header_);
    TableReader(in, format_, path_).next(head_, 1);
}

// CSV: comments, then the line of names. JSON Lines: the first line, if it holds the properties.
void RowFile::read_header() {
    std::string_view line;
    while (next_line(line, false)) {
        const bool properties = line.starts_with("{\"properties\"");
        if (format_ == TableFormat::jsonl && !properties) break;
        header_ += line;
        bytes_ += line.size();
        if (properties || (!line.starts_with('#') && line != "\n")) return;
    }
    header_.clear();
    bytes_ = 0;
}

bool RowFile::next(std::string_view& row) {
    if (torn_ || header_.empty()) return false;
    if (!next_line(row, format_ == TableFormat::csv)) {
        torn_ = begin_ < buffer_.size();
        return false;
    }
    if (std::memchr(row.data(), '\0', row.size()) != nullptr) {
        torn_ = true;
        return false;
    }
    ++rows_;
    bytes_ += row.size();
    return true;
}

bool RowFile::next_line(std::string_view& line, bool quotes) {
    searched_ = begin_;
    in_quotes_ = false;
    while (!find_end(quotes))
        if (buffer_.size() - begin_ > longest_line || !fill()) return false;
    line = std::string_view(buffer_).substr(begin_, searched_ - begin_);
    begin_ = searched_;
    return true;
}

// Moves searched_ behind the next line end that is not in quotes.
bool RowFile::find_end(bool quotes) {
    while (searched_ < buffer_.size()) {
        const std::size_t end = buffer_.find('\n', searched_);
        const std::size_t stop = end == std::string::npos ? buffer_.size() : end + 1;
        if (quotes) {
            const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(searched_);
            const auto to = buffer_.begin() + static_cast<std::ptrdiff_t>(stop);
            if (std::count(from, to, '"') % 2 != 0) in_quotes_ = !in_quotes_;
        }
        searched_ = stop;
        if (end != std::string::npos && !in_quotes_) return true;
    }
    return false;
}

bool RowFile::fill() {
    buffer_.erase(0, begin_);
    searched_ -= begin_;
    begin_ = 0;
    const std::size_t before = buffer_.size();
    read_file_in_parts(
        path_, read_,
        [&](std::string_view part) {
            buffer_ += part;
            return false;
        },
        part_bytes_);
    read_ += buffer_.size() - before;
    return buffer_.size() > before;
}

}  // namespace tfqkd
