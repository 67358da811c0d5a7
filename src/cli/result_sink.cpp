#include "cli/result_sink.hpp"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <filesystem>
#include <iostream>

#include "tfqkd/dataset/run_line.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/row_file.hpp"

namespace tfqkd::cli {

namespace {

bool has_lines(TableFormat format) { return format == TableFormat::csv || format == TableFormat::jsonl; }

bool has_properties(TableFormat format) {
    return has_lines(format) || format == TableFormat::json || format == TableFormat::npy;
}

// NPY files begin with the number of their rows, which is put there at the end.
bool is_place_for_npy(const std::string& path) {
    std::error_code error;
    const auto kind = std::filesystem::status(path, error).type();
    return !path.empty() && path != "-" &&
           (kind == std::filesystem::file_type::regular || kind == std::filesystem::file_type::not_found);
}

void set_property(Table& table, std::string_view name, const std::string& value, std::size_t place) {
    std::erase_if(table.properties, [&](const auto& property) { return property.first == name; });
    if (!value.empty())
        table.properties.emplace(table.properties.begin() + static_cast<std::ptrdiff_t>(place), name, value);
}

// A table whose first cell in a column has so many bytes.
Table with_wide_text(const Table& table, const std::string& name, std::size_t bytes) {
    std::vector<Table::Column> columns = table.columns();
    for (Table::Column& column : columns)
        if (auto* text = std::get_if<Table::Text>(&column.cells);
            text && column.name == name && !text->empty())
            text->front().resize(std::max(text->front().size(), bytes), 'x');
    Table wide(std::move(columns));
    wide.properties = table.properties;
    return wide;
}

}  // namespace

ResultSink::ResultSink(const Arguments& arguments, Streams& streams, TableFormat terminal_default)
    : out_(streams.out), resume_(arguments.has("--resume")), path_(arguments.text("--output")) {
    to_file_ = !path_.empty() && path_ != "-";
    format_ = choose_format(arguments, streams, terminal_default);
    check_run_options(arguments);
    if (format_ == TableFormat::npy && !is_place_for_npy(path_))
        throw Error(ErrorKind::usage, "NPY tables need --output FILE, a regular file");
    if (arguments.has("--shard")) shard_ = parse_shard(arguments.text("--shard"));
    std::string header;
    if (to_file_) {
        std::error_code error;
        const auto kind = std::filesystem::status(path_, error).type();
        using Kind = std::filesystem::file_type;
        if (kind == Kind::regular || kind == Kind::not_found) record_.emplace(arguments);
        for (const char* flag : {"--shard", "--resume"})
            if (arguments.has(flag)) check_inputs(flag);
        if (resume_ && kind == Kind::regular) complete_ = is_finished(path_, arguments.has("--force"));
        if (complete_) {
            complete_manifest();
            return;
        }
        file_ = std::make_unique<OutputFile>(
            path_, arguments.has("--force"),
            resume_ ? OutputFile::Start::where_it_was : OutputFile::Start::empty);
        if (file_->partial_path().empty()) record_.reset();
        if (resume_) header = go_on();
    }
    writer_ = std::make_unique<TableWriter>(to_file_ ? file_->stream() : out_, format_, header);
}

ResultSink::~ResultSink() = default;

TableFormat ResultSink::choose_format(const Arguments& arguments, const Streams& streams,
                                      TableFormat terminal_default) const {
    if (arguments.has("--format")) {
        const std::string name = arguments.text("--format");
        constexpr std::string_view names[] = {"text", "csv", "json", "jsonl", "markdown", "npy"};
        const auto found = std::find(std::begin(names), std::end(names), name);
        if (found == std::end(names))
            throw Error(ErrorKind::usage, "--format = " + in_quotes(name) +
                                              ", must be text, csv, json, jsonl, markdown or npy" +
                                              did_you_mean(name, names));
        return static_cast<TableFormat>(found - std::begin(names));
    }
    if (to_file_) return format_of_file(path_).value_or(TableFormat::csv);
    return &streams.out == &std::cout && isatty(STDOUT_FILENO) ? terminal_default : TableFormat::csv;
}

// Shards and files to go on with begin with their run, so that no two runs are mixed.
void ResultSink::check_run_options(const Arguments& arguments) const {
    for (const char* flag : {"--shard", "--resume"}) {
        if (!arguments.has(flag)) continue;
        const std::string needs = std::string(flag) + " needs ";
        std::error_code error;
        if (!to_file_ ||
            (std::filesystem::exists(path_, error) && !std::filesystem::is_regular_file(path_, error)))
            throw Error(ErrorKind::usage, needs + "--output FILE, a regular file");
        if (!has_lines(format_))
            throw Error(ErrorKind::usage,
                        needs + "rows that stand alone: give --output a name that ends in .csv or .jsonl");
    }
}

// Without a hash of all inputs there is no run_id that could tell runs apart.
void ResultSink::check_inputs(const std::string& flag) const {
    if (const InputFile* const input = record_->read_once())
        throw Error(ErrorKind::usage, flag + " needs inputs that can be read again, but " + input->flag +
                                          " = " + in_quotes(input->path) + " is no regular file");
}

// Throws Error (data) unless a file is of this run and shard.
void ResultSink::check_same_run(const Table& head, const std::string& path) const {
    const std::string_view id = head.property(run_id_property), run = head.property(run_property);
    const std::string next = "; give another --output, or leave out --resume to start over" +
                             std::string(path == path_ ? " (with --force)" : "");
    if (id.empty() || run.empty())
        throw Error(ErrorKind::data, path + " has no run_id, so it can't be gone on with" + next);
    if (id != run_id(record_->line()))
        throw Error(ErrorKind::data, path + " is of another run: " +
                                         run_difference(run, record_->line(), path, "this run") + next);
    const std::string_view there = head.property(shard_property);
    const std::string here = shard_.whole() ? "" : shard_.text();
    if (there != here)
        throw Error(ErrorKind::data,
                    path + " is " + (there.empty() ? "the whole run" : "shard " + std::string(there)) +
                        ", this is " + (here.empty() ? "the whole run" : "shard " + here) + next);
}

// Whether the file is this run's result. With --force another one is no obstacle.
bool ResultSink::is_finished(const std::string& path, bool force) const {
    try {
        check_same_run(RowFile(path, format_).head(), path);
        return true;
    } catch (const Error& error) {
        if (!force || error.kind() != ErrorKind::data) throw;
        return false;
    }
}

// A run may have been stopped between its result and the manifest.
void ResultSink::complete_manifest() {
    std::error_code error;
    if (std::filesystem::exists(path_ + manifest_ending, error)) return;
    RowFile there(path_, format_);
    for (std::string_view row; there.next(row);) {
    }
    record_->count("rows", there.rows());
    record_->write_manifest(path_);
}

// Counts the whole rows of the partial file, cuts what is behind them, and returns its header.
std::string ResultSink::go_on() {
    const std::string& partial = file_->partial_path();
    std::error_code error;
    if (std::filesystem::file_size(partial, error) > 0) file_->keep();  // whatever comes, it is earlier work
    RowFile there(partial, format_);
    if (!there.header().empty()) {
        check_same_run(there.head(), partial);
        std::string_view row;
        while (there.next(row)) {
        }
    }
    rows_ = there.rows();
    file_->cut(there.bytes());
    return there.header();
}

// A block as its file begins: with this run's id and not with that of an input.
Table ResultSink::with_run(const Table& block) const {
    Table table = block;
    if (keeps_header_) return table;
    const bool known = record_ && has_properties(format_) && !record_->line().empty();
    set_property(table, run_id_property, known ? run_id(record_->line()) : "", 0);
    set_property(table, run_property, known ? record_->line() : "", 1);
    set_property(table, shard_property, known && !shard_.whole() ? shard_.text() : "", 1);
    return table;
}

void ResultSink::begin(const Table& sample) {
    Table head = with_run(sample);
    if (format_ == TableFormat::npy)
        for (const auto& [column, bytes] : reserved_) head = with_wide_text(head, column, bytes);
    writer_->begin(head);
    begun_ = true;
}

void ResultSink::write(const Table& block) {
    assert(!complete_);
    if (!begun_) begin(block);
    writer_->write(block);
    if (resume_) keep();
    rows_ += block.rows();
}

bool ResultSink::for_people() const {
    return format_ == TableFormat::text || format_ == TableFormat::markdown;
}

bool ResultSink::can_keep() const {
    return record_ && !record_->line().empty() && has_lines(format_) && begun_ &&
           !file_->partial_path().empty();
}

void ResultSink::keep() { file_->keep(); }

void ResultSink::sync() {
    if (record_) file_->sync();
}

const std::string& ResultSink::partial_path() const { return file_->partial_path(); }

void ResultSink::count(const std::string& what, std::uint64_t number) {
    if (record_) record_->count(what, number);
}

void ResultSink::finish() {
    writer_->finish();
    if (file_) file_->commit();
    if (!record_) return;
    record_->count("rows", rows_);
    record_->write_manifest(path_);
}

}  // namespace tfqkd::cli
