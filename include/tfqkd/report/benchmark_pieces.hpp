#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tfqkd/dataset/shard.hpp"
#include "tfqkd/report/benchmark.hpp"

namespace tfqkd {

// A benchmark of one method on some links of one test set; `links` says which of the set's they are.
struct BenchmarkPiece {
    Benchmark benchmark;
    Items links;
};

// A benchmark without times, piece by piece, for runs that are cut into shards and gone on with. Each test
// set, method and link is an item: set by set, method by method, link by link. What comes of an item does not
// depend on the others.
class BenchmarkPieces {
  public:
    // Throws what run_benchmark throws. The models must outlive it.
    BenchmarkPieces(std::vector<TestSet> sets, const std::vector<std::pair<std::string, Model>>& models,
                    const TrainingRows* train, const BenchmarkOptions& options);
    ~BenchmarkPieces();
    std::uint64_t items() const;
    // How many bytes the texts in columns of links_table() have at most, for formats that must know from the
    // start.
    std::vector<std::pair<std::string, std::size_t>> text_bytes() const;
    // The next of `items`, of which there must be one: at most `most`, and of one set and method. They are
    // then taken from `items`.
    BenchmarkPiece next(Items& items, std::size_t most) const;

  private:
    struct Section;
    struct Plan;
    std::unique_ptr<const Plan> plan_;
};

}  // namespace tfqkd
