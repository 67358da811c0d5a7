#include "cli/row_job.hpp"

#include <algorithm>
#include <cmath>
#include <future>
#include <memory>
#include <ostream>
#include <sstream>
#include <system_error>
#include <utility>

#include "cli/common.hpp"
#include "cli/interrupt.hpp"
#include "tfqkd/dataset/run_line.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

constexpr std::size_t first_rows = 16, most_rows = 16384;
constexpr double quick_block_s = 0.125, slow_block_s = 0.5, sync_s = 5;
constexpr std::uint64_t sampled_rows = 64;

// "55m", "1.5h", "30s", "2d" in seconds.
double duration(const std::string& text) {
    constexpr std::pair<char, double> units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    for (const auto& [letter, seconds] : units)
        if (text.ends_with(letter))
            if (const auto number = parse_number(std::string_view(text).substr(0, text.size() - 1));
                number && *number > 0)
                return *number * seconds;
    throw Error(ErrorKind::usage, "--max-time = " + in_quotes(text) +
                                      ", must be a number above 0 and s, m, h or d, such as 55m");
}

// So many rows that an interrupt is heeded, and work is safe, within half a second or so.
std::size_t next_size(std::size_t rows, double seconds) {
    if (seconds < quick_block_s) return std::min(2 * rows, most_rows);
    return seconds > slow_block_s ? std::max<std::size_t>(rows / 2, 1) : rows;
}

// Lines of a dry run: names and what they stand for.
struct Facts {
    Table::Text names, values;
    void add(const std::string& name, const std::string& value) {
        names.push_back(name);
        values.push_back(value);
    }
};

// Work that another thread does meanwhile, where there is one, else this one before it goes on.
template <class Work>
std::future<void> beside(bool by_thread, const Work& work) {
    try {
        if (by_thread) return std::async(std::launch::async, work);
    } catch (const std::system_error&) {
    }
    std::packaged_task<void()> task(work);
    task();
    return task.get_future();
}

}  // namespace

std::vector<Option> row_job_options() {
    const std::string group = "Long runs";
    return {
        {"--shard", "K/N", "",
         "make only the K-th of N parts (every N-th row), to be joined by 'tfqkd merge'; auto: as "
         "TFQKD_SHARD, Slurm, SGE, PBS or OpenMPI say",
         group, false, "", false},
        {"--resume", "", "",
         "go on where an earlier run with the same settings and --output was stopped, if there was one",
         group, false, "", false},
        {"--max-time", "TIME", "",
         "stop after so long, as 30s, 55m, 1.5h or 2d, and leave the rest to --resume", group, false, "",
         false},
        {"--dry-run", "", "",
         "make no result: say how many rows there are, how long they would take and how large they would be",
         group, false, "", false}};
}

RowJob::RowJob(const Arguments& arguments, Streams& streams, std::string what,
               std::function<std::uint64_t()> total)
    : arguments_(arguments),
      streams_(streams),
      what_(std::move(what)),
      total_(std::move(total)),
      quiet_(arguments.has("--quiet")) {
    if (arguments.has("--max-time")) most_seconds_ = duration(arguments.text("--max-time"));
    if (!arguments.has("--dry-run")) {
        sink_ = std::make_unique<ResultSink>(arguments, streams);
        items_ = items_of(sink_->shard(), sink_->rows_done());
        return;
    }
    // A sample that is spread over all items.
    const Shard shard = arguments.has("--shard") ? parse_shard(arguments.text("--shard")) : Shard{};
    items_ = items_of(shard);
    items_.step *= std::max<std::uint64_t>(items_.below(total_()) / sampled_rows, 1);
}

double RowJob::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

