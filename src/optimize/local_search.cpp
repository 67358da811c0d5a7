#include "tfqkd/optimize/local_search.hpp"

#include "optimize/attempts.hpp"
#include "optimize/bracket.hpp"

namespace tfqkd {

namespace {

constexpr double first_step = 0.04;        // of an axis' width
constexpr double polishing = 0.1;          // steps of the second round over those of the first
constexpr double smallest_step = 1e-9;     // of an axis' width
constexpr double no_key_tolerance = 1e-4;  // gain of a sweep that counts as quiet while the score is climbed
constexpr double crease_probe = 1e-5;      // of an axis' width: how far creases are looked for
constexpr double least_bend = 0.01;        // of the slope of ln R across an axis; a smooth top bends less
constexpr std::uint64_t samples = 48;      // points of the low-discrepancy sample

// Where a row's search stands, and a line through it: along one axis, or along a displacement.
class Walker {
  public:
    Walker(const Space& space, std::vector<double> point)
        : space_(space), point_(std::move(point)), trial_(point_), x_(space.size()), line_(space.size()) {
        jump_to(point_);
    }

    const std::vector<double>& x() const { return x_; }
    const std::vector<double>& point() const { return point_; }

    // Puts the search at a point, given as all parameters' values, or at coordinates `x`.
    void jump_to(const std::vector<double>& point) {
        for (std::size_t d = 0; d < x_.size(); ++d)
            x_[d] = space_.axes()[d].coordinate(point[space_.axes()[d].parameter]);
        jump(x_);
    }
    void jump(const std::vector<double>& x) {
        x_ = x;
        for (std::size_t d = 0; d < x_.size(); ++d) {
            const Space::Axis& axis = space_.axes()[d];
            point_[axis.parameter] = axis.value(x_[d]);
        }
        trial_ = point_;
    }

    void aim_along(std::size_t axis) {
        first_ = axis;
        last_ = axis + 1;
        line_[axis] = 1;
        trial_ = point_;
    }
    // Along an axis, and as far along another one as keeps the search on a crease across both.
    void aim_along_crease(std::size_t axis, std::size_t pivot, double by) {
        aim_along(axis);
        std::fill(line_.begin(), line_.end(), 0.0);
        first_ = 0;
        last_ = x_.size();
        line_[axis] = 1;
        line_[pivot] = by;
    }
    // False if nothing has moved since `from`.
    bool aim_away_from(const std::vector<double>& from) {
        first_ = 0;
        last_ = x_.size();
        double largest = 0;
        for (std::size_t d = 0; d < last_; ++d) {
            line_[d] = x_[d] - from[d];
            largest = std::max(largest, std::abs(line_[d]) / space_.axes()[d].width());
        }
        trial_ = point_;
        return largest > smallest_step;
    }

    // How far the line stays within the box, either way.
    std::pair<double, double> reach() const {
        double lowest = -1e9, highest = 1e9;
        for (std::size_t d = first_; d < last_; ++d) {
            if (line_[d] == 0) continue;
            const Space::Axis& axis = space_.axes()[d];
            const double down = (axis.lower - x_[d]) / line_[d], up = (axis.upper - x_[d]) / line_[d];
            lowest = std::max(lowest, std::min(down, up));
            highest = std::min(highest, std::max(down, up));
        }
        return {std::min(lowest, 0.0), std::max(highest, 0.0)};
    }

    std::span<const double> at(double along) {
        for (std::size_t d = first_; d < last_; ++d) {
            const Space::Axis& axis = space_.axes()[d];
            trial_[axis.parameter] = axis.value(x_[d] + along * line_[d]);
        }
        return trial_;
    }
    void move(double along) {
        at(along);
        for (std::size_t d = first_; d < last_; ++d) {
            const Space::Axis& axis = space_.axes()[d];
            x_[d] = std::clamp(x_[d] + along * line_[d], axis.lower, axis.upper);
            point_[axis.parameter] = trial_[axis.parameter];
        }
    }

