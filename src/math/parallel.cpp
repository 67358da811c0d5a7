#include "tfqkd/math/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace tfqkd {

namespace {

int threads_from(const char* variable) {
    const char* text = std::getenv(variable);
    int threads = 0;
    if (text) std::from_chars(text, text + std::strlen(text), threads);
    return std::clamp(threads, 0, 4096);
}

}  // namespace

int default_threads() {
    for (const char* variable : {"TFQKD_THREADS", "SLURM_CPUS_PER_TASK"})
        if (const int threads = threads_from(variable); threads > 0) return threads;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    return sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? std::max(1, CPU_COUNT(&cpus)) : 1;
}

int threads_within_memory(int threads, double bytes) {
    constexpr double most = 1e9;
    return static_cast<int>(std::clamp(most / bytes, 1.0, static_cast<double>(std::max(threads, 1))));
}

void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& work) {
    std::atomic<std::size_t> next{0};
    std::exception_ptr failure;
    std::mutex mutex;
    const auto loop = [&] {
        for (std::size_t index; (index = next.fetch_add(1)) < count;) {
            try {
                work(index);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
                next = count;
            }
        }
    };
    const std::size_t helpers = std::min<std::size_t>(static_cast<std::size_t>(std::max(threads, 1)), count);
    {
        std::vector<std::jthread> pool;
        try {
            for (std::size_t i = 1; i < helpers; ++i) pool.emplace_back(loop);
        } catch (const std::system_error&) {
            // The system gives no further thread: those that there are do all of it.
        }
        loop();
    }
    if (failure) std::rethrow_exception(failure);
}

void parallel_for_parts(std::ptrdiff_t rows, std::ptrdiff_t rows_a_part, int threads,
                        const std::function<void(std::ptrdiff_t first, std::ptrdiff_t count)>& work) {
    parallel_for(part_count(rows, rows_a_part), threads, [&](std::size_t part) {
        const std::ptrdiff_t first = static_cast<std::ptrdiff_t>(part) * rows_a_part;
        work(first, std::min(rows_a_part, rows - first));
    });
}

}  // namespace tfqkd
