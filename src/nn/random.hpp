#pragma once

#include <boost/random/mersenne_twister.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace tfqkd {

// Boost's distributions give the same numbers on every platform; those of std:: do not.
using Random = boost::random::mt19937_64;

// Independent seeds from one (SplitMix64).
inline std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t stream) {
    std::uint64_t z = seed + (stream + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

inline double uniform(Random& random, double lower, double upper) {
    return boost::random::uniform_real_distribution<double>(lower, upper)(random);
}

inline void shuffle(std::vector<int>& items, Random& random) {
    for (int last = static_cast<int>(items.size()) - 1; last > 0; --last)
        std::swap(items[last], items[boost::random::uniform_int_distribution<int>(0, last)(random)]);
}

// `count` of the numbers 0 ... size - 1, in ascending order when all are taken, else as drawn.
inline std::vector<int> drawn_rows(int size, int count, std::uint64_t seed) {
    std::vector<int> rows(size);
    std::iota(rows.begin(), rows.end(), 0);
    if (count >= size) return rows;
    Random random(seed);
    shuffle(rows, random);
    rows.resize(count);
    return rows;
}

}  // namespace tfqkd
