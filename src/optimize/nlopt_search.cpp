#include "optimize/nlopt_search.hpp"

#include <nlopt.hpp>

#include "optimize/outcome.hpp"
#include "tfqkd/math/parallel.hpp"

namespace tfqkd {

namespace {

struct Algorithm {
    std::string_view name;
    nlopt::algorithm id;
    bool slopes, global, needs_local;
};

// GN_AGS and GD_STOGO do not work in NLopt 2.7.1; LN_NEWUOA has no bounds.
constexpr Algorithm algorithms[] = {
    {"LN_BOBYQA", nlopt::LN_BOBYQA, false, false, false},
    {"LN_COBYLA", nlopt::LN_COBYLA, false, false, false},
    {"LN_NELDERMEAD", nlopt::LN_NELDERMEAD, false, false, false},
    {"LN_NEWUOA_BOUND", nlopt::LN_NEWUOA_BOUND, false, false, false},
    {"LN_PRAXIS", nlopt::LN_PRAXIS, false, false, false},
    {"LN_SBPLX", nlopt::LN_SBPLX, false, false, false},
    {"LD_CCSAQ", nlopt::LD_CCSAQ, true, false, false},
    {"LD_LBFGS", nlopt::LD_LBFGS, true, false, false},
    {"LD_MMA", nlopt::LD_MMA, true, false, false},
    {"LD_SLSQP", nlopt::LD_SLSQP, true, false, false},
    {"LD_TNEWTON_PRECOND_RESTART", nlopt::LD_TNEWTON_PRECOND_RESTART, true, false, false},
    {"LD_VAR2", nlopt::LD_VAR2, true, false, false},
    {"GN_CRS2_LM", nlopt::GN_CRS2_LM, false, true, false},
    {"GN_DIRECT_L", nlopt::GN_DIRECT_L, false, true, false},
    {"GN_DIRECT_L_RAND", nlopt::GN_DIRECT_L_RAND, false, true, false},
    {"GN_ESCH", nlopt::GN_ESCH, false, true, false},
    {"GN_ISRES", nlopt::GN_ISRES, false, true, false},
    {"GN_MLSL_LDS", nlopt::GN_MLSL_LDS, false, true, true},
    {"GD_MLSL_LDS", nlopt::GD_MLSL_LDS, true, true, true},
};

// One row's objective as NLopt calls it. It keeps the best point itself and never hands a NaN or infinity on.
class RowObjective {
  public:
    RowObjective(const Objective& objective, const Space& space, Eigen::Index row, Outcome& outcome)
        : protocol_(objective.protocol),
          space_(space),
          outcome_(outcome),
          point_(outcome.point),
          links_(objective.links.row(row)),
          link_(links_.data(), links_.data() + links_.size()),
          slopes_(1, objective.starts.cols()) {}

    static double call(unsigned n, const double* x, double* slope, void* self) {
        return static_cast<RowObjective*>(self)->value(n, x, slope);
    }

    std::vector<double> start() const {
        std::vector<double> x;
        for (const Space::Axis& axis : space_.axes())
            x.push_back(axis.coordinate(outcome_.point[axis.parameter]));
        return x;
    }

  private:
    double value(unsigned n, const double* x, double* slope) {
        for (unsigned d = 0; d < n; ++d) {
            const Space::Axis& axis = space_.axes()[d];
            point_[axis.parameter] = axis.value(x[d]);
        }
        ++outcome_.evaluations;
        const double score = slope ? with_slope(n, slope) : protocol_.rate(link_, point_, Measure::score);
        outcome_.take(point_, merit(score));
        return merit(score);
    }

    double with_slope(unsigned n, double* slope) {
        const Columns points = Eigen::Map<const Eigen::RowVectorXd>(point_.data(), slopes_.cols());
        Eigen::ArrayXd score(1);
        protocol_.slopes(links_, points, Measure::score, score, slopes_);
        for (unsigned d = 0; d < n; ++d) {
            const Space::Axis& axis = space_.axes()[d];
            const auto k = static_cast<Eigen::Index>(axis.parameter);
            const double by_score = score[0] > 0 ? 1 / score[0] : 1;
            slope[d] = slopes_(0, k) * scale_slope(axis.scale, points(0, k)) * by_score;
            if (!std::isfinite(slope[d])) slope[d] = 0;
        }
        return score[0];
    }

