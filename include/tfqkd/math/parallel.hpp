#pragma once

#include <cstddef>
#include <functional>

namespace tfqkd {

// Threads to use when none are asked for: TFQKD_THREADS, else SLURM_CPUS_PER_TASK, else the CPUs that this
// process may run on.
int default_threads();
// As many of them as have `bytes` of memory each within a gigabyte; one at least.
int threads_within_memory(int threads, double bytes);

// Calls work(index) for 0 <= index < count on `threads` threads; each index once, in no particular order. The
// first exception ends the rest and is thrown here.
void parallel_for(std::size_t count, int threads, const std::function<void(std::size_t)>& work);

// Calls work(first, count) for each part of `rows` rows, of `rows_a_part` rows but for the last one. The
// parts do not depend on the number of threads, so nor does what is summed over them in their order.
void parallel_for_parts(std::ptrdiff_t rows, std::ptrdiff_t rows_a_part, int threads,
                        const std::function<void(std::ptrdiff_t first, std::ptrdiff_t count)>& work);
inline std::size_t part_count(std::ptrdiff_t rows, std::ptrdiff_t rows_a_part) {
    return static_cast<std::size_t>((rows + rows_a_part - 1) / rows_a_part);
}

}  // namespace tfqkd
