#include "nn/radial_spreads.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "nn/radial_basis.hpp"
#include "nn/random.hpp"
#include "tfqkd/nn/loss.hpp"

namespace tfqkd {

namespace {

constexpr int most_centres = 300, most_samples = 4000;
constexpr double ridge = 1e-13;  // of the mean square of a column
constexpr double widest = 1e3, narrowest = 1e-3;

Samples rows_of(const Samples& samples, const std::vector<int>& rows) {
    return {samples.inputs(rows, Eigen::all), samples.targets(rows, Eigen::all)};
}

// What is fitted, what decides, and the centres, all apart where there are samples enough.
struct Trial {
    Samples fitted, held_out;
    Matrix centres;

    double error(const Eigen::VectorXd& log_spreads) const {
        const Eigen::VectorXd spreads = log_spreads.array().exp();
        const Matrix design = with_ones(activations(fitted.inputs, centres, spreads));
        Matrix gram = design.transpose() * design;
        gram.diagonal().array() += ridge * gram.trace();
        const Eigen::LLT<Eigen::Ref<Matrix>> factor(gram);
        if (factor.info() != Eigen::Success) return std::numeric_limits<double>::infinity();
        const Matrix weights = factor.solve(design.transpose() * fitted.targets);
        const double found = mean_square(with_ones(activations(held_out.inputs, centres, spreads)) * weights,
                                         held_out.targets);
        return std::isfinite(found) ? found : std::numeric_limits<double>::infinity();
    }
};

Trial make_trial(const Samples& samples, std::uint64_t seed) {
    const int all = static_cast<int>(samples.inputs.rows());
    auto rows = drawn_rows(all, std::min(all, 2 * most_samples), seed);
    Random random(derived_seed(seed, 1));
    shuffle(rows, random);
    const auto half =
        rows.begin() + std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(rows.size()) / 2);
    const std::vector<int> fitted(rows.begin(), half), held_out(half, rows.end());
    const auto count = std::min<std::size_t>(most_centres, std::max<std::size_t>(1, fitted.size() / 3));
    const std::vector<int> centres(fitted.begin(), fitted.begin() + static_cast<std::ptrdiff_t>(count));
    return {rows_of(samples, fitted), rows_of(samples, held_out.empty() ? fitted : held_out),
            samples.inputs(centres, Eigen::all)};
}

}  // namespace

// One input's spread at a time, then all together, in steps that shrink when none is better.
Eigen::VectorXd find_radial_spreads(const Samples& samples, std::uint64_t seed) {
    const Trial trial = make_trial(samples, seed);
    const auto inputs = samples.inputs.cols();
    Eigen::VectorXd best = Eigen::VectorXd::Constant(inputs, std::log(2.4));
    double least = trial.error(best);
    for (double step = std::log(2.0); step > 0.1;) {
        const double before = least;
        for (Eigen::Index d = 0; d <= inputs; ++d)
            for (const double way : {step, -step}) {
                Eigen::VectorXd moved = best;
                if (d < inputs)
                    moved[d] += way;
                else
                    moved.array() += way;
                if (moved.maxCoeff() > std::log(widest) || moved.minCoeff() < std::log(narrowest)) continue;
                const double error = trial.error(moved);
                if (!(error < least)) continue;
                least = error;
                best = moved;
                break;
            }
        if (!(least < 0.98 * before)) step /= 2;
    }
    return best.array().exp();
}

}  // namespace tfqkd