    const Protocol& protocol_;
    const Space& space_;
    Outcome& outcome_;
    std::vector<double> point_;
    Columns links_;
    std::vector<double> link_;
    Columns slopes_;
};

class NloptSearch final : public Search {
  public:
    NloptSearch(const Algorithm& algorithm, SearchOptions options)
        : algorithm_(algorithm), options_(options) {}

    Optima maximize(const Objective& objective) const override {
        const Space space(objective.protocol, objective.free);
        std::vector<Outcome> outcomes = start_outcomes(objective);
        parallel_for(outcomes.size(), objective.threads, [&](std::size_t row) {
            search_row(objective, space, static_cast<Eigen::Index>(row), outcomes[row]);
        });
        for (Outcome& outcome : outcomes) outcome.method = SearchMethod::nlopt;
        return gather(objective, space, outcomes);
    }

  private:
    // From the start; then, where there is no key (and for local algorithms only then), from points of the
    // sample.
    void search_row(const Objective& objective, const Space& space, Eigen::Index row,
                    Outcome& outcome) const {
        nlopt::srand(static_cast<unsigned long>(mix(options_.seed)));
        RowObjective target(objective, space, row, outcome);
        std::vector<double> x = target.start();
        for (int attempt = 0; attempt <= options_.restarts; ++attempt) {
            run(space, target, x, outcome);
            if (has_key(outcome.merit) || outcome.evaluations >= options_.most_evaluations) break;
            x = best_of_sample(space, target, attempt);
        }
    }

    void run(const Space& space, RowObjective& target, std::vector<double> x, Outcome& outcome) const {
        const auto n = static_cast<unsigned>(space.size());
        nlopt::opt search(algorithm_.id, n);
        std::vector<double> lower, upper, step;
        for (const Space::Axis& axis : space.axes()) {
            lower.push_back(axis.lower);
            upper.push_back(axis.upper);
            step.push_back(0.05 * axis.width());
        }
        search.set_lower_bounds(lower);
        search.set_upper_bounds(upper);
        search.set_max_objective(RowObjective::call, &target);
        search.set_initial_step(step);
        search.set_maxeval(std::max(1, options_.most_evaluations - outcome.evaluations));
        if (!algorithm_.global) search.set_ftol_abs(options_.tolerance * 1e-2);
        if (algorithm_.needs_local) {
            nlopt::opt local(algorithm_.slopes ? nlopt::LD_LBFGS : nlopt::LN_BOBYQA, n);
            local.set_ftol_abs(options_.tolerance * 1e-2);
            local.set_maxeval(2000);
            local.set_initial_step(step);
            search.set_local_optimizer(local);
        }
        try {
            double best = 0;
            const nlopt::result result = search.optimize(x, best);
            outcome.stop = result == nlopt::MAXEVAL_REACHED ? Stop::evaluation_limit : Stop::converged;
        } catch (const nlopt::roundoff_limited&) {
            outcome.stop = Stop::converged;  // no further progress in double precision
        } catch (const std::bad_alloc&) {
            throw;  // or the result would hang on the memory
        } catch (const std::exception&) {
            outcome.stop = has_key(outcome.merit) ? Stop::converged : Stop::failed;
        }
    }

    std::vector<double> best_of_sample(const Space& space, RowObjective& target, int attempt) const {
        constexpr std::uint64_t samples = 48;
        std::vector<double> best;
        double best_value = -1e300;
        for (std::uint64_t k = 0; k < samples; ++k) {
            const std::vector<double> x =
                space.sample(options_.seed, k + samples * static_cast<std::uint64_t>(attempt));
            const double value =
                RowObjective::call(static_cast<unsigned>(x.size()), x.data(), nullptr, &target);
            if (value > best_value) {
                best_value = value;
                best = x;
            }
        }
        return best;
    }

    Algorithm algorithm_;
    SearchOptions options_;
};

}  // namespace

std::vector<std::string> nlopt_algorithms() {
    std::vector<std::string> names;
    for (const Algorithm& algorithm : algorithms) names.emplace_back(algorithm.name);
    return names;
}

std::unique_ptr<Search> make_nlopt_search(std::string_view name, const SearchOptions& options) {
    for (const Algorithm& algorithm : algorithms)
        if (algorithm.name == name) return std::make_unique<NloptSearch>(algorithm, options);
    return nullptr;
}

}  // namespace tfqkd
