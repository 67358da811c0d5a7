#include "tfqkd/optimize/search.hpp"

#include <limits>
#include <sstream>

#include "optimize/nlopt_search.hpp"
#include "optimize/outcome.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/math/parallel.hpp"
#include "tfqkd/optimize/gradient_search.hpp"
#include "tfqkd/optimize/local_search.hpp"

namespace tfqkd {

std::string_view stop_name(Stop stop) {
    switch (stop) {
        case Stop::converged:
            return "converged";
        case Stop::stalled:
            return "stalled";
        case Stop::evaluation_limit:
            return "evaluation_limit";
        case Stop::failed:
            return "failed";
    }
    return "";
}

std::string_view method_name(SearchMethod method) {
    switch (method) {
        case SearchMethod::lsa:
            return "lsa";
        case SearchMethod::gradient:
            return "gradient";
        case SearchMethod::nlopt:
            return "nlopt";
    }
    return "";
}

std::string_view status_name(RowStatus status) {
    switch (status) {
        case RowStatus::ok:
            return "ok";
        case RowStatus::zero:
            return "zero";
        case RowStatus::failed:
            return "failed";
    }
    return "";
}

void SearchOptions::validate() const {
    const auto refuse = [](const std::string& what) { throw Error(ErrorKind::usage, what); };
    if (most_evaluations < 10) refuse("max_evaluations must be at least 10");
    if (!(tolerance > 0 && tolerance < 1)) refuse("tolerance must be in (0, 1)");
    if (!(slope_tolerance > 0 && slope_tolerance < 1)) refuse("slope_tolerance must be in (0, 1)");
    if (restarts < 0 || restarts > 1000) refuse("restarts must be in [0, 1000]");
}

Objective make_task(const Protocol& protocol, Columns links,
                    const std::vector<std::pair<std::string, double>>& fixed, int threads) {
    const ProtocolInfo& info = protocol.info();
    const Eigen::Index rows = links.rows(), count = static_cast<Eigen::Index>(info.parameters.size());
    Objective objective{protocol, std::move(links), Columns(rows, count), {}, threads};
    for (Eigen::Index k = 0; k < count; ++k) {
        const Quantity& q = info.parameters[static_cast<std::size_t>(k)];
        objective.free.push_back(q.optimised);
    }
    std::vector<double> link(static_cast<std::size_t>(objective.links.cols())), point(info.parameters.size());
    for (Eigen::Index row = 0; row < rows; ++row) {
        std::copy_n(objective.links.row(row).begin(), link.size(), link.begin());
        protocol.start(link, point);
        std::copy_n(point.begin(), point.size(), objective.starts.row(row).begin());
    }
    for (const auto& [name, value] : fixed) {
        const int k = info.parameter(name);
        check_value(info.parameters[static_cast<std::size_t>(k)], value);
        objective.free[static_cast<std::size_t>(k)] = false;
        objective.starts.col(k) = value;
    }
    return objective;
}

namespace {

// "a, b (reason); c (another reason)"
std::string inputs_with_reasons(const ProtocolInfo& info) {
    std::string list;
    std::string_view reason;
    const auto close = [&] {
        if (!reason.empty()) list += " (" + std::string(reason) + ")";
    };
    for (const Quantity& q : info.parameters) {
        if (q.optimised) continue;
        const bool same = q.input_reason == reason;
        if (!list.empty() && !same) close();
        list += (list.empty() ? "" : same ? ", " : "; ") + std::string(q.name);
        reason = q.input_reason;
    }
    close();
    return list;
}

// Why a protocol's parameters are all held.
std::string reason_of_nothing_free(const ProtocolInfo& info) {
    if (info.parameters.empty())
        return "has no parameters to optimise: it is " + std::string(kind_meaning(info.kind));
    std::string held;
    for (const Quantity& q : info.parameters)
        if (q.optimised) held += (held.empty() ? "; fixed: " : ", ") + std::string(q.name);
    const std::string inputs = inputs_with_reasons(info);
    return "has no parameter left to optimise" + held +
           (inputs.empty() ? "" : "; inputs that searches leave as they are: " + inputs);
}

}  // namespace

Objective make_objective(const Protocol& protocol, Columns links,
                         const std::vector<std::pair<std::string, double>>& fixed, int threads) {
    Objective objective = make_task(protocol, std::move(links), fixed, threads);
    if (std::find(objective.free.begin(), objective.free.end(), true) != objective.free.end())
        return objective;
    const std::string spec = protocol.info().spec();
    throw Error(ErrorKind::usage, spec + " " + reason_of_nothing_free(protocol.info()) +
                                      "; 'tfqkd rate --protocol " + spec + "' evaluates it");
}

Optima evaluate(const Objective& objective) {
    std::vector<Outcome> outcomes = start_outcomes(objective);
    for (Outcome& outcome : outcomes) outcome.evaluations = 1;
    return gather(objective, Space(objective.protocol, objective.free), outcomes);
}

std::vector<Outcome> start_outcomes(const Objective& objective) {
    std::vector<Outcome> outcomes(static_cast<std::size_t>(objective.links.rows()));
    for (std::size_t row = 0; row < outcomes.size(); ++row) {
        const auto start = objective.starts.row(static_cast<Eigen::Index>(row));
        outcomes[row].point.assign(start.begin(), start.end());
    }
    return outcomes;
}

namespace {

// The largest |d ln R / d coordinate| that a free parameter could still follow within its range, the width of
// the range as unit.
double projected_slope(const Space& space, const Eigen::ArrayXd& point, const Eigen::ArrayXd& slope,
                       double rate) {
    double largest = 0;
    for (const Space::Axis& axis : space.axes()) {
        const double value = point[static_cast<Eigen::Index>(axis.parameter)];
        const double by_value = slope[static_cast<Eigen::Index>(axis.parameter)] / rate;
        const double by_coordinate = by_value * scale_slope(axis.scale, value) * axis.width();
        const bool stuck = (by_coordinate < 0 && value <= axis.value_lower) ||
                           (by_coordinate > 0 && value >= axis.value_upper);
        if (!stuck) largest = std::max(largest, std::abs(by_coordinate));
    }
    return largest;
}

}  // namespace

namespace {

// d rate / d parameter at optima.points (rows x parameters); sets optima.rate.
Columns slopes_of(const Objective& objective, Optima& optima) {
    constexpr Eigen::Index rows_a_part = 512;
    const Eigen::Index rows = optima.points.rows();
    Columns slopes(rows, optima.points.cols());
    parallel_for_parts(rows, rows_a_part, objective.threads, [&](Eigen::Index first, Eigen::Index count) {
        const auto links = objective.links.middleRows(first, count);
        const auto points = optima.points.middleRows(first, count);
        auto rate = optima.rate.segment(first, count);
        objective.protocol.slopes(links, points, Measure::rate, rate, slopes.middleRows(first, count));
        objective.protocol.rates(links, points, Measure::rate, rate);
    });
    return slopes;
}

}  // namespace

Optima gather(const Objective& objective, const Space& space, const std::vector<Outcome>& outcomes) {
    const Eigen::Index rows = objective.links.rows(), parameters = objective.starts.cols();
    Optima optima{Columns(rows, parameters), Eigen::ArrayXd(rows), Eigen::ArrayXd(rows), {}, {}, {}, {}};
    for (Eigen::Index row = 0; row < rows; ++row) {
        const Outcome& outcome = outcomes[static_cast<std::size_t>(row)];
        for (Eigen::Index k = 0; k < parameters; ++k)
            optima.points(row, k) = outcome.point[static_cast<std::size_t>(k)];
        optima.evaluations.push_back(outcome.evaluations);
        optima.stop.push_back(outcome.stop);
        optima.method.push_back(outcome.method);
    }
    const Columns slopes = slopes_of(objective, optima);
    for (Eigen::Index row = 0; row < rows; ++row) {
        const double rate = optima.rate[row];
        const bool failed =
            !std::isfinite(rate) || optima.stop[static_cast<std::size_t>(row)] == Stop::failed;
        optima.status.push_back(failed ? RowStatus::failed : rate > 0 ? RowStatus::ok : RowStatus::zero);
        optima.projected_slope[row] =
            rate > 0 ? projected_slope(space, optima.points.row(row), slopes.row(row), rate)
                     : std::numeric_limits<double>::quiet_NaN();
    }
    return optima;
}

std::unique_ptr<Search> make_search(std::string_view method, const SearchOptions& options) {
    options.validate();
    if (method == "auto") return std::make_unique<AutoSearch>(options);
    if (method == "gradient") return std::make_unique<GradientSearch>(options);
    if (method == "lsa") return std::make_unique<LocalSearch>(options);
    if (method.starts_with("nlopt:"))
        if (auto search = make_nlopt_search(method.substr(6), options)) return search;
    std::vector<std::string> known = search_methods();
    const std::vector<std::string_view> names(known.begin(), known.end());
    std::string list;
    for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
    throw Error(ErrorKind::usage, "no method '" + std::string(method) + "'" + did_you_mean(method, names) +
                                      "; there are: " + list);
}

std::vector<std::string> search_methods() {
    std::vector<std::string> methods{"auto", "gradient", "lsa"};
    for (const std::string& name : nlopt_algorithms()) methods.push_back("nlopt:" + name);
    return methods;
}

}  // namespace tfqkd
