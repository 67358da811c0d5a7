#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tfqkd {

// One of several parts that a run is cut into: the items whose index modulo `of` is `number` - 1.
struct Shard {
    std::uint64_t number = 1, of = 1;
    bool whole() const { return of == 1; }
    std::string text() const;  // "2/7"
    bool operator==(const Shard&) const = default;
};

// "2/7", or "auto": TFQKD_SHARD, else the place in an array of jobs of Slurm, SGE or PBS, else among the
// processes of OpenMPI. Throws Error (usage), also when "auto" finds nothing, or an array that does not say
// how many parts there are.
Shard parse_shard(std::string_view text);

// Items first, first + step, first + 2 step, ...
struct Items {
    std::uint64_t first = 0, step = 1;
    // How many there are below `end`.
    std::uint64_t below(std::uint64_t end) const { return end > first ? (end - first - 1) / step + 1 : 0; }
};

// The items of a shard without its first `done`.
inline Items items_of(const Shard& shard, std::uint64_t done = 0) {
    return {shard.number - 1 + done * shard.of, shard.of};
}

}  // namespace tfqkd
