#pragma once

#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/run_record.hpp"
#include "tfqkd/dataset/shard.hpp"
#include "tfqkd/table/output_file.hpp"
#include "tfqkd/table/table_io.hpp"

namespace tfqkd::cli {

// Where a command's rows go: a file that is written whole or not at all, a device, or standard output. A file
// begins with its run, and gets a manifest beside it. With --resume it goes on where an earlier run of the
// same settings was stopped; with --shard it holds a part of the rows.
class ResultSink {
  public:
    ResultSink(const Arguments& arguments, Streams& streams,
               TableFormat terminal_default = TableFormat::text);
    ~ResultSink();
    // The header says already which run made the rows, and is left as it is. Before the first write.
    void keep_header() { keeps_header_ = true; }
    // How many bytes the texts of a column may have, where NPY needs that from the start. Before the first
    // write.
    void reserve(const std::string& column, std::size_t bytes) { reserved_.emplace_back(column, bytes); }
    // As TableWriter::begin; left out where the first block says all.
    void begin(const Table& sample);
    void write(const Table& block);
    void finish();
    bool to_file() const { return to_file_; }
    bool for_people() const;  // a table to look at, text or markdown

    const Shard& shard() const { return shard_; }
    std::uint64_t rows_done() const { return rows_; }  // with those of an earlier run
    bool complete() const { return complete_; }        // an earlier run has finished it: nothing to do
    bool can_keep() const;                             // what is written can be gone on with later
    void keep();                                       // leaves what is written so far to another run
    void sync();                                       // what is written so far survives a power cut
    const std::string& partial_path() const;           // where it is meanwhile
    void count(const std::string& what, std::uint64_t number);  // for the manifest

  private:
    TableFormat choose_format(const Arguments& arguments, const Streams& streams,
                              TableFormat terminal_default) const;
    void check_run_options(const Arguments& arguments) const;
    void check_inputs(const std::string& flag) const;
    bool is_finished(const std::string& path, bool force) const;
    void complete_manifest();
    std::string go_on();
    void check_same_run(const Table& head, const std::string& path) const;
    Table with_run(const Table& block) const;

    std::ostream& out_;
    bool resume_, to_file_ = false, complete_ = false, begun_ = false, keeps_header_ = false;
    std::string path_;
    std::vector<std::pair<std::string, std::size_t>> reserved_;
    TableFormat format_ = TableFormat::csv;
    Shard shard_;
    std::uint64_t rows_ = 0;
    std::unique_ptr<OutputFile> file_;
    std::unique_ptr<TableWriter> writer_;
    std::optional<RunRecord> record_;  // for regular files
};

}  // namespace tfqkd::cli