  private:
    const Space& space_;
    std::vector<double> point_, trial_;  // all parameters
    std::vector<double> x_, line_;       // coordinates of the free ones
    std::size_t first_ = 0, last_ = 0;   // the axes on which line_ is not 0
};

// A line that keeps to a crease: along an axis, and `by` as far along the pivot.
struct CreaseLine {
    std::size_t axis, pivot;
    double by, step;
};

// One row. `outcome` holds the start, and takes the result.
Climb local_search(const Space& space, Starts starts, AttemptRange attempts, const SearchOptions& options,
                   Outcome& outcome) {
    Walker walker(space, outcome.point), scout(space, outcome.point);
    const std::size_t axes = space.size();
    std::vector<double> steps(axes), origin;
    std::vector<CreaseLine> creases;
    int evaluations = 0;

    for (std::size_t attempt = attempts.first; attempt < attempts.last; ++attempt) {
        if (evaluations >= options.most_evaluations) break;
        if (attempt >= starts.certain() && has_key(outcome.merit)) break;
        double value = -1e300;
        for (std::size_t k = 0; k < starts.candidates(attempt); ++k) {
            scout.jump_to(starts.candidate(attempt, k));
            const double found = merit(co_await Try{scout.point()});
            ++evaluations;
            if (k > 0 && found <= value) continue;
            value = found;
            walker.jump(scout.x());
            if (has_key(value)) break;
        }
        Stop stop = Stop::converged;
        for (std::size_t d = 0; d < axes; ++d) steps[d] = first_step * space.axes()[d].width();
        creases.clear();
        double followed = -1e300;  // the value when creases were last looked for
        for (int round = 0; round < 2; ++round) {
            for (int quiet = 0; quiet < 2;) {
                const double before = value;
                origin = walker.x();
                const std::size_t last = axes + creases.size();
                for (std::size_t d = 0; d <= last; ++d) {
                    double* step = nullptr;
                    if (d < axes) {
                        walker.aim_along(d);
                        step = &steps[d];
                    } else if (d < last) {
                        CreaseLine& line = creases[d - axes];
                        walker.aim_along_crease(line.axis, line.pivot, line.by);
                        step = &line.step;
                    } else if (!walker.aim_away_from(origin)) {
                        break;
                    }
                    const auto [lowest, highest] = walker.reach();
                    Bracket bracket(value, step ? *step : 1.0, lowest, highest);
                    while (bracket.wants_more()) {
                        bracket.tell(merit(co_await Try{walker.at(bracket.trial())}));
                        ++evaluations;
                    }
                    if (bracket.best() != 0) walker.move(bracket.best());
                    value = bracket.best_value();
                    if (step) {
                        const std::size_t axis = d < axes ? d : creases[d - axes].axis;
                        const double least = smallest_step * space.axes()[axis].width();
                        const double next = bracket.next_step();
                        *step = std::copysign(std::max(std::abs(next), least), next);
                    }
                }
                quiet =
                    value - before < (has_key(value) ? options.tolerance : no_key_tolerance) ? quiet + 1 : 0;
                if (quiet == 2 && has_key(value) && value - followed > options.tolerance) {
                    followed = value;
                    creases.clear();
                    // The pivot: the axis along which the objective bends most sharply. A smooth top bends
                    // less the nearer one looks.
                    std::size_t pivot = 0;
                    double sharpest = 0, pivot_left = 0, pivot_right = 0;
                    for (std::size_t d = 0; d < axes; ++d) {
                        walker.aim_along(d);
                        const auto [lowest, highest] = walker.reach();
                        const double width = space.axes()[d].width();
                        double coarser = 0;
                        for (const double probe : {10 * crease_probe, crease_probe}) {
                            if (lowest > -probe * width || highest < probe * width) break;
                            const double left = merit(co_await Try{walker.at(-probe * width)});
                            const double right = merit(co_await Try{walker.at(probe * width)});
                            evaluations += 2;
                            const double bend = (2 * value - left - right) / probe;
                            if (!(bend > least_bend)) break;
                            if (coarser > 0 && bend > 0.5 * coarser && bend > sharpest) {
                                pivot = d;
                                sharpest = bend;
                                pivot_left = left;
                                pivot_right = right;
                            }
                            coarser = bend;
                        }
                    }
                    // How the slope along each other axis changes across the crease says how far the pivot
                    // has to go with it.
                    const double across = crease_probe * space.axes()[pivot].width();
                    for (std::size_t d = 0; d < axes && sharpest > 0; ++d) {
                        if (d == pivot) continue;
                        walker.aim_along(d);
                        const auto [lowest, highest] = walker.reach();
                        const double width = space.axes()[d].width(), size = 0.01 * crease_probe * width;
                        const double h = highest >= size ? size : -size;
                        if (h < lowest) continue;
                        walker.aim_along_crease(d, pivot, across / h);
                        const double right = merit(co_await Try{walker.at(h)});
                        walker.aim_along_crease(d, pivot, -across / h);
                        const double left = merit(co_await Try{walker.at(h)});
                        evaluations += 2;
                        const double change = ((right - pivot_right) - (left - pivot_left)) / h * width;
                        if (!(std::abs(change) > least_bend)) continue;
                        creases.push_back({d, pivot,
                                           change / width / (sharpest / space.axes()[pivot].width()),
                                           first_step * width});
                    }
                    if (!creases.empty()) quiet = 0;
                }
                if (evaluations >= options.most_evaluations) {
                    stop = Stop::evaluation_limit;
                    break;
                }
            }
            if (!has_key(value) || stop == Stop::evaluation_limit) break;
            for (double& step : steps) step *= polishing;
        }
        if (value > outcome.merit) {
            outcome.take(walker.point(), value);
            outcome.method = SearchMethod::lsa;
            outcome.stop = stop;
        }
    }
    outcome.evaluations += evaluations;
}

}  // namespace

void local_search_rows(const Protocol& protocol, const Columns& links, const Space& space,
                       const SearchOptions& options, int threads, std::vector<Outcome>& outcomes) {
    search_rows(protocol, links, false, space, options, samples, threads, local_search, outcomes);
}

Optima LocalSearch::maximize(const Objective& objective) const {
    const Space space(objective.protocol, objective.free);
    std::vector<Outcome> outcomes = start_outcomes(objective);
    local_search_rows(objective.protocol, objective.links, space, options_, objective.threads, outcomes);
    return gather(objective, space, outcomes);
}

}  // namespace tfqkd
