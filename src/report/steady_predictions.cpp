#include "tfqkd/report/steady_predictions.hpp"

#include <algorithm>

namespace tfqkd {

namespace {

// Rows that Eigen takes at once: 6, 12 and 24 with 2, 4 and 8 doubles a register. A call is smaller than the
// blocks in which networks work, of which the last tile would be a ragged one.
constexpr Eigen::Index tile = 24, most_rows = 10 * tile;

Columns in_whole_tiles(const ColumnsRef& links, Eigen::Index first, Eigen::Index count) {
    Columns some((count + tile - 1) / tile * tile, links.cols());
    some.topRows(count) = links.middleRows(first, count);
    some.bottomRows(some.rows() - count) = links.row(first + count - 1).replicate(some.rows() - count, 1);
    return some;
}

}  // namespace

Predictions steady_predictions(const Model& model, const ColumnsRef& links) {
    const auto rows = static_cast<std::size_t>(links.rows());
    const auto parameters = static_cast<Eigen::Index>(model.protocol().info().parameters.size());
    Predictions all{Columns(links.rows(), parameters), std::vector<std::string>(rows),
                    std::vector<std::string>(rows)};
    for (Eigen::Index first = 0; first < links.rows(); first += most_rows) {
        const Eigen::Index count = std::min(most_rows, links.rows() - first);
        Predictions part = model.predict(in_whole_tiles(links, first, count));
        all.points.middleRows(first, count) = part.points.topRows(count);
        std::move(part.outside.begin(), part.outside.begin() + count, all.outside.begin() + first);
        std::move(part.sparse.begin(), part.sparse.begin() + count, all.sparse.begin() + first);
    }
    return all;
}

}  // namespace tfqkd
