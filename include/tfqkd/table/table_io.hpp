#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tfqkd/table/table.hpp"

namespace tfqkd {

// text: aligned for people; markdown: a pipe table. Both are only written. npy: records that numpy.load
// reads, in regular files only.
enum class TableFormat { text, csv, json, jsonl, markdown, npy };

// The format that a file's ending stands for (.csv .json .jsonl .md .txt .npy), if any.
std::optional<TableFormat> format_of_file(std::string_view path);

// Reads a table block by block, so that rows from a pipe are answered as they come and memory stays flat (but
// a JSON document is read whole). `source` names the stream in errors. Throws Error (data) with source and
// line for anything malformed, Error (io) when reading fails. A column of a block holds numbers when all its
// cells that are not empty do: ask for columns by name and kind, and let Table::numbers() find the cell that
// is wrong.
class TableReader {
  public:
    // Without a format it is told by the first character: '{' and '[' JSON or JSON Lines, else CSV.
    TableReader(std::istream& in, std::optional<TableFormat> format, std::string source);
    // Opens a file, or reads `standard_input` for "-"; the format from the ending, else from the first
    // character.
    TableReader(const std::string& path, std::istream& standard_input);
    ~TableReader();

    // The next rows (std::cin says what is there only after std::ios::sync_with_stdio(false)): at least one,
    // at most `most`, and no more than can be had without waiting. Every block has the same columns and
    // properties. Returns false, with a table of no rows but with its columns, at the end.
    bool next(Table& block, std::size_t most);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// All rows of a file, "-" for standard input; the format is found as TableReader finds it. Throws Error (io)
// when it can't be read.
Table read_table(const std::string& path);
Table read_table(const std::string& path, std::istream& standard_input);
Table read_table(std::istream& in, std::optional<TableFormat> format, std::string source);

// Writes a table block by block. CSV, JSON Lines and JSON stream, and are flushed after each block; text and
// markdown widths need all rows, so these two are held back until finish(). A missing number is an empty cell
// or null, "-" in text and markdown; an infinite one is refused with Error (data). Throws Error (io) as soon
// as the stream fails.
class TableWriter {
  public:
    // `header`: what stands in `out` already, up to the first row, when a table is gone on with; the first
    // block must have the same columns and properties, else write() throws Error (data). CSV and JSON Lines
    // only.
    TableWriter(std::ostream& out, TableFormat format, std::string header = "");
    ~TableWriter();
    // Sets columns and properties by a sample whose rows are not written, and for NPY the width of texts.
    void begin(const Table& sample);
    void write(const Table& block);  // the first block begins, if nothing has
    void
    finish();  // writes what is left, flushes, throws Error (io) if the stream has failed; never left out

  private:
    struct State;
    std::unique_ptr<State> state_;
};

void write_table(std::ostream& out, TableFormat format, const Table& table);

}  // namespace tfqkd
