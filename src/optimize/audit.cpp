#include "tfqkd/optimize/audit.hpp"

#include <algorithm>
#include <numeric>

#include "optimize/space.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/math/quantile.hpp"

namespace tfqkd {

namespace {

constexpr double beaten = 1e-12;  // a rival that is better by less than this is a matter of rounding

// The best point so far of each row, and who found it.
class Best {
  public:
    Best(Audit& audit, const std::string& method) : audit_(audit) {
        audit_.best_rate = audit_.searched.rate;
        audit_.best_points = audit_.searched.points;
        audit_.best_method.assign(static_cast<std::size_t>(audit_.best_rate.size()), method);
    }
    void take(const Optima& optima, const std::string& method) {
        for (Eigen::Index row = 0; row < audit_.best_rate.size(); ++row) {
            if (!(optima.rate[row] > audit_.best_rate[row])) continue;
            audit_.best_rate[row] = optima.rate[row];
            audit_.best_points.row(row) = optima.points.row(row);
            audit_.best_method[static_cast<std::size_t>(row)] = method;
        }
    }

  private:
    Audit& audit_;
};

// Every row from the k-th point of the sample; parameters that are not free keep their values.
Objective from_sample(Objective objective, std::uint64_t seed, int k) {
    const Space space(objective.protocol, objective.free);
    const std::vector<double> x = space.sample(seed, static_cast<std::uint64_t>(k));
    for (std::size_t d = 0; d < x.size(); ++d)
        objective.starts.col(static_cast<Eigen::Index>(space.axes()[d].parameter)) =
            space.axes()[d].value(x[d]);
    return objective;
}

double ratio_of(double rate, double best) {
    if (!(best > 0)) return 1;
    return rate > 0 ? rate / best : 0;
}

}  // namespace

void AuditOptions::validate() const {
    if (evaluations < 10) throw Error(ErrorKind::usage, "audit_evaluations must be at least 10");
    if (restarts < 0) throw Error(ErrorKind::usage, "audit restarts must not be below 0");
}

Audit audit_search(const Search& search, const std::string& method, const Objective& objective,
                   const AuditOptions& options) {
    options.validate();
    SearchOptions settings;
    settings.most_evaluations = options.evaluations;
    settings.seed = options.seed;
    Audit audit{search.maximize(objective), {}, {}, {}, {}};
    Best best(audit, method);
    for (const std::string& rival : options.rivals)
        best.take(make_search(rival, settings)->maximize(objective), rival);
    for (const std::string& polisher : options.polishers) {
        const auto local = make_search(polisher, settings);
        for (int k = 0; k < options.restarts; ++k)
            best.take(local->maximize(from_sample(objective, options.seed, k)),
                      polisher + ", restart " + std::to_string(k + 1));
        Objective polished = objective;
        polished.starts = audit.best_points;
        best.take(local->maximize(polished), polisher + ", from the best");
    }
    audit.ratio = audit.best_rate.binaryExpr(audit.searched.rate,
                                             [](double top, double rate) { return ratio_of(rate, top); });
    return audit;
}

AuditSummary summarise(const Audit& audit) {
    AuditSummary summary;
    summary.links = static_cast<std::size_t>(audit.ratio.size());
    std::vector<double> ratios;
    for (Eigen::Index row = 0; row < audit.ratio.size(); ++row) {
        if (!(audit.best_rate[row] > 0)) continue;
        ratios.push_back(audit.ratio[row]);
        summary.zeros += audit.ratio[row] == 0;
    }
    std::sort(ratios.begin(), ratios.end());
    summary.with_key = ratios.size();
    if (ratios.empty()) ratios.push_back(1);  // where there is no key nothing is missed
    summary.minimum = quantile(ratios, 0);
    summary.percentile_1 = quantile(ratios, 0.01);
    summary.percentile_5 = quantile(ratios, 0.05);
    summary.median = quantile(ratios, 0.5);
    return summary;
}

std::vector<std::size_t> worst_rows(const Audit& audit, std::size_t count) {
    const auto ratio = [&](std::size_t row) { return audit.ratio[static_cast<Eigen::Index>(row)]; };
    std::vector<std::size_t> rows(static_cast<std::size_t>(audit.ratio.size()));
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::erase_if(rows, [&](std::size_t row) { return !(ratio(row) < 1 - beaten); });
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::size_t a, std::size_t b) { return ratio(a) < ratio(b); });
    rows.resize(std::min(rows.size(), count));
    return rows;
}

std::vector<std::size_t> spread_rows(std::size_t rows, std::size_t count) {
    count = std::min(rows, count);
    std::vector<std::size_t> chosen;
    for (std::size_t k = 0; k < count; ++k) chosen.push_back((2 * k + 1) * rows / (2 * count));
    return chosen;
}

}  // namespace tfqkd
