#include "optimize/attempts.hpp"

namespace tfqkd {

void search_rows(const Protocol& protocol, const Columns& links, bool slopes, const Space& space,
                 const SearchOptions& options, std::size_t samples, int threads, MakeClimb climb,
                 std::vector<Outcome>& outcomes) {
    const std::size_t rows = outcomes.size(), certain = 1 + space.more_starts();
    std::vector<Outcome> parts;
    for (const Outcome& outcome : outcomes) {
        parts.insert(parts.end(), certain, outcome);
        for (std::size_t k = 0; k < certain; ++k) parts[parts.size() - 1 - k].evaluations = 0;
    }
    climb_in_lockstep(protocol, links, slopes, threads, certain, [&](std::size_t row, std::size_t k) {
        const Starts starts(space, outcomes[row].point, options.seed, samples);
        return climb(space, starts, {k, k + 1}, options, parts[row * certain + k]);
    });
    std::vector<Starts> starts;
    std::vector<Eigen::Index> without_key;
    for (std::size_t row = 0; row < rows; ++row) {
        Starts own(space, outcomes[row].point, options.seed, samples);
        const int before = outcomes[row].evaluations;
        int evaluations = before;
        for (std::size_t k = 0; k < certain; ++k) {
            const Outcome& part = parts[row * certain + k];
            evaluations += part.evaluations;
            if (part.merit > outcomes[row].merit) outcomes[row] = part;
        }
        outcomes[row].evaluations = evaluations;
        if (has_key(outcomes[row].merit)) continue;
        without_key.push_back(static_cast<Eigen::Index>(row));
        starts.push_back(std::move(own));
    }
    if (without_key.empty() || options.restarts == 0) return;
    const Columns open = links(without_key, Eigen::all);
    climb_in_lockstep(protocol, open, slopes, threads, 1, [&](std::size_t row, std::size_t) {
        const AttemptRange further{certain, certain + static_cast<std::size_t>(options.restarts)};
        return climb(space, starts[row], further, options,
                     outcomes[static_cast<std::size_t>(without_key[row])]);
    });
}

}  // namespace tfqkd
