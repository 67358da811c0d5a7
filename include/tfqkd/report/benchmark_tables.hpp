#pragma once

#include <string>
#include <vector>

#include "tfqkd/dataset/shard.hpp"
#include "tfqkd/report/benchmark.hpp"
#include "tfqkd/table/table.hpp"

// What a benchmark came to, as tables. Links that are outside a model's trained range make up a test set of
// their own, "NAME, outside", for all methods.
namespace tfqkd {

// A row for each test set and method: the ratios' measures, the links that a model flagged, and times in
// microseconds a link, also as a multiple of the first method's.
Table summary_table(const Benchmark& benchmark);

// Mean, 1st percentile and share of failures with their 95 % intervals by the bootstrap.
Table intervals_table(const Benchmark& benchmark, int threads);

// The measures for each of `count` equal parts of each quantity's range, on its scale. quantities: link
// quantities, or distance_km (of fibre with 0.2 dB/km) or loss_db, both of the whole link. Throws Error
// (usage) for another name.
Table bins_table(const Benchmark& benchmark, const std::vector<std::string>& quantities, std::size_t count);

// How far each parameter is from the optimum's, on its scale (log: relative; logit: of the odds).
Table residuals_table(const Benchmark& benchmark);

// Every method and link, in the order of BenchmarkPieces: what plots and other tools begin with. links: which
// of its set's links those of a piece are.
Table links_table(const Benchmark& benchmark, const Items& links = {});

// The benchmark that links_table() wrote, without times and parameters. Throws Error (data) for another
// table, or one that lacks rows.
Benchmark read_links_table(const Table& table);

}  // namespace tfqkd
