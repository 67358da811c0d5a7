#include "tfqkd/optimize/polish.hpp"

#include <Eigen/Cholesky>

#include "optimize/bfgs.hpp"
#include "optimize/lockstep.hpp"
#include "optimize/outcome.hpp"
#include "optimize/unit_box.hpp"

namespace tfqkd {

namespace {

constexpr double difference_step = 1e-4;  // of a range, for the curvature
constexpr double longest_move = 0.1;      // of a range, in one step
constexpr double least_slope = 1e-7;      // relative gain a range below which a row is done
constexpr int most_trials = 5;            // of a step's length

// A point in units of the ranges, and what is known there; score and slopes relative to the first score.
struct Place {
    std::vector<double> u;
    double score = 0;
    std::vector<double> slope;  // d score / d u
};

// Scores in units of the first one.
class Scaled : public UnitBox {
  public:
    using UnitBox::UnitBox;

    // The answer for the point that point(place.u) gave last.
    void take(Place& place, const TrySlopes::Answer& answer) {
        if (unit_score_ == 0) unit_score_ = answer.score != 0 ? std::abs(answer.score) : 1;
        place.score = answer.score / unit_score_;
        unit_slopes(answer.slopes, 1 / unit_score_, place.slope);
    }
    double merit_of(const Place& place) const { return merit(place.score * unit_score_); }

  private:
    double unit_score_ = 0;
};

// The inverse of minus the curvature, made positive where the rate is not rounded off to all sides.
std::vector<double> inverse_of(const Eigen::MatrixXd& bend) {
    const Eigen::MatrixXd even = 0.5 * (bend + bend.transpose());
    const double size = even.diagonal().cwiseAbs().maxCoeff() + 1e-300;
    Eigen::LLT<Eigen::MatrixXd> factor(even);
    for (double shift = 1e-4; factor.info() != Eigen::Success && shift < 1e4; shift *= 10)
        factor.compute(even + shift * size * Eigen::MatrixXd::Identity(even.rows(), even.cols()));
    const Eigen::MatrixXd inverse = factor.solve(Eigen::MatrixXd::Identity(even.rows(), even.cols()));
    return {inverse.data(), inverse.data() + inverse.size()};
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

// The gain that the slope promises along a direction, which is shortened to a sensible length.
double prepare(const Place& place, std::vector<double>& direction) {
    double size = 0, promise = 0;
    for (const double d : direction) size = std::max(size, std::abs(d));
    if (size > longest_move)
        for (double& d : direction) d *= longest_move / size;
    for (std::size_t d = 0; d < direction.size(); ++d) promise += place.slope[d] * direction[d];
    return promise;
}

void move(const Place& from, const std::vector<double>& direction, double length, Place& to) {
    to.u.resize(from.u.size());
    for (std::size_t d = 0; d < to.u.size(); ++d)
        to.u[d] = std::clamp(from.u[d] + length * direction[d], 0.0, 1.0);
}

void learn(Bfgs& bfgs, const Place& from, const Place& to) {
    std::vector<double> step(from.u.size()), fall(from.u.size());
    for (std::size_t d = 0; d < step.size(); ++d) {
        step[d] = to.u[d] - from.u[d];
        fall[d] = from.slope[d] - to.slope[d];
    }
    bfgs.learn(step, fall);
}

Climb polish_row(const Space& space, int steps, Outcome& outcome) {
    const std::size_t n = space.size();
    Scaled scaled(space, outcome.point);
    Place here, there;
    here.u = scaled.unit(outcome.point);
    scaled.take(here, co_await TrySlopes{{scaled.point(here.u)}});
    Eigen::MatrixXd bend(n, n);
    for (std::size_t d = 0; d < n; ++d) {
        there.u = here.u;
        const double step = here.u[d] > 0.5 ? -difference_step : difference_step;
        there.u[d] += step;
        scaled.take(there, co_await TrySlopes{{scaled.point(there.u)}});
        for (std::size_t k = 0; k < n; ++k)
            bend(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(d)) =
                (here.slope[k] - there.slope[k]) / step;
    }
    outcome.evaluations += static_cast<int>(n) + 1;
    Bfgs bfgs(n);
    bfgs.start_from(inverse_of(bend));
    std::vector<double> direction(n);
    std::vector<char> free(n);
    outcome.stop = Stop::evaluation_limit;
    for (int step = 0; step < steps; ++step) {
        if (free_coordinates(here, free) < least_slope) {
            outcome.stop = Stop::converged;
            break;
        }
        bfgs.direction(here.slope, free, direction);
        const double promise = prepare(here, direction);
        double length = 1, gain = 0;
        for (int trial = 0; trial < most_trials && promise > 0; ++trial) {
            move(here, direction, length, there);
            scaled.take(there, co_await TrySlopes{{scaled.point(there.u)}});
            ++outcome.evaluations;
            gain = there.score - here.score;
            if (gain > 1e-4 * length * promise) break;
            const double top = 0.5 * promise * length * length / (promise * length - gain);
            length = std::clamp(top, 0.1 * length, 0.5 * length);
        }
        if (!(gain > 0)) {
            outcome.stop = Stop::stalled;
            break;
        }
        learn(bfgs, here, there);
        std::swap(here, there);
    }
    outcome.method = SearchMethod::gradient;
    outcome.take(scaled.point(here.u), scaled.merit_of(here));
}

}  // namespace

Optima polish(const Objective& objective, int steps) {
    const Space space(objective.protocol, objective.free);
    std::vector<Outcome> outcomes = start_outcomes(objective);
    climb_in_lockstep(objective.protocol, objective.links, true, objective.threads, 1,
                      [&](std::size_t row, std::size_t) { return polish_row(space, steps, outcomes[row]); });
    return gather(objective, space, outcomes);
}

}  // namespace tfqkd
