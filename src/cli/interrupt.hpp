#pragma once

#include <csignal>

namespace tfqkd::cli {

constexpr int interrupted_code = 130;

// While it lives, the first SIGINT or SIGTERM is only noted, so that the work can stop at a good place; a
// second one ends the program at once, as without it. One at a time.
class Interrupts {
  public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;
    bool any() const;

  private:
    struct sigaction old_interrupt_, old_terminate_;
};

}  // namespace tfqkd::cli
