#include "optimize/attempts.hpp"

#include <functional>

namespace tfqkd {

namespace {

struct Task {
    const Protocol& protocol;
    const Columns& links;
    bool slopes;
    const Space& space;
    const SearchOptions& options;
    std::size_t samples;
    int threads;
    MakeClimb climb;
};

// Makes `count` attempts for each row side by side, the k-th one of a row from starts_of(row, k), and leaves
// the best of them and of what was there.
void attempt_side_by_side(const Task& task, std::size_t count,
                          const std::function<std::pair<Starts, AttemptRange>(std::size_t, std::size_t)>& of,
                          std::vector<Outcome>& outcomes) {
    std::vector<Outcome> parts;
    for (const Outcome& outcome : outcomes) {
        parts.insert(parts.end(), count, outcome);
        for (std::size_t k = 0; k < count; ++k) {
            parts[parts.size() - 1 - k].evaluations = 0;
            parts[parts.size() - 1 - k].merit = Outcome().merit;
        }
    }
    climb_in_lockstep(
        task.protocol, task.links, task.slopes, task.threads, count, [&](std::size_t row, std::size_t k) {
            auto [starts, range] = of(row, k);
            return task.climb(task.space, std::move(starts), range, task.options, parts[row * count + k]);
        });
    for (std::size_t row = 0; row < outcomes.size(); ++row) {
        int evaluations = outcomes[row].evaluations;
        for (std::size_t k = 0; k < count; ++k) {
            const Outcome& part = parts[row * count + k];
            evaluations += part.evaluations;
            if (part.merit > outcomes[row].merit) outcomes[row] = part;
        }
        outcomes[row].evaluations = evaluations;
    }
}

}  // namespace

void search_rows(const Protocol& protocol, const Columns& links, bool slopes, const Space& space,
                 const SearchOptions& options, std::size_t samples, int threads, MakeClimb climb,
                 std::vector<Outcome>& outcomes) {
    const Task task{protocol, links, slopes, space, options, samples, threads, climb};
    const std::size_t certain = 1 + space.more_starts();
    std::vector<Starts> own;
    for (const Outcome& outcome : outcomes) own.emplace_back(space, outcome.point, options.seed, samples);
    attempt_side_by_side(
        task, certain,
        [&](std::size_t row, std::size_t k) {
            return std::pair{own[row], AttemptRange{k, k + 1}};
        },
        outcomes);
    if (space.hops() > 0) {
        const std::vector<Outcome> best = outcomes;
        attempt_side_by_side(
            task, space.hops(),
            [&](std::size_t row, std::size_t k) {
                return std::pair{Starts(space, space.hop(best[row].point, k), options.seed, samples),
                                 AttemptRange{0, 1}};
            },
            outcomes);
    }
    std::vector<Eigen::Index> without_key;
    for (std::size_t row = 0; row < outcomes.size(); ++row)
        if (!has_key(outcomes[row].merit)) without_key.push_back(static_cast<Eigen::Index>(row));
    if (without_key.empty() || options.restarts == 0) return;
    const Columns open = links(without_key, Eigen::all);
    climb_in_lockstep(protocol, open, slopes, threads, 1, [&](std::size_t row, std::size_t) {
        const AttemptRange further{certain, certain + static_cast<std::size_t>(options.restarts)};
        const auto original = static_cast<std::size_t>(without_key[row]);
        return climb(space, own[original], further, options, outcomes[original]);
    });
}

}  // namespace tfqkd
