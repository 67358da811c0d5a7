#include "tfqkd/optimize/gradient_search.hpp"

#include "optimize/attempts.hpp"
#include "optimize/bfgs.hpp"
#include "optimize/unit_box.hpp"

namespace tfqkd {

namespace {

constexpr double longest_move = 0.5;       // of any parameter's range, in one step
constexpr double first_move = 0.1;         // before any curvature is known
constexpr int most_without_key = 120;      // evaluations of one attempt that has not found a key
constexpr double no_key_tolerance = 1e-3;  // of the projected slope, where the score is climbed and not ln R
constexpr std::uint64_t samples = 16;      // points of the low-discrepancy sample that a restart looks at

// A point in units of the ranges, with its merit and slopes there.
struct Place {
    std::vector<double> u;      // 0 .. 1 along each axis
    std::vector<double> slope;  // d merit / d u
    double merit = -1e300;
};

// The answer for the point that box.point(place.u) gave last.
void take(Place& place, const UnitBox& box, const TrySlopes::Answer& answer) {
    place.merit = merit(answer.score);
    box.unit_slopes(answer.slopes, answer.score > 0 ? 1 / answer.score : 1, place.slope);
}

// Which coordinates may move, and the largest slope among them.
double free_coordinates(const Place& place, std::vector<char>& free) {
    double largest = 0;
    for (std::size_t d = 0; d < free.size(); ++d) {
        free[d] = !((place.u[d] <= 0 && place.slope[d] < 0) || (place.u[d] >= 1 && place.slope[d] > 0));
        if (free[d]) largest = std::max(largest, std::abs(place.slope[d]));
    }
    return largest;
}

// The gain per unit step that the slope promises along a direction, which is shortened to a sensible length;
// 0 if it promises none.
double prepare(const Place& place, double longest, std::vector<double>& direction) {
    double size = 0, promise = 0;
    for (const double d : direction) size = std::max(size, std::abs(d));
    if (size > longest)
        for (double& d : direction) d *= longest / size;
    for (std::size_t d = 0; d < direction.size(); ++d) promise += place.slope[d] * direction[d];
    return promise > 0 ? promise : 0;
}

// A line search by the weak Wolfe conditions: enough gain, and a slope that has fallen. It needs no
// smoothness: at a kink it ends just beyond it, which is what lets quasi-Newton follow one (Lewis, Overton
// 2013).
class LineSearch {
  public:
    LineSearch(double promise, double start) : promise_(promise), start_(start) {}

    bool wants_more() const { return !done_ && trials_ < most_trials; }
    double length() const { return length_; }
    bool gained() const { return best_gain_ > 0; }
    bool is_best() const { return is_best_; }

    // merit and slope along the line at the trial; `far`: the step is as long as steps may be.
    void tell(double merit, double slope, bool far) {
        ++trials_;
        const double gain = merit - start_;
        const bool enough = gain > 0 && gain >= armijo * length_ * promise_;
        is_best_ = enough;
        if (enough) best_gain_ = gain;
        if (!enough) {
            too_long_ = length_;
            // The parabola through value, promise and this trial while nothing was gained; near a jump it
            // means nothing.
            const double top = 0.5 * promise_ * length_ * length_ / (promise_ * length_ - gain);
            length_ = best_gain_ > 0 ? 0.5 * (long_enough_ + too_long_)
                                     : std::clamp(top, 0.1 * length_, 0.5 * length_);
        } else if (slope > wolfe * promise_ && !far) {
            long_enough_ = length_;
            length_ = too_long_ > 0 ? 0.5 * (long_enough_ + too_long_) : 2 * length_;
        } else {
            done_ = true;
        }
    }

