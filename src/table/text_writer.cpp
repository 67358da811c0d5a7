#include <algorithm>
#include <cmath>

#include "tfqkd/table/number.hpp"
#include "writer.hpp"

namespace tfqkd {
namespace {

constexpr int shown_digits = 6;

// Characters, counted as UTF-8 code points.
std::size_t width(std::string_view text) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins));
}

// Aligned columns for people: plain, or as a Markdown pipe table. Held back until the widths are known.
class TextWriter final : public BlockWriter {
  public:
    explicit TextWriter(bool markdown) : markdown_(markdown) {}

    void begin(const Table& block) override {
        for (const Table::Column& column : block.columns()) {
            columns_.push_back({.cells = {one_line(column.name)}});
        }
    }

    void rows(const Table& block, std::size_t first, std::size_t last) override {
        const std::vector<CellsView> columns = view_cells(block);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            columns_[i].right = columns_[i].right && columns[i].text == nullptr;
            for (std::size_t row = first; row < last; ++row)
                columns_[i].cells.push_back(shown(columns[i], row));
        }
    }

    void end() override {
        for (Shown& column : columns_) {
            for (const std::string& cell : column.cells) column.width = std::max(column.width, width(cell));
            if (markdown_) column.width = std::max<std::size_t>(column.width, 3);
        }
        const std::size_t rows = columns_.empty() ? 0 : columns_.front().cells.size();
        for (std::size_t row = 0; row < rows; ++row) {
            append_row(row);
            if (row == 0 && markdown_) append_rule();
        }
    }

  private:
    struct Shown {
        std::vector<std::string> cells;  // the head first
        std::size_t width = 0;
        bool right = true;
    };

    std::string shown(const CellsView& cells, std::size_t row) const {
        if (cells.text != nullptr) return one_line(cells.text[row]);
        return std::isnan(cells.numbers[row]) ? "-" : format_number(cells.numbers[row], shown_digits);
    }

    std::string one_line(std::string_view text) const {
        std::string line;
        for (const char c : text) {
            if (markdown_ && c == '|') line += '\\';
            const auto byte = static_cast<unsigned char>(c);
            line += byte < 0x20 || byte == 0x7f ? ' ' : c;
        }
        return line;
    }

    void append_row(std::size_t row) {
        out += markdown_ ? "| " : "";
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const Shown& column = columns_[i];
            const std::string gap(column.width - width(column.cells[row]), ' ');
            if (i > 0) out += markdown_ ? " | " : "  ";
            out += column.right ? gap + column.cells[row] : column.cells[row] + gap;
        }
        if (markdown_) out += " |";
        while (!markdown_ && !out.empty() && out.back() == ' ') out.pop_back();
        out += '\n';
    }

    void append_rule() {
        for (const Shown& column : columns_) {
            out += (column.right ? "| " : "| :") + std::string(column.width - 1, '-') +
                   (column.right ? ": " : " ");
        }
        out += "|\n";
    }

    bool markdown_;
    std::vector<Shown> columns_;
};

}  // namespace

std::unique_ptr<BlockWriter> make_text_writer() { return std::make_unique<TextWriter>(false); }

std::unique_ptr<BlockWriter> make_markdown_writer() { return std::make_unique<TextWriter>(true); }

}  // namespace tfqkd
