#include "tfqkd/report/search_times.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "report/processor_time.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

// One search, its links, its times, and the rates that it found.
class Candidate {
  public:
    Candidate(const std::string& method, const Protocol& protocol, const Columns& links,
              const SearchTimesOptions& options)
        : method_(method),
          search_(make_search(method, options.search)),
          objective_(make_objective(protocol, links.topRows(count(method, links, options)), {}, 1)) {}

    void pass(double longest) {
        if (!passes_.empty() && passes_.front() > longest) return;
        passes_.push_back(processor_seconds_of([&] { optima_ = search_->maximize(objective_); }));
    }
    const Eigen::ArrayXd& rate() const { return optima_.rate; }
    SearchTimes result(const Eigen::ArrayXd& best) {
        const double links = static_cast<double>(rate().size());
        const double evaluations =
            std::accumulate(optima_.evaluations.begin(), optima_.evaluations.end(), 0.0);
        return {method_,        timing_of(passes_, links),
                passes_.size(), evaluations / links,
                rate().size(),  measure_accuracy(rate(), best.head(rate().size()))};
    }

  private:
    static Eigen::Index count(const std::string& method, const Columns& links,
                              const SearchTimesOptions& options) {
        return method.starts_with("nlopt:") ? std::min(links.rows(), options.nlopt_links) : links.rows();
    }

    std::string method_;
    std::unique_ptr<Search> search_;
    Objective objective_;
    Optima optima_;
    std::vector<double> passes_;
};

// The larger of each pair, on the first links.
void raise(Eigen::ArrayXd& best, const Eigen::ArrayXd& rate) {
    best.head(rate.size()) = best.head(rate.size()).max(rate);
}

Eigen::ArrayXd rates_of(const OtherSearch& other, const Protocol& protocol, const Columns& links) {
    if (other.points.rows() > links.rows())
        throw Error(ErrorKind::data, other.method + ": optima for more links than there are");
    Eigen::ArrayXd rate(other.points.rows());
    protocol.rates(links.topRows(rate.size()), other.points, Measure::rate, rate);
    return rate;
}

}  // namespace

void SearchTimesOptions::validate() const {
    search.validate();
    if (passes < 1 || passes > 1000) throw Error(ErrorKind::usage, "passes must be in [1, 1000]");
    if (nlopt_links < 1) throw Error(ErrorKind::usage, "nlopt_links must be at least 1");
}

std::vector<SearchTimes> time_searches(const Protocol& protocol, const Columns& links,
                                       const std::vector<OtherSearch>& others,
                                       const SearchTimesOptions& options) {
    options.validate();
    std::vector<Candidate> candidates;
    for (const std::string& method : options.methods)
        candidates.emplace_back(method, protocol, links, options);
    for (int pass = 0; pass < options.passes; ++pass)
        for (Candidate& candidate : candidates) candidate.pass(options.seconds_a_pass);
    Eigen::ArrayXd best = Eigen::ArrayXd::Zero(links.rows());
    for (const Candidate& candidate : candidates) raise(best, candidate.rate());
    for (const OtherSearch& other : others) raise(best, rates_of(other, protocol, links));
    std::vector<SearchTimes> rows;
    for (Candidate& candidate : candidates) rows.push_back(candidate.result(best));
    for (const OtherSearch& other : others)
        rows.push_back({other.method,
                        {other.seconds, other.seconds},
                        1,
                        other.evaluations,
                        other.points.rows(),
                        measure_accuracy(rates_of(other, protocol, links), best.head(other.points.rows()))});
    return rows;
}

Table search_times_table(const std::vector<SearchTimes>& rows) {
    constexpr double us = 1e6;
    // A ratio that is nearly 1 is told by what it lacks of 1.
    constexpr std::array names{"links",
                               "us_per_link_min",
                               "us_per_link_median",
                               "passes",
                               "evaluations_per_link",
                               "links_with_key",
                               "missed_keys",
                               "minimum_ratio",
                               "worst_shortfall",
                               "percentile_1_shortfall",
                               "median_shortfall",
                               "times_slower"};
    Table::Text methods;
    std::array<Table::Numbers, names.size()> columns;
    for (const SearchTimes& row : rows) {
        methods.push_back(row.method);
        const std::array values{static_cast<double>(row.links),
                                row.seconds.minimum * us,
                                row.seconds.median * us,
                                static_cast<double>(row.passes),
                                row.evaluations,
                                static_cast<double>(row.quality.links),
                                static_cast<double>(row.quality.failures),
                                row.quality.minimum,
                                1 - row.quality.minimum,
                                1 - row.quality.percentile_1,
                                1 - row.quality.median,
                                row.seconds.minimum / rows.front().seconds.minimum};
        for (std::size_t k = 0; k < names.size(); ++k) columns[k].push_back(values[k]);
    }
    Table table;
    table.add("method", std::move(methods));
    for (std::size_t k = 0; k < names.size(); ++k) table.add(names[k], std::move(columns[k]));
    return table;
}

std::vector<OtherSearch> read_other_searches(const Table& table, const Protocol& protocol) {
    const auto& parameters = protocol.info().parameters;
    const Table::Text methods = table.text("method");
    const auto &us = table.numbers("us_per_link"), &evaluations = table.numbers("evaluations");
    std::vector<OtherSearch> others;
    for (std::size_t first = 0, last; first < methods.size(); first = last) {
        for (last = first; last < methods.size() && methods[last] == methods[first];) ++last;
        const auto links = static_cast<Eigen::Index>(last - first);
        OtherSearch other{methods[first], Columns(links, static_cast<Eigen::Index>(parameters.size()))};
        for (std::size_t k = 0; k < parameters.size(); ++k)
            other.points.col(static_cast<Eigen::Index>(k)) =
                Eigen::Map<const Eigen::ArrayXd>(&table.numbers(parameters[k].name)[first], links);
        for (std::size_t row = first; row < last; ++row) {
            other.seconds += 1e-6 * us[row] / static_cast<double>(links);
            other.evaluations += evaluations[row] / static_cast<double>(links);
        }
        others.push_back(std::move(other));
    }
    return others;
}

}  // namespace tfqkd
