#pragma once

#include "report/table_builder.hpp"
#include "tfqkd/report/accuracy.hpp"

namespace tfqkd {

// The measures of a row, by the names that they have in every table.
inline void add_accuracy(TableBuilder& table, const Accuracy& accuracy) {
    table.add("links", static_cast<double>(accuracy.links));
    table.add("mean_ratio", accuracy.mean);
    table.add("median_ratio", accuracy.median);
    table.add("percentile_1_ratio", accuracy.percentile_1);
    table.add("minimum_ratio", accuracy.minimum);
    table.add("failures", static_cast<double>(accuracy.failures));
}

}  // namespace tfqkd
