#include "tfqkd/report/rate_times.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "report/processor_time.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/math/random.hpp"

namespace tfqkd {

namespace {

// One protocol with its points, and the ways of evaluating all of them once.
class Subject {
  public:
    Subject(const std::string& spec, const RateTimesOptions& options)
        : protocol_(make_protocol(spec)),
          links_(random_links(*protocol_, options.points, options.seed)),
          points_(links_.rows(), static_cast<Eigen::Index>(protocol_->info().parameters.size())),
          slopes_(points_.rows(), points_.cols()),
          values_(links_.rows()) {
        for (Eigen::Index row = 0; row < links_.rows(); ++row) {
            link_rows_.emplace_back(links_.row(row).begin(), links_.row(row).end());
            point_rows_.emplace_back(static_cast<std::size_t>(points_.cols()));
            protocol_->start(link_rows_.back(), point_rows_.back());
            std::copy(point_rows_.back().begin(), point_rows_.back().end(), points_.row(row).begin());
        }
    }

    const ProtocolInfo& info() const { return protocol_->info(); }
    double points() const { return static_cast<double>(links_.rows()); }
    void plain() {
        for (std::size_t row = 0; row < link_rows_.size(); ++row)
            values_[static_cast<Eigen::Index>(row)] =
                protocol_->rate(link_rows_[row], point_rows_[row], Measure::rate);
    }
    void batch() { protocol_->rates(links_, points_, Measure::rate, values_); }
    void slopes() { protocol_->slopes(links_, points_, Measure::rate, values_, slopes_); }

  private:
    std::unique_ptr<const Protocol> protocol_;
    Columns links_, points_, slopes_;
    Eigen::ArrayXd values_;
    std::vector<std::vector<double>> link_rows_, point_rows_;
};

constexpr std::array ways{&Subject::plain, &Subject::batch, &Subject::slopes};

// Repeats one way of evaluation until the time is worth measuring; seconds a point.
struct Stopwatch {
    Subject* subject;
    void (Subject::*way)();
    int repeats = 1;
    std::vector<double> passes;

    double seconds() const {
        return processor_seconds_of([&] {
            for (int i = 0; i < repeats; ++i) (subject->*way)();
        });
    }
    void warm_up(double least) {
        while (seconds() < least && repeats < (1 << 20)) repeats *= 2;
    }
    void pass() { passes.push_back(seconds() / repeats / subject->points()); }
    Timing timing() const { return timing_of(passes); }
};

}  // namespace

void RateTimesOptions::validate() const {
    if (passes < 1 || passes > 100000) throw Error(ErrorKind::usage, "passes must be in [1, 100000]");
    if (points < 1) throw Error(ErrorKind::usage, "points must be at least 1");
}

std::vector<std::string> all_protocol_specs() {
    std::vector<std::string> specs;
    for (const std::string_view name : protocol_names()) {
        specs.emplace_back(name);
        const auto protocol = make_protocol(name);
        for (const ProtocolOption& option : protocol->info().options)
            if (option.name == "sources")
                for (std::size_t k = 1; k < option.choices.size(); ++k)
                    specs.push_back(std::string(name) + ":sources=" + option.choices[k]);
    }
    return specs;
}

Columns random_links(const Protocol& protocol, std::size_t rows, std::uint64_t seed) {
    const auto& quantities = link_quantities();
    Columns links(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(quantities.size()));
    for (std::size_t k = 0; k < quantities.size(); ++k) {
        const Quantity& q = quantities[k];
        const double low = to_scale(q.scale, q.search.lower), high = to_scale(q.scale, q.search.upper);
        for (std::size_t row = 0; row < rows; ++row) {
            const double u = uniform(seed, Purpose::sample, row, k);
            links(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(k)) =
                protocol.info().uses[k] ? from_scale(q.scale, low + u * (high - low)) : q.start;
        }
    }
    links.col(1) = links.col(0);
    return links;
}

std::vector<RateTimes> time_rates(const std::vector<std::string>& protocols,
                                  const RateTimesOptions& options) {
    options.validate();
    std::vector<Subject> subjects;
    subjects.reserve(protocols.size());
    std::vector<Stopwatch> watches;
    for (const std::string& spec : protocols) {
        subjects.emplace_back(spec, options);
        for (const auto way : ways) watches.push_back({&subjects.back(), way, 1, {}});
    }
    for (Stopwatch& watch : watches) watch.warm_up(options.seconds_a_pass);
    for (int pass = 0; pass < options.passes; ++pass)
        for (Stopwatch& watch : watches) watch.pass();
    std::vector<RateTimes> rows;
    for (std::size_t k = 0; k < subjects.size(); ++k) {
        Stopwatch* const own = &watches[ways.size() * k];
        rows.push_back({subjects[k].info().spec(), subjects[k].info().parameters.size(), own[0].timing(),
                        own[1].timing(), own[2].timing()});
    }
    return rows;
}

Table rate_times_table(const std::vector<RateTimes>& rows) {
    constexpr double ns = 1e9;
    Table::Text protocols;
    constexpr std::array names{"parameters",       "double_ns",      "pack_ns",
                               "slopes_ns",        "double_by_pack", "slopes_by_double",
                               "double_ns_median", "pack_ns_median", "slopes_ns_median"};
    std::array<Table::Numbers, names.size()> columns;
    for (const RateTimes& row : rows) {
        protocols.push_back(row.protocol);
        const std::array values{static_cast<double>(row.parameters),
                                row.plain.minimum * ns,
                                row.batch.minimum * ns,
                                row.slopes.minimum * ns,
                                row.plain.minimum / row.batch.minimum,
                                row.slopes.minimum / row.plain.minimum,
                                row.plain.median * ns,
                                row.batch.median * ns,
                                row.slopes.median * ns};
        for (std::size_t k = 0; k < names.size(); ++k) columns[k].push_back(values[k]);
    }
    Table table;
    table.add("protocol", std::move(protocols));
    for (std::size_t k = 0; k < names.size(); ++k) table.add(names[k], std::move(columns[k]));
    return table;
}

}  // namespace tfqkd
