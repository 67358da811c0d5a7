#include "optimize/attempts.hpp"

#include <functional>

namespace tfqkd {

namespace {

template <class T>
auto& at(T& all, Eigen::Index row) {
    return all[static_cast<std::size_t>(row)];
}

// How much less loss each arm has on the way back to a link; steps small enough that the optimum at one still
// has a key at the next.
constexpr double less_db[] = {18, 12, 9, 7, 5, 3.5, 2.5, 1.7, 1, 0.5, 0.2, 0};

// Where to begin, each one of these steps: the farther, the less like the link itself; the nearer, the less
// easily found.
constexpr double followed_from_db[] = {12, 18};

struct Task {
    const Protocol& protocol;
    const Columns& links;
    bool slopes;
    const Space& space;
    const SearchOptions& options;
    std::size_t samples;
    int threads;
    MakeClimb climb;

    Task on(const Columns& others, const SearchOptions& with) const {
        return {protocol, others, slopes, space, with, samples, threads, climb};
    }
    Starts starts(const std::vector<double>& point) const { return {space, point, options.seed, samples}; }
};

// Makes `count` attempts for each row side by side, the k-th one of a row from of(row, k), and leaves
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
    for (std::size_t k = 0; k < parts.size(); ++k) outcomes[k / count].take_up(parts[k]);
}

// Every row's certain attempts, then those from the hops away from the best of them.
void make_certain_attempts(const Task& task, std::vector<Outcome>& outcomes) {
    const std::vector<Outcome> starts = outcomes;
    attempt_side_by_side(
        task, 1 + task.space.more_starts(),
        [&](std::size_t row, std::size_t k) {
            return std::pair{task.starts(starts[row].point), AttemptRange{k, k + 1}};
        },
        outcomes);
    if (task.space.hops() == 0) return;
    const std::vector<Outcome> best = outcomes;
    attempt_side_by_side(
        task, task.space.hops(),
        [&](std::size_t row, std::size_t k) {
            return std::pair{task.starts(task.space.hop(best[row].point, k)), AttemptRange{0, 1}};
        },
        outcomes);
}

// The links with less loss in both arms.
Columns with_less_loss(Columns links, double db) {
    const auto& quantities = link_quantities();
    for (std::size_t k = 0; k < quantities.size(); ++k)
        if (quantities[k].name == "loss_a_db" || quantities[k].name == "loss_b_db") {
            auto column = links.col(static_cast<Eigen::Index>(k));
            column = (column - db).max(0.0);
        }
    return links;
}

// Certain attempts from the rows' starts, and for rows without a key from those that the protocol gives for
// the links of the task.
void search_far_from_edge(const Task& task, std::vector<Outcome>& outcomes) {
    const std::vector<Outcome> given = outcomes;
    make_certain_attempts(task, outcomes);
    const Rows rows = rows_where(outcomes, keyless);
    std::vector<Outcome> own = some_of(given, rows);
    std::vector<double> link(static_cast<std::size_t>(task.links.cols())), start;
    for (std::size_t k = 0; k < rows.size(); ++k) {
        std::copy_n(task.links.row(rows[k]).begin(), link.size(), link.begin());
        start = own[k].point;
        task.protocol.start(link, start);
        for (const Space::Axis& axis : task.space.axes())
            own[k].point[axis.parameter] = start[axis.parameter];
    }
    const Columns links = task.links(rows, Eigen::all);
    make_certain_attempts(task.on(links, task.options), own);
    for (std::size_t k = 0; k < rows.size(); ++k) at(outcomes, rows[k]).take_up(own[k]);
}

// Rows without a key: near the last distance the points with a key are a small part of the box, and the score
// elsewhere leads away from it. So the optimum of the same link with less loss is sought, and followed back
// to the link itself.
void follow_from_less_loss(const Task& task, double farthest_db, const std::vector<Outcome>& starts,
                           std::vector<Outcome>& outcomes) {
    SearchOptions loose = task.options;  // on the way, the neighbourhood of an optimum will do
    loose.tolerance = std::max(loose.tolerance, 1e-3);
    loose.slope_tolerance = std::max(loose.slope_tolerance, 0.03);
    Rows rows = rows_where(outcomes, keyless);
    std::vector<Outcome> followed = some_of(starts, rows);
    for (const double db : less_db) {
        if (db > farthest_db) continue;
        const Columns links = with_less_loss(task.links(rows, Eigen::all), db);
        const Task step = task.on(links, db > 0 ? loose : task.options);
        for (Outcome& outcome : followed) outcome.merit = Outcome().merit;
        if (db == farthest_db)
            search_far_from_edge(step, followed);
        else
            attempt_side_by_side(
                step, 1,
                [&](std::size_t row, std::size_t) {
                    return std::pair{step.starts(followed[row].point), AttemptRange{0, 1}};
                },
                followed);
        if (db == 0) break;
        for (const Eigen::Index k : rows_where(followed, keyless))
            at(outcomes, at(rows, k)).evaluations += at(followed, k).evaluations;
        const Rows kept = rows_where(followed, [](const Outcome& o) { return has_key(o.merit); });
        rows = some_of(rows, kept);
        followed = some_of(followed, kept);
    }
    for (std::size_t k = 0; k < rows.size(); ++k) at(outcomes, rows[k]).take_up(followed[k]);
}

// Further attempts, row by row, where there is still no key.
void attempt_from_samples(const Task& task, int restarts, const std::vector<Outcome>& starts,
                          std::vector<Outcome>& outcomes) {
    const Rows rows = rows_where(outcomes, keyless);
    const Columns links = task.links(rows, Eigen::all);
    climb_in_lockstep(task.protocol, links, task.slopes, task.threads, 1, [&](std::size_t k, std::size_t) {
        const Starts from = task.starts(at(starts, rows[k]).point);
        const AttemptRange further{from.certain(), from.certain() + static_cast<std::size_t>(restarts)};
        return task.climb(task.space, from, further, task.options, at(outcomes, rows[k]));
    });
}

}  // namespace

void search_rows(const Protocol& protocol, const Columns& links, bool slopes, const Space& space,
                 const SearchOptions& options, std::size_t samples, int threads, MakeClimb climb,
                 std::vector<Outcome>& outcomes) {
    const Task task{protocol, links, slopes, space, options, samples, threads, climb};
    const std::vector<Outcome> starts = outcomes;
    make_certain_attempts(task, outcomes);
    int restarts = options.restarts;
    for (const double db : followed_from_db)
        if (restarts-- > 0) follow_from_less_loss(task, db, starts, outcomes);
    if (options.restarts > 1) attempt_from_samples(task, options.restarts - 1, starts, outcomes);
}

}  // namespace tfqkd
