#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tfqkd/table/table.hpp"

namespace tfqkd {

// text: aligned for people; markdown: a pipe table. Both are only written.
enum class TableFormat { text, csv, json, jsonl, markdown };

// The format that a file's ending stands for (.csv .json .jsonl .md .txt), if any.
std::optional<TableFormat> format_of_file(std::string_view path);

// Reads a table block by block, so that rows from a pipe are answered as they come and memory stays flat.
// `source` names the stream in errors. Throws Error (data) with source and line for anything malformed.
class TableReader {
  public:
    TableReader(std::istream& in, TableFormat format, std::string source);
    ~TableReader();

    // The next rows: at least one, at most `most`, and no more than can be had without waiting. Every block
    // has the same columns and properties. Returns false, with a table of no rows but with its columns, at
    // the end.
    bool next(Table& block, std::size_t most);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// All rows of a file, "-" for standard input; the format from the ending, else from the first character
// ('{' and '[': JSON or JSON Lines), else CSV. Throws Error (io) when it can't be read.
Table read_table(const std::string& path);
Table read_table(std::istream& in, TableFormat format, std::string source);

// Writes a table block by block. CSV, JSON Lines and JSON stream; text and markdown widths need all rows, so
// these two are held back until finish().
class TableWriter {
  public:
    TableWriter(std::ostream& out, TableFormat format);
    ~TableWriter();
    void write(const Table& block);  // the first block sets columns and properties
    void finish();  // writes what is left, flushes, throws Error (io) if the stream has failed

  private:
    struct State;
    std::unique_ptr<State> state_;
};

void write_table(std::ostream& out, TableFormat format, const Table& table);

}  // namespace tfqkd
