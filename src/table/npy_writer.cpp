#include <algorithm>
#include <cstring>
#include <limits>

#include "npy.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"
#include "writer.hpp"

namespace tfqkd {
namespace {

using Kind = NpyHeader::Kind;
constexpr std::size_t least_text = 32;  // bytes, for texts that are longer than those of the first rows

// Records of 8-byte numbers and texts of a fixed width, in the machine's byte order, which is little-endian.
class NpyWriter final : public BlockWriter {
  public:
    void begin(const Table& block) override {
        header_.properties = block.properties;
        for (const Table::Column& column : block.columns()) {
            const auto* text = std::get_if<Table::Text>(&column.cells);
            std::size_t width = text ? least_text : sizeof(double);
            if (text)
                for (const std::string& cell : *text) width = std::max(width, cell.size());
            header_.fields.push_back({column.name, text ? Kind::bytes : Kind::f8, width});
        }
        out += write_npy_header(header_);
    }

    void rows(const Table& block, std::size_t first, std::size_t last) override {
        const std::vector<CellsView> columns = view_cells(block);
        for (std::size_t row = first; row < last; ++row)
            for (std::size_t k = 0; k < columns.size(); ++k)
                header_.fields[k].kind == Kind::f8 ? add_number(block, columns[k], k, row)
                                                   : add_text(block, columns[k], k, row);
        header_.rows += last - first;
    }

    void end() override {}
    std::string final_head() const override { return write_npy_header(header_); }

  private:
    [[noreturn]] void refuse(const Table& block, std::size_t k, std::size_t row,
                             const std::string& what) const {
        throw Error(ErrorKind::data, block.where(row) + ": " + header_.fields[k].name + " " + what +
                                         "; write a .csv file, and turn it into .npy with 'tfqkd convert'");
    }
    void add_number(const Table& block, const CellsView& cells, std::size_t k, std::size_t row) {
        if (cells.text && !cells.text[row].empty() && !parse_number(cells.text[row]))
            refuse(block, k, row, "holds text, where the rows before hold numbers");
        const double value = !cells.text               ? cells.numbers[row]
                             : cells.text[row].empty() ? std::numeric_limits<double>::quiet_NaN()
                                                       : *parse_number(cells.text[row]);
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        out.append(bytes, sizeof bytes);
    }
    void add_text(const Table& block, const CellsView& cells, std::size_t k, std::size_t row) {
        const std::string& text = cells.text ? cells.text[row] : format_number(cells.numbers[row]);
        const std::size_t width = header_.fields[k].width;
        if (text.size() > width)
            refuse(block, k, row,
                   "has " + std::to_string(text.size()) + " bytes, but the file's texts have " +
                       std::to_string(width));
        out += text;
        out.append(width - text.size(), '\0');
    }

    NpyHeader header_;
};

}  // namespace

std::unique_ptr<BlockWriter> make_npy_writer() { return std::make_unique<NpyWriter>(); }

}  // namespace tfqkd
