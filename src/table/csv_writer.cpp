#include <cmath>

#include "csv_cells.hpp"
#include "reader.hpp"
#include "writer.hpp"

namespace tfqkd {
namespace {

// Text that the reader would not take as it stands is written as a JSON string.
void append_property_part(std::string& out, std::string_view part, bool is_key) {
    const bool bare = trim(part) == part && !part.starts_with('"') && !has_control(part);
    const bool word = !part.empty() && part.find_first_of(" :") == std::string_view::npos;
    if (bare && (word || !is_key)) {
        out += part;
    } else {
        append_json_string(out, part);
    }
}

void append_cell(std::string& out, std::string_view cell) {
    const bool bare = cell.find_first_of(",;\t\"\r\n") == std::string_view::npos && trim(cell) == cell &&
                      !cell.starts_with('#') && !cell.starts_with("\xEF\xBB\xBF");
    if (bare) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

class CsvWriter final : public BlockWriter {
  public:
    void begin(const Table& block) override {
        for (const auto& [key, value] : block.properties) {
            out += "# ";
            append_property_part(out, key, true);
            out += ": ";
            append_property_part(out, value, false);
            out += '\n';
        }
        for (const Table::Column& column : block.columns()) {
            append_cell(out, column.name);
            out += ',';
        }
        if (!block.columns().empty()) out.back() = '\n';
    }

    void rows(const Table& block, std::size_t first, std::size_t last) override {
        const std::vector<CellsView> columns = view_cells(block);
        for (std::size_t row = first; row < last; ++row) {
            const std::size_t start = out.size();
            for (const CellsView& cells : columns) {
                if (cells.text != nullptr) {
                    append_cell(out, cells.text[row]);
                } else if (!std::isnan(cells.numbers[row])) {
                    append_number(out, cells.numbers[row]);
                }
                out += ',';
            }
            if (out.size() == start + 1) out.insert(start, "\"\"");  // an empty line would be no row
            out.back() = '\n';
        }
    }

    void end() override {}
};

}  // namespace

std::unique_ptr<BlockWriter> make_csv_writer() { return std::make_unique<CsvWriter>(); }

}  // namespace tfqkd
