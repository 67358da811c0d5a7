#pragma once

#include <ctime>

namespace tfqkd {

// Seconds of processor time that this thread has used.
inline double processor_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Seconds of processor time that `work` takes; it must stay on this thread.
template <class Work>
double processor_seconds_of(Work&& work) {
    const double start = processor_seconds();
    work();
    return processor_seconds() - start;
}

}  // namespace tfqkd
