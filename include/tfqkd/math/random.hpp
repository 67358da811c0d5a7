#pragma once

#include <cstdint>

namespace tfqkd {

// What a random number is for, so that no two uses share one.
enum class Purpose : std::uint64_t {
    sample = 1,
    restart = 2,
    split = 3,
    train = 4,
    bootstrap = 5,
    shift = 6,
    fold = 7,
    edge = 8
};

// The mixing function of SplitMix64 (Steele, Lea, Flood 2014).
constexpr std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// A random number in [0, 1) that is a function of its arguments alone: the same for any order, thread or
// shard.
constexpr double uniform(std::uint64_t seed, Purpose purpose, std::uint64_t index, std::uint64_t dimension) {
    const std::uint64_t bits =
        mix(mix(mix(seed ^ mix(static_cast<std::uint64_t>(purpose))) ^ index) ^ dimension);
    return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace tfqkd
