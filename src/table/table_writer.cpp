#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <ostream>
#include <system_error>
#include <utility>

#include "tfqkd/error.hpp"
#include "tfqkd/table/table_io.hpp"
#include "writer.hpp"

namespace tfqkd {
namespace {

constexpr std::size_t rows_at_once = 256;
constexpr std::size_t bytes_at_once = std::size_t{1} << 16;

std::unique_ptr<BlockWriter> make_writer(TableFormat format) {
    switch (format) {
        case TableFormat::csv:
            return make_csv_writer();
        case TableFormat::json:
            return make_json_writer();
        case TableFormat::jsonl:
            return make_json_lines_writer();
        case TableFormat::text:
            return make_text_writer();
        case TableFormat::markdown:
            return make_markdown_writer();
        case TableFormat::npy:
            return make_npy_writer();
    }
    return nullptr;
}

void check_finite(const Table& block) {
    for (const Table::Column& column : block.columns()) {
        const auto* const numbers = std::get_if<Table::Numbers>(&column.cells);
        if (numbers == nullptr) continue;
        const auto found =
            std::find_if(numbers->begin(), numbers->end(), [](double x) { return std::isinf(x); });
        if (found == numbers->end()) continue;
        throw Error(ErrorKind::data, block.where(static_cast<std::size_t>(found - numbers->begin())) + ": " +
                                         column.name +
                                         " is infinite and can't be written; only finite numbers can");
    }
}

}  // namespace

std::vector<CellsView> view_cells(const Table& table) {
    std::vector<CellsView> views;
    views.reserve(table.columns().size());
    for (const Table::Column& column : table.columns()) {
        if (const auto* const text = std::get_if<Table::Text>(&column.cells)) {
            views.push_back({nullptr, text->data()});
        } else {
            views.push_back({std::get<Table::Numbers>(column.cells).data(), nullptr});
        }
    }
    return views;
}

void append_number(std::string& out, double value) {
    char digits[32];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

struct TableWriter::State {
    std::ostream& stream;
    std::unique_ptr<BlockWriter> writer;
    std::string header;
    std::vector<std::string> names{};
    bool begun = false;

    void begin(const Table& block);
    void check_columns(const Table& block) const;
    void drain();
    void flush();
    void put_head(const std::string& head);
    void check() const;
};

void TableWriter::State::begin(const Table& block) {
    if (std::exchange(begun, true)) return check_columns(block);
    for (const Table::Column& column : block.columns()) names.push_back(column.name);
    writer->begin(block);
    if (header.empty()) return;
    if (writer->out != header)
        throw Error(ErrorKind::data,
                    "the rows that are there already have other columns or properties than those to come");
    writer->out.clear();
}

void TableWriter::State::check_columns(const Table& block) const {
    const auto same = [](const Table::Column& column, const std::string& name) {
        return column.name == name;
    };
    if (std::equal(block.columns().begin(), block.columns().end(), names.begin(), names.end(), same)) return;
    throw Error(ErrorKind::data, block.where(0) + ": the columns differ from those of the rows before");
}

void TableWriter::State::drain() {
    errno = 0;
    stream.write(writer->out.data(), static_cast<std::streamsize>(writer->out.size()));
    writer->out.clear();
    check();
}

void TableWriter::State::flush() {
    drain();
    errno = 0;
    stream.flush();
    check();
}

// NPY files begin with their number of rows.
void TableWriter::State::put_head(const std::string& head) {
    errno = 0;
    stream.seekp(0);
    stream.write(head.data(), static_cast<std::streamsize>(head.size()));
    stream.flush();
    stream.seekp(0, std::ios::end);
    check();
}

void TableWriter::State::check() const {
    if (stream) return;
    const std::string reason = errno == 0 ? "" : ": " + std::generic_category().message(errno);
    throw Error(ErrorKind::io, "can't write the output" + reason);
}

TableWriter::TableWriter(std::ostream& out, TableFormat format, std::string header)
    : state_(std::make_unique<State>(State{out, make_writer(format), std::move(header)})) {}

TableWriter::~TableWriter() = default;

void TableWriter::begin(const Table& sample) { state_->begin(sample); }

void TableWriter::write(const Table& block) {
    check_finite(block);
    state_->begin(block);
    for (std::size_t row = 0; row < block.rows(); row += rows_at_once) {
        state_->writer->rows(block, row, std::min(row + rows_at_once, block.rows()));
        if (state_->writer->out.size() >= bytes_at_once) state_->drain();
    }
    state_->flush();
}

void TableWriter::finish() {
    if (!state_->begun) state_->begin(Table());
    state_->writer->end();
    state_->flush();
    if (const std::string head = state_->writer->final_head(); !head.empty()) state_->put_head(head);
}

void write_table(std::ostream& out, TableFormat format, const Table& table) {
    TableWriter writer(out, format);
    writer.write(table);
    writer.finish();
}

}  // namespace tfqkd
