#pragma once

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <string>

namespace tfqkd::cli {

// A line on standard error with the share done, the rate and the time left, on a terminal only.
class Progress {
  public:
    // `total` 0: not known.
    Progress(std::ostream& err, std::string what, std::uint64_t total, bool quiet);
    void advance(std::uint64_t done);
    void end(const std::string& remark);

  private:
    double seconds() const;

    std::ostream& err_;
    std::string what_;
    std::uint64_t total_, done_ = 0;
    bool quiet_, terminal_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    double shown_ = 0;
};

}  // namespace tfqkd::cli
