#include "tfqkd/learn/folds.hpp"

#include "tfqkd/math/random.hpp"

namespace tfqkd {

Fold fold_of(const TrainingRows& rows, int fold, int folds, std::uint64_t seed) {
    std::vector<Eigen::Index> training, held_out;
    for (Eigen::Index row = 0; row < rows.links.rows(); ++row) {
        const double drawn = uniform(seed, Purpose::fold, static_cast<std::uint64_t>(row), 0);
        (static_cast<int>(drawn * folds) == fold ? held_out : training).push_back(row);
    }
    const auto some = [&](const std::vector<Eigen::Index>& chosen) {
        return TrainingRows{rows.protocol,
                            rows.links(chosen, Eigen::all),
                            rows.points(chosen, Eigen::all),
                            rows.rate(chosen),
                            0,
                            rows.source};
    };
    return {some(training), some(held_out)};
}

}  // namespace tfqkd
