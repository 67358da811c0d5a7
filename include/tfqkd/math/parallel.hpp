#pragma once

#include <cstddef>
#include <functional>

namespace tfqkd {

// Threads to use when none are asked for: TFQKD_THREADS, else SLURM_CPUS_PER_TASK, else the CPUs that this
// process may run on.
int default_threads();

// Calls work(index) for 0 <= index < count on `threads` threads; each index once, in no particular order. The
// first exception ends the rest and is thrown here.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

}  // namespace tfqkd
