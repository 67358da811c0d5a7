#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "cli/progress.hpp"
#include "cli/result_sink.hpp"

namespace tfqkd::cli {

// --shard, --resume, --max-time and --dry-run, for commands whose rows are made by a RowJob.
std::vector<Option> row_job_options();

// A long run that makes one row for each of many items: a part of the items, from where an earlier run was
// stopped, for so long, with a way out at SIGINT and SIGTERM that leaves what is done to the next run.
class RowJob {
  public:
    // `what` are the items in words; `total` counts those of the whole run, and is only asked where that is
    // needed. Throws Error for a mistake in an option, and what ResultSink throws.
    RowJob(const Arguments& arguments, Streams& streams, std::string what,
           std::function<std::uint64_t()> total);

    // The items to make rows for.
    Items items() const { return items_; }

    // The next rows of items(), at most `most`; the first block may be without rows. False at the end.
    using Next = std::function<bool(Table& block, std::size_t most)>;
    // Writes all rows, or does what --dry-run says. Returns the exit code: 0, or 130 when it was stopped.
    int run(const Next& next);

    // As ResultSink::reserve.
    void reserve(const std::string& column, std::size_t bytes) {
        if (sink_) sink_->reserve(column, bytes);
    }

    // For the closing line, when there is one: "(912 with a key)". Asked once, at the end.
    void close_with(std::function<std::string()> remark) { remark_ = std::move(remark); }

  private:
    bool write_all(const Next& next);
    void say_kept();
    int say_stopped();
    int estimate(const Next& next);
    double seconds() const;

    const Arguments& arguments_;
    Streams& streams_;
    std::string what_;
    std::function<std::uint64_t()> total_;
    std::function<std::string()> remark_;
    bool quiet_;
    std::optional<double> most_seconds_;
    std::unique_ptr<ResultSink> sink_;  // none for a dry run
    Items items_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace tfqkd::cli
