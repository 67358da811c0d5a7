#include "tfqkd/report/convergence.hpp"

#include <algorithm>
#include <cmath>

#include "report/table_builder.hpp"
#include "tfqkd/math/quantile.hpp"

namespace tfqkd {

namespace {

constexpr int fewest_evaluations = 10;
constexpr double growth = 1.25;

// The key rates that one method reached with so many evaluations.
struct Reached {
    std::string method;
    int evaluations;
    Eigen::ArrayXd rate;
};

double median_loss(const Eigen::ArrayXd& rate, const Eigen::ArrayXd& best) {
    std::vector<double> lost;
    for (Eigen::Index row = 0; row < best.size(); ++row)
        if (best[row] > 0) lost.push_back(1 - std::max(rate[row], 0.0) / best[row]);
    std::sort(lost.begin(), lost.end());
    return quantile(lost, 0.5);
}

}  // namespace

Table convergence_table(const Objective& objective, const std::vector<std::string>& methods,
                        SearchOptions settings) {
    const int most = settings.most_evaluations;
    settings.most_evaluations = std::max(most, SearchOptions{}.most_evaluations);
    Eigen::ArrayXd best = make_search("auto", settings)->maximize(objective).rate;
    std::vector<Reached> all;
    for (const std::string& method : methods)
        for (int budget = fewest_evaluations; budget <= most;
             budget = static_cast<int>(std::ceil(budget * growth))) {
            settings.most_evaluations = budget;
            all.push_back({method, budget, make_search(method, settings)->maximize(objective).rate});
            best = best.max(all.back().rate);
        }
    TableBuilder rows;
    for (const Reached& one : all) {
        rows.add("method", one.method);
        rows.add("evaluations", one.evaluations);
        rows.add("loss", median_loss(one.rate, best));
    }
    return std::move(rows).table();
}

}  // namespace tfqkd
