#include "tfqkd/report/benchmark.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <limits>

#include "tfqkd/error.hpp"
#include "tfqkd/math/random.hpp"
#include "tfqkd/nn/polynomial.hpp"

namespace tfqkd {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_of(const std::function<void()>& work) {
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Timing summary(std::vector<double> passes) {
    std::sort(passes.begin(), passes.end());
    return {passes.front(), quantile(passes, 0.5)};
}

// A way of choosing parameters: for all links at once, and for one.
struct Chooser {
    std::string name;
    std::function<Columns(const Columns& links)> all;
    std::function<void(std::span<const double> link, std::span<double> point)> one;
    Eigen::Index rows;  // how many links `all` is measured on
};

Eigen::ArrayXd rates(const Protocol& protocol, const Columns& links, const Columns& points) {
    Eigen::ArrayXd rate(links.rows());
    protocol.rates(links, points, Measure::rate, rate);
    return rate;
}

// Of up to 200 optima of the training rows, the one that keeps the largest mean share of the best rate on up
// to 1,000 rows.
std::vector<double> best_fixed_point(const Protocol& protocol, const TrainingRows& train) {
    const Eigen::Index rows = std::min<Eigen::Index>(train.links.rows(), 1000),
                       candidates = std::min<Eigen::Index>(rows, 200);
    const Columns links = train.links.topRows(rows);
    double best = -1;
    Eigen::Index chosen = 0;
    for (Eigen::Index c = 0; c < candidates; ++c) {
        const double mean = measure_accuracy(rates(protocol, links, train.points.row(c).replicate(rows, 1)),
                                             train.rate.head(rows))
                                .mean;
        if (mean > best) {
            best = mean;
            chosen = c;
        }
    }
    return {train.points.row(chosen).begin(), train.points.row(chosen).end()};
}

Chooser fixed_chooser(const Protocol& protocol, const TrainingRows& train, Eigen::Index rows) {
    const std::vector<double> point = best_fixed_point(protocol, train);
    const Eigen::RowVectorXd row =
        Eigen::Map<const Eigen::RowVectorXd>(point.data(), static_cast<Eigen::Index>(point.size()));
    return {"best fixed parameters",
            [row](const Columns& links) { return Columns(row.array().replicate(links.rows(), 1)); },
            [point](std::span<const double>, std::span<double> out) {
                std::copy(point.begin(), point.end(), out.begin());
            },
            rows};
}

// The optimum of the training link that is nearest in `scale`'s scaled inputs.
Chooser nearest_chooser(std::shared_ptr<const Model> scale, const TrainingRows& train, Eigen::Index rows) {
    const Matrix patterns = scale->scaled_inputs(train.links).transpose();  // inputs x rows
    const Columns points = train.points;
    const auto nearest = [patterns](const Eigen::VectorXd& input) {
        Eigen::Index index = 0;
        (patterns.colwise() - input).colwise().squaredNorm().minCoeff(&index);
        return index;
    };
    const auto all = [=](const Columns& links) {
        const Matrix inputs = scale->scaled_inputs(links);
        Columns chosen(links.rows(), points.cols());
        for (Eigen::Index row = 0; row < links.rows(); ++row)
            chosen.row(row) = points.row(nearest(inputs.row(row)));
        return chosen;
    };
    const auto one = [=](std::span<const double> link, std::span<double> out) {
        const Columns links =
            Eigen::Map<const Eigen::RowVectorXd>(link.data(), static_cast<Eigen::Index>(link.size()));
        const auto row = points.row(nearest(scale->scaled_inputs(links).row(0)));
        std::copy(row.begin(), row.end(), out.begin());
    };
    return {"nearest row", all, one, rows};
}

Chooser model_chooser(const std::string& name, const Model& model, Eigen::Index rows) {
    return {
        name, [&model](const Columns& links) { return model.predict(links).points; },
        [&model](std::span<const double> link, std::span<double> point) { model.predict_one(link, point); },
        rows};
}

Chooser search_chooser(const Protocol& protocol, const BenchmarkOptions& options, Eigen::Index rows) {
    const auto maximize = [&protocol, options](const Columns& links) {
        return make_search(options.method, options.search)
            ->maximize(make_objective(protocol, links, {}, 1))
            .points;
    };
    const auto one = [maximize](std::span<const double> link, std::span<double> point) {
        const Columns found = maximize(
            Eigen::Map<const Eigen::RowVectorXd>(link.data(), static_cast<Eigen::Index>(link.size())));
        std::copy(found.row(0).begin(), found.row(0).end(), point.begin());
    };
    return {options.method, maximize, one, rows};
}

// One pass of each method after the other, so that a machine that changes its speed does so for all of them.
void measure(const std::vector<Chooser>& choosers, const TrainingRows& held_out,
             const BenchmarkOptions& options, std::vector<BenchmarkRow>& rows) {
    std::vector<std::vector<double>> singles(choosers.size()), batches(choosers.size());
    const std::size_t parameters = static_cast<std::size_t>(held_out.points.cols());
    const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> links =
        held_out.links.matrix();
    std::vector<double> point(parameters);
    for (int pass = -1; pass < options.passes; ++pass)  // the first one warms up
        for (std::size_t m = 0; m < choosers.size(); ++m) {
            const Eigen::Index count = choosers[m].rows;
            const Columns some = held_out.links.topRows(count);
            const double batch = seconds_of([&] { choosers[m].all(some); }) / static_cast<double>(count);
            const auto singly =
                std::min<Eigen::Index>(count, static_cast<Eigen::Index>(options.single_links));
            const double single = seconds_of([&] {
                for (Eigen::Index row = 0; row < singly; ++row)
                    choosers[m].one({links.row(row).data(), static_cast<std::size_t>(links.cols())}, point);
            });
            if (pass < 0) continue;
            batches[m].push_back(batch);
            singles[m].push_back(single / static_cast<double>(singly));
        }
    for (std::size_t m = 0; m < choosers.size(); ++m) {
        rows[m].batch = summary(batches[m]);
        rows[m].single = summary(singles[m]);
    }
}

}  // namespace

void BenchmarkOptions::validate() const {
    search.validate();
    if (passes < 1 || passes > 1000) throw Error(ErrorKind::usage, "passes must be in [1, 1000]");
    if (single_links < 1) throw Error(ErrorKind::usage, "single_links must be at least 1");
}

std::vector<BenchmarkRow> run_benchmark(const TrainingRows& held_out,
                                        const std::vector<std::pair<std::string, Model>>& models,
                                        const TrainingRows* train, const BenchmarkOptions& options) {
    options.validate();
    const auto protocol = make_protocol(held_out.protocol);
    const Eigen::Index rows = held_out.links.rows();
    if (rows == 0)
        throw Error(ErrorKind::data, held_out.source + ": no row has a key, so there is nothing to compare");
    std::vector<Chooser> choosers;
    if (options.search_links > 0)
        choosers.push_back(
            search_chooser(*protocol, options,
                           std::min<Eigen::Index>(rows, static_cast<Eigen::Index>(options.search_links))));
    for (const auto& [name, model] : models) {
        if (model.protocol().info().spec() != held_out.protocol)
            throw Error(ErrorKind::data, name + ": the model is for " + model.protocol().info().spec() +
                                             ", the data set for " + held_out.protocol);
        choosers.push_back(model_chooser(name, model, rows));
    }
    std::shared_ptr<const Model> ridge;
    if (train) {
        ridge = std::make_shared<const Model>(Model::train(*train, std::make_unique<Polynomial>(), 1));
        choosers.push_back(model_chooser("degree-5 polynomial ridge", *ridge, rows));
        choosers.push_back(nearest_chooser(ridge, *train, rows));
        choosers.push_back(fixed_chooser(*protocol, *train, rows));
    }
    std::vector<BenchmarkRow> results;
    for (const Chooser& chooser : choosers) {
        const Columns links = held_out.links.topRows(chooser.rows);
        results.push_back(
            {chooser.name,
             measure_accuracy(rates(*protocol, links, chooser.all(links)), held_out.rate.head(chooser.rows)),
             {},
             {}});
    }
    measure(choosers, held_out, options, results);
    return results;
}

Table benchmark_table(const std::vector<BenchmarkRow>& rows) {
    Table::Text methods;
    std::vector<Table::Numbers> columns(11);
    for (const BenchmarkRow& row : rows) {
        methods.push_back(row.method);
        const double us = 1e6, single = row.single ? row.single->minimum * us
                                                   : std::numeric_limits<double>::quiet_NaN();
        const double values[] = {static_cast<double>(row.accuracy.links),
                                 row.accuracy.mean,
                                 row.accuracy.median,
                                 row.accuracy.percentile_1,
                                 row.accuracy.minimum,
                                 static_cast<double>(row.accuracy.failures),
                                 single,
                                 row.single ? row.single->median * us : single,
                                 row.batch.minimum * us,
                                 row.batch.median * us,
                                 rows.front().batch.minimum / row.batch.minimum};
        for (std::size_t k = 0; k < columns.size(); ++k) columns[k].push_back(values[k]);
    }
    constexpr const char* names[] = {
        "links",         "mean_ratio",      "median_ratio",  "percentile_1_ratio",
        "minimum_ratio", "failures",        "single_us_min", "single_us_median",
        "batch_us_min",  "batch_us_median", "times_faster"};
    Table table;
    table.add("method", std::move(methods));
    for (std::size_t k = 0; k < columns.size(); ++k) table.add(names[k], std::move(columns[k]));
    return table;
}

}  // namespace tfqkd
