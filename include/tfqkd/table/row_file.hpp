#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "tfqkd/table/table_io.hpp"

namespace tfqkd {

// A CSV or JSON Lines file as bytes: what stands before the rows, then each row as it stands, with its line
// end. For going on with a file that was cut anywhere, and for joining files without reading a number. The
// file is open only while a part of it is read, so that there may be any number of them.
class RowFile {
  public:
    // Reads the header. Throws Error (io) when the file can't be read, Error (data) when a whole header is
    // none.
    RowFile(std::string path, TableFormat format, std::size_t part_bytes = std::size_t{1} << 18);

    const std::string& path() const { return path_; }
    // Property lines and column names as they stand; "" when the file ends before they do.
    const std::string& header() const { return header_; }
    // The columns (none for JSON Lines) and the properties in it; no rows.
    const Table& head() const { return head_; }

    // The next whole row; the view holds until the next call. False at the end, or where a row is torn: it
    // has no line end, or holds zero bytes.
    bool next(std::string_view& row);
    std::uint64_t rows() const { return rows_; }    // given so far
    std::uint64_t bytes() const { return bytes_; }  // up to the end of the row that was given last
    bool torn() const { return torn_; }             // once next() has answered false

  private:
    bool next_line(std::string_view& line, bool quotes);
    bool find_end(bool quotes);
    bool fill();
    void read_header();

    std::string path_;
    TableFormat format_;
    std::size_t part_bytes_;
    std::string header_, buffer_;
    Table head_;
    std::size_t begin_ = 0, searched_ = 0;  // in buffer_: the line to come; how far it was looked at
    std::uint64_t read_ = 0, rows_ = 0, bytes_ = 0;
    bool in_quotes_ = false, torn_ = false;
};

}  // namespace tfqkd