// False when it was stopped before the end.
bool RowJob::write_all(const Next& next) {
    std::optional<Interrupts> interrupts;
    if (!links_stream(arguments_)) interrupts.emplace();  // who waits for a pipe ends at once
    Progress progress(streams_.err, what_, remark_ ? items_.below(total_()) : 0,
                      quiet_ || !(remark_ || sink_->to_file()));
    std::size_t most = first_rows;
    double synced = 0;
    std::future<void> writing;  // of the block before, while the next one is made
    Table block;
    for (double began = 0; next(block, most); began = seconds()) {
        if (writing.valid()) writing.get();
        const double now = seconds();
        if (now - synced > sync_s) {
            sink_->sync();
            synced = now;
        }
        most = next_size(most, now - began);
        const std::size_t rows = block.rows();
        writing = beside(threads(arguments_) > 1,
                         [this, written = std::make_shared<const Table>(std::exchange(block, Table()))] {
                             sink_->write(*written);
                         });
        progress.advance(rows);
        if (!(interrupts && interrupts->any()) && !(most_seconds_ && now > *most_seconds_)) continue;
        writing.get();
        if (remark_) progress.end("stopped before the end");
        return false;
    }
    if (writing.valid()) writing.get();
    sink_->finish();
    if (remark_) progress.end(remark_());
    return true;
}

void RowJob::say_kept() {
    streams_.err << "tfqkd: stopped after " << sink_->rows_done() << " rows, which are kept in "
                 << sink_->partial_path() << "; the same command with --resume goes on from there\n";
}

int RowJob::say_stopped() {
    if (sink_->can_keep()) {
        sink_->keep();
        sink_->sync();
        say_kept();
    } else if (sink_->to_file()) {
        streams_.err << "tfqkd: stopped; " << arguments_.text("--output")
                     << " is not written (rows of a .csv or .jsonl file would be kept)\n";
    }
    return interrupted_code;
}

int RowJob::run(const Next& next) {
    if (!sink_) return estimate(next);
    if (sink_->complete()) {
        if (!quiet_)
            streams_.err << "tfqkd: " << arguments_.text("--output")
                         << " is complete already; nothing to do\n";
        return 0;
    }
    try {
        return write_all(next) ? 0 : say_stopped();
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::io && sink_->can_keep()) {
            sink_->keep();
            say_kept();
        }
        throw;
    }
}

int RowJob::estimate(const Next& next) {
    const Shard shard = arguments_.has("--shard") ? parse_shard(arguments_.text("--shard")) : Shard{};
    const std::uint64_t total = total_(), mine = items_of(shard).below(total);
    std::ostringstream sample;
    TableWriter writer(sample, format_of_file(arguments_.text("--output")).value_or(TableFormat::csv));
    std::uint64_t rows = 0, header = 0;
    start_ = std::chrono::steady_clock::now();
    for (Table block; rows < sampled_rows && next(block, sampled_rows); rows += block.rows()) {
        if (rows == 0) {
            writer.write(some_rows(block, 0, 0));
            header = static_cast<std::uint64_t>(sample.tellp());
        }
        writer.write(block);
    }
    const double taken = seconds();
    writer.finish();
    const double scale = rows > 0 ? static_cast<double>(mine) / static_cast<double>(rows) : 0;
    const auto bytes = static_cast<double>(static_cast<std::uint64_t>(sample.tellp()) - header);
    Facts facts;
    const RunRecord record(arguments_);
    facts.add("rows of the whole run", std::to_string(total));
    if (!shard.whole()) facts.add("rows of shard " + shard.text(), std::to_string(mine));
    facts.add("seconds, estimated from " + std::to_string(rows) + " rows", format_number(taken * scale, 3));
    facts.add("bytes, estimated", format_number(std::round(bytes * scale) + static_cast<double>(header), 3));
    facts.add("threads", std::to_string(threads(arguments_)));
    facts.add("run_id", run_id(record.line()));
    for (const auto& [flag, value] : record.settings()) facts.add(flag, value);
    Table table;
    table.add("what", std::move(facts.names));
    table.add("value", std::move(facts.values));
    write_table(streams_.out, TableFormat::text, table);
    return 0;
}

}  // namespace tfqkd::cli
