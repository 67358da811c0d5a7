#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tfqkd/table/table.hpp"

namespace tfqkd {

// A column's cells, numbers or text.
struct CellsView {
    const double* numbers = nullptr;
    const std::string* text = nullptr;
};
std::vector<CellsView> view_cells(const Table& table);

// One format's way to write a table; it appends to `out`, which the caller empties now and then.
class BlockWriter {
  public:
    virtual ~BlockWriter() = default;
    virtual void begin(const Table& block) = 0;
    virtual void rows(const Table& block, std::size_t first, std::size_t last) = 0;
    virtual void end() = 0;
    // What takes the place of the file's beginning once all rows are known, of the same length; "" for
    // nothing.
    virtual std::string final_head() const { return ""; }

    std::string out;
};

std::unique_ptr<BlockWriter> make_csv_writer();
std::unique_ptr<BlockWriter> make_json_writer();
std::unique_ptr<BlockWriter> make_json_lines_writer();
std::unique_ptr<BlockWriter> make_text_writer();
std::unique_ptr<BlockWriter> make_markdown_writer();
std::unique_ptr<BlockWriter> make_npy_writer();

// Appends the shortest text that reads back as the same finite number.
void append_number(std::string& out, double value);

}  // namespace tfqkd
