#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <span>
#include <utility>

#include "optimize/space.hpp"

namespace tfqkd {

// A search on one row, written as if it were alone:
//     const double score = co_await Try{point};
// suspends it until the score of `point` (and with `slopes`, its slopes) is known. climb_in_lockstep() runs
// many at once and evaluates their points together, a register-full at a time.
class Climb {
  public:
    struct promise_type {
        std::span<const double> trial;  // parameters to evaluate
        double score = 0;               // the answer
        std::vector<double> slopes;     // d score / d parameter, when the run has slopes

        Climb get_return_object() { return Climb(std::coroutine_handle<promise_type>::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        std::suspend_always final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { throw; }
    };
    using Handle = std::coroutine_handle<promise_type>;

    Climb(Climb&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
    Climb& operator=(Climb&& other) noexcept {
        std::swap(handle_, other.handle_);
        return *this;
    }
    ~Climb() {
        if (handle_) handle_.destroy();
    }
    // Goes on to the next trial; false at the end.
    bool resume() {
        handle_.resume();
        return !handle_.done();
    }
    promise_type& promise() { return handle_.promise(); }

  private:
    explicit Climb(Handle handle) : handle_(handle) {}
    Handle handle_;
};

struct Try {
    std::span<const double> point;
    const Climb::promise_type* promise = nullptr;

    bool await_ready() const noexcept { return false; }
    void await_suspend(Climb::Handle handle) {
        handle.promise().trial = point;
        promise = &handle.promise();
    }
    double await_resume() const { return promise->score; }
};

// As Try, but gives the slopes of the score as well: valid until the next co_await.
struct TrySlopes : Try {
    struct Answer {
        double score;
        std::span<const double> slopes;
    };
    Answer await_resume() const { return {promise->score, promise->slopes}; }
};

// Runs `climbs_a_row` climbs for each row of `links`, on `threads` threads. `start(row, k)` makes a row's
// k-th climb; it may be called on any thread, and writes its result where only that climb's result is.
void climb_in_lockstep(const Protocol& protocol, const Columns& links, bool slopes, int threads,
                       std::size_t climbs_a_row,
                       const std::function<Climb(std::size_t row, std::size_t k)>& start);

}  // namespace tfqkd
