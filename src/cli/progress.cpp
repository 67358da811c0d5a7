#include "cli/progress.hpp"

#include <unistd.h>

#include <cmath>
#include <iostream>

#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

Progress::Progress(std::ostream& err, std::string what, std::uint64_t total, bool quiet)
    : err_(err),
      what_(std::move(what)),
      total_(total),
      quiet_(quiet),
      terminal_(&err == &std::cerr && isatty(STDERR_FILENO)) {}

double Progress::seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

void Progress::advance(std::uint64_t done) {
    done_ += done;
    const double now = seconds();
    if (quiet_ || !terminal_ || now - shown_ < 0.2) return;
    shown_ = now;
    const double rate = static_cast<double>(done_) / now;
    err_ << "\r" << done_ << (total_ > 0 ? "/" + std::to_string(total_) : "") << " " << what_ << ", "
         << format_number(rate, 3) << "/s";
    if (total_ > 0)
        err_ << ", " << static_cast<long>(std::ceil(static_cast<double>(total_ - done_) / rate)) << " s left";
    err_ << "   " << std::flush;
}

void Progress::end(const std::string& remark) {
    if (quiet_) return;
    const double now = seconds();
    err_ << (terminal_ ? "\r" : "") << done_ << " " << what_ << (remark.empty() ? "" : " (" + remark + ")")
         << " in " << format_number(now, 3) << " s, "
         << format_number(static_cast<double>(done_) / std::max(now, 1e-9), 3) << "/s"
         << (terminal_ ? "        " : "") << "\n";
}

}  // namespace tfqkd::cli