  private:
    static constexpr double armijo = 1e-4, wolfe = 0.9;
    static constexpr int most_trials = 14;
    double promise_, start_;
    double length_ = 1, long_enough_ = 0, too_long_ = 0, best_gain_ = 0;
    int trials_ = 0;
    bool done_ = false, is_best_ = false;
};

Climb gradient_search(const Space& space, Starts starts, AttemptRange attempts, const SearchOptions& options,
                      Outcome& outcome) {
    const std::size_t n = space.size();
    UnitBox box(space, outcome.point);
    Bfgs bfgs(n);
    Place here, there, best;
    int fruitless = 0;
    std::vector<double> direction(n), step(n), fall(n);
    std::vector<char> free(n);
    int evaluations = 0;

    for (std::size_t attempt = attempts.first; attempt < attempts.last; ++attempt) {
        if (evaluations >= options.most_evaluations) break;
        if (attempt >= starts.certain() && has_key(outcome.merit)) break;
        here.merit = -1e300;
        for (std::size_t k = 0; k < starts.candidates(attempt); ++k) {
            there.u = box.unit(starts.candidate(attempt, k));
            take(there, box, co_await TrySlopes{{box.point(there.u)}});
            ++evaluations;
            if (k == 0 || there.merit > here.merit) std::swap(here, there);
        }
        fruitless = 0;
        bfgs.forget();
        Stop stop = Stop::evaluation_limit;
        const int most = std::min(options.most_evaluations, evaluations + most_without_key);
        while (evaluations < (has_key(here.merit) ? options.most_evaluations : most)) {
            if (free_coordinates(here, free) <
                (has_key(here.merit) ? options.slope_tolerance : no_key_tolerance)) {
                stop = Stop::converged;
                break;
            }
            bfgs.direction(here.slope, free, direction);
            double promise = prepare(here, bfgs.learned() ? longest_move : first_move, direction);
            if (promise == 0) {  // what was learned does not fit here
                bfgs.forget();
                direction = here.slope;
                for (std::size_t d = 0; d < n; ++d) direction[d] *= free[d];
                promise = prepare(here, first_move, direction);
            }
            LineSearch line(promise, here.merit);
            while (line.wants_more()) {
                there.u.resize(n);
                double moved = 0;
                for (std::size_t d = 0; d < n; ++d) {
                    there.u[d] = std::clamp(here.u[d] + line.length() * direction[d], 0.0, 1.0);
                    moved = std::max(moved, std::abs(there.u[d] - here.u[d]));
                }
                take(there, box, co_await TrySlopes{{box.point(there.u)}});
                ++evaluations;
                double slope = 0;  // along the part of the direction that the bounds leave
                for (std::size_t d = 0; d < n; ++d)
                    if (there.u[d] > 0 && there.u[d] < 1) slope += there.slope[d] * direction[d];
                line.tell(there.merit, slope, moved >= longest_move);
                if (line.is_best()) std::swap(best, there);
            }
            if (!line.gained()) {
                if (!bfgs.learned() || ++fruitless > 2) {
                    stop = Stop::stalled;
                    break;
                }
                bfgs.forget();
                continue;
            }
            if (best.merit - here.merit > 1e-9) fruitless = 0;
            std::swap(best, there);
            if (has_key(here.merit) == has_key(there.merit)) {
                for (std::size_t d = 0; d < n; ++d) {
                    step[d] = there.u[d] - here.u[d];
                    fall[d] = here.slope[d] - there.slope[d];
                }
                bfgs.learn(step, fall);
            } else {
                bfgs.forget();  // from the score to ln R: another function
            }
            std::swap(here, there);
        }
        if (here.merit > outcome.merit) {
            outcome.take(box.point(here.u), here.merit);
            outcome.stop = stop;
            outcome.method = SearchMethod::gradient;
        }
    }
    outcome.evaluations += evaluations;
}

}  // namespace

void gradient_search_rows(const Protocol& protocol, const Columns& links, const Space& space,
                          const SearchOptions& options, int threads, std::vector<Outcome>& outcomes) {
    search_rows(protocol, links, true, space, options, samples, threads, gradient_search, outcomes);
}

Optima GradientSearch::maximize(const Objective& objective) const {
    const Space space(objective.protocol, objective.free);
    std::vector<Outcome> outcomes = start_outcomes(objective);
    gradient_search_rows(objective.protocol, objective.links, space, options_, objective.threads, outcomes);
    return gather(objective, space, outcomes);
}

Optima AutoSearch::maximize(const Objective& objective) const {
    const Space space(objective.protocol, objective.free);
    std::vector<Outcome> outcomes = start_outcomes(objective);
    SearchOptions options = options_;
    options.restarts = std::min(options_.restarts, 1);
    gradient_search_rows(objective.protocol, objective.links, space, options, objective.threads, outcomes);

    // Local search for what gradient search has left open: no key, or a crease that it has not followed.
    options.restarts = 0;
    const Rows open = rows_where(
        outcomes, [](const Outcome& outcome) { return keyless(outcome) || outcome.stop == Stop::stalled; });
    const Columns links = objective.links(open, Eigen::all);
    std::vector<Outcome> again = some_of(outcomes, open);
    local_search_rows(objective.protocol, links, space, options, objective.threads, again);

    const Rows found = rows_where(again, [](const Outcome& outcome) { return !keyless(outcome); });
    std::vector<Outcome> polished = some_of(again, found);
    gradient_search_rows(objective.protocol, links(found, Eigen::all), space, options, objective.threads,
                         polished);
    for (std::size_t i = 0; i < found.size(); ++i) again[static_cast<std::size_t>(found[i])] = polished[i];
    for (std::size_t i = 0; i < open.size(); ++i) outcomes[static_cast<std::size_t>(open[i])] = again[i];
    return gather(objective, space, outcomes);
}

}  // namespace tfqkd
