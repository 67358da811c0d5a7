#include <cmath>

#include "reader.hpp"
#include "writer.hpp"

namespace tfqkd {
namespace {

void append_properties(std::string& out, const Table& block) {
    out += "{\"properties\": {";
    for (std::size_t i = 0; i < block.properties.size(); ++i) {
        if (i > 0) out += ", ";
        append_json_string(out, block.properties[i].first);
        out += ": ";
        append_json_string(out, block.properties[i].second);
    }
    out += '}';
}

// What stands before each cell of a row: {"first": and , "second":
std::vector<std::string> cell_heads(const Table& block) {
    std::vector<std::string> heads;
    for (const Table::Column& column : block.columns()) {
        std::string head = heads.empty() ? "{" : ", ";
        append_json_string(head, column.name);
        heads.push_back(head + ": ");
    }
    return heads;
}

void append_json_number(std::string& out, double value) {
    if (std::isnan(value)) {
        out += "null";
    } else if (value == 0 && std::signbit(value)) {
        out += "-0.0";  // "-0" would be read as the whole number 0
    } else {
        append_number(out, value);
    }
}

// JSON and JSON Lines: they differ in what stands around the rows.
class JsonWriter final : public BlockWriter {
  public:
    explicit JsonWriter(bool lines) : lines_(lines) {}

    void begin(const Table& block) override {
        heads_ = cell_heads(block);
        if (!lines_ || !block.properties.empty()) append_properties(out, block);
        if (!lines_) {
            out += ",\n\"rows\": [";
        } else if (!block.properties.empty()) {
            out += "}\n";
        }
    }

    void rows(const Table& block, std::size_t first, std::size_t last) override {
        const std::vector<CellsView> columns = view_cells(block);
        for (std::size_t row = first; row < last; ++row) {
            if (!lines_) out += any_ ? ",\n" : "\n";
            any_ = true;
            for (std::size_t i = 0; i < columns.size(); ++i) {
                out += heads_[i];
                if (columns[i].text != nullptr) {
                    append_json_string(out, columns[i].text[row]);
                } else {
                    append_json_number(out, columns[i].numbers[row]);
                }
            }
            out += lines_ ? "}\n" : "}";
        }
    }

    void end() override {
        if (!lines_) out += any_ ? "\n]}\n" : "]}\n";
    }

  private:
    bool lines_;
    bool any_ = false;
    std::vector<std::string> heads_;
};

}  // namespace

std::unique_ptr<BlockWriter> make_json_writer() { return std::make_unique<JsonWriter>(false); }

std::unique_ptr<BlockWriter> make_json_lines_writer() { return std::make_unique<JsonWriter>(true); }

}  // namespace tfqkd
