#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <limits>
#include <system_error>

#include "reader.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {
namespace {

constexpr std::size_t file_buffer = std::size_t{1} << 16;

std::ifstream open_file(const std::string& path, std::vector<char>& buffer) {
    std::ifstream file;
    file.rdbuf()->pubsetbuf(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    errno = 0;
    file.open(path, std::ios::binary);
    if (file) return file;
    throw Error(ErrorKind::io, "can't open " + path + ": " + std::generic_category().message(errno));
}

TableFormat find_format(Input& input) {
    const std::string_view line = input.peek_line();
    if (line.starts_with('[')) return TableFormat::json;
    return line.starts_with('{') ? json_kind(line) : TableFormat::csv;
}

std::unique_ptr<BlockReader> make_reader(Input& input, std::optional<TableFormat> format) {
    switch (format ? *format : find_format(input)) {
        case TableFormat::csv:
            return make_csv_reader(input);
        case TableFormat::json:
            return make_json_reader(input);
        case TableFormat::jsonl:
            return make_json_lines_reader(input);
        case TableFormat::npy:
            if (input.source() == "standard input") break;
            return make_npy_reader(input.source());
        case TableFormat::text:
        case TableFormat::markdown:
            break;
    }
    if (format == TableFormat::npy)
        throw Error(ErrorKind::usage, input.source() + ": an NPY table must be a regular file");
    throw Error(ErrorKind::usage,
                input.source() + ": a table for people can't be read back; give csv, json or jsonl");
}

// A file to read, or "-" for a stream that is there already.
struct Source {
    Source(const std::string& path, std::istream& standard_input)
        : buffer(path == "-" ? 0 : file_buffer),
          file(path == "-" ? std::ifstream() : open_file(path, buffer)),
          in(path == "-" ? standard_input : file),
          name(path == "-" ? "standard input" : path) {}

    std::vector<char> buffer;  // before the file that uses it
    std::ifstream file;
    std::istream& in;
    std::string name;
};

Table read_all(Input& input, std::optional<TableFormat> format) {
    Table table;
    make_reader(input, format)->next(table, std::numeric_limits<std::size_t>::max(), true);
    return table;
}

}  // namespace

std::optional<TableFormat> format_of_file(std::string_view path) {
    std::string ending(path.substr(std::min(path.rfind('.'), path.size())));
    for (char& c : ending) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (ending == ".csv") return TableFormat::csv;
    if (ending == ".json") return TableFormat::json;
    if (ending == ".jsonl") return TableFormat::jsonl;
    if (ending == ".md") return TableFormat::markdown;
    if (ending == ".txt") return TableFormat::text;
    if (ending == ".npy") return TableFormat::npy;
    return std::nullopt;
}

struct TableReader::State {
    State(std::istream& in, std::optional<TableFormat> wanted, std::string name)
        : input(in, std::move(name)), format(wanted) {}
    State(std::unique_ptr<Source> opened, std::optional<TableFormat> wanted)
        : source(std::move(opened)), input(source->in, source->name), format(wanted) {}

    std::unique_ptr<Source> source;
    Input input;
    std::optional<TableFormat> format;
    std::unique_ptr<BlockReader> reader;  // made at the first block: finding the format waits for a line
};

TableReader::TableReader(std::istream& in, std::optional<TableFormat> format, std::string source)
    : state_(std::make_unique<State>(in, format, std::move(source))) {}

TableReader::TableReader(const std::string& path, std::istream& standard_input)
    : state_(std::make_unique<State>(std::make_unique<Source>(path, standard_input), format_of_file(path))) {}

TableReader::~TableReader() = default;

bool TableReader::next(Table& block, std::size_t most) {
    if (!state_->reader) state_->reader = make_reader(state_->input, state_->format);
    return state_->reader->next(block, std::max<std::size_t>(most, 1), false);
}

Table read_table(const std::string& path) { return read_table(path, std::cin); }

Table read_table(const std::string& path, std::istream& standard_input) {
    const Source source(path, standard_input);
    Input input(source.in, source.name);
    return read_all(input, format_of_file(path));
}

Table read_table(std::istream& in, std::optional<TableFormat> format, std::string source) {
    Input input(in, std::move(source));
    return read_all(input, format);
}

}  // namespace tfqkd
