#include "tfqkd/report/benchmark_tables.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "report/accuracy_columns.hpp"
#include "report/links_table.hpp"
#include "report/table_builder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/accuracy.hpp"
#include "tfqkd/report/timing.hpp"

namespace tfqkd {

namespace {

constexpr double fibre_db_per_km = 0.2;
constexpr std::size_t resamples = 1000;

// Links of a test set that are reported together.
struct Group {
    std::string name;
    std::vector<Eigen::Index> rows;
};

std::vector<Group> groups_of(const Benchmark& benchmark, std::size_t set) {
    Group inside{benchmark.sets[set].name, {}},
        outside{benchmark.sets[set].name + std::string(outside_ending), {}};
    for (std::size_t row = 0; row < benchmark.outside[set].size(); ++row)
        (benchmark.outside[set][row] ? outside : inside).rows.push_back(static_cast<Eigen::Index>(row));
    std::vector<Group> groups;
    for (Group& group : {std::ref(inside), std::ref(outside)})
        if (!group.rows.empty()) groups.push_back(std::move(group));
    return groups;
}

std::vector<double> ratios(const Benchmark& benchmark, const MethodResult& result,
                           const std::vector<Eigen::Index>& rows) {
    return rate_ratios(result.rate(rows), benchmark.sets[result.set].optima.rate(rows));
}

// Calls visit(group, result) for each group of each set and each method's result on it.
template <class Visit>
void for_each_result(const Benchmark& benchmark, const Visit& visit) {
    for (std::size_t set = 0; set < benchmark.sets.size(); ++set)
        for (const Group& group : groups_of(benchmark, set))
            for (const MethodResult& result : benchmark.results)
                if (result.set == set) visit(group, result);
}

double flagged_among(const MethodResult& result, const std::vector<Eigen::Index>& rows) {
    if (result.flagged.empty()) return missing;
    return static_cast<double>(std::count_if(rows.begin(), rows.end(), [&](Eigen::Index row) {
        return result.flagged[static_cast<std::size_t>(row)];
    }));
}

double median_evaluations(const MethodResult& result, const std::vector<Eigen::Index>& rows) {
    std::vector<double> counts;
    if (result.evaluations.empty()) return missing;
    for (const Eigen::Index row : rows) counts.push_back(result.evaluations[static_cast<std::size_t>(row)]);
    std::sort(counts.begin(), counts.end());
    return quantile(counts, 0.5);
}

// A quantity of the link that bins are made along.
struct Binned {
    std::string name;
    Scale scale;
    std::function<double(const Columns& links, Eigen::Index row)> value;
};

Binned binned(const std::string& name) {
    const auto loss = [](const Columns& links, Eigen::Index row) { return links(row, 0) + links(row, 1); };
    if (name == "loss_db") return {name, Scale::linear, loss};
    if (name == "distance_km")
        return {name, Scale::linear, [loss](const Columns& links, Eigen::Index row) {
                    return loss(links, row) / fibre_db_per_km;
                }};
    std::vector<std::string_view> names{"distance_km", "loss_db"};
    const auto& quantities = link_quantities();
    for (std::size_t k = 0; k < quantities.size(); ++k) {
        if (quantities[k].name == name)
            return {name, quantities[k].scale, [k](const Columns& links, Eigen::Index row) {
                        return links(row, static_cast<Eigen::Index>(k));
                    }};
        names.push_back(quantities[k].name);
    }
    throw Error(ErrorKind::usage, "no link quantity " + in_quotes(name) + did_you_mean(name, names));
}

struct Bin {
    double from, to;  // values
    std::vector<Eigen::Index> rows;
};

// Equal parts of what the rows span, on the quantity's scale; empty ones are left out.
std::vector<Bin> bins_of(const Binned& along, const Columns& links, const std::vector<Eigen::Index>& rows,
                         std::size_t count) {
    const auto place = [&](Eigen::Index row) { return to_scale(along.scale, along.value(links, row)); };
    double low = place(rows.front()), high = low;
    for (const Eigen::Index row : rows) {
        low = std::min(low, place(row));
        high = std::max(high, place(row));
    }
    const double width = (high - low) / static_cast<double>(count);
    std::vector<Bin> bins;
    for (std::size_t k = 0; k < count; ++k)
        bins.push_back({from_scale(along.scale, low + static_cast<double>(k) * width),
                        from_scale(along.scale, low + static_cast<double>(k + 1) * width),
                        {}});
    for (const Eigen::Index row : rows) {
        const auto k = width > 0 ? static_cast<std::size_t>((place(row) - low) / width) : 0;
        bins[std::min(k, count - 1)].rows.push_back(row);
    }
    std::erase_if(bins, [](const Bin& bin) { return bin.rows.empty(); });
    return bins;
}

}  // namespace

Table summary_table(const Benchmark& benchmark) {
    TableBuilder table;
    std::map<std::size_t, double> first_batch;  // of each test set
    for_each_result(benchmark, [&](const Group& group, const MethodResult& result) {
        const Timing single = timing_of(result.single_s, 1e-6), batch = timing_of(result.batch_s, 1e-6);
        first_batch.emplace(result.set, batch.minimum);
        table.add("test_set", group.name);
        table.add("method", result.method);
        add_accuracy(table, measure_accuracy(ratios(benchmark, result, group.rows)));
        table.add("flagged", flagged_among(result, group.rows));
        table.add("evaluations", median_evaluations(result, group.rows));
        table.add("single_us_min", single.minimum);
        table.add("single_us_median", single.median);
        table.add("batch_us_min", batch.minimum);
        table.add("batch_us_median", batch.median);
        table.add("times_faster", first_batch.at(result.set) / batch.minimum);
    });
    return std::move(table).table();
}

Table intervals_table(const Benchmark& benchmark, int threads) {
    TableBuilder table;
    for_each_result(benchmark, [&](const Group& group, const MethodResult& result) {
        const std::vector<double> all = ratios(benchmark, result, group.rows);
        const Accuracy accuracy = measure_accuracy(all);
        const AccuracySpreads spreads = bootstrap(all, resamples, 1, threads);
        const std::tuple<const char*, double, Spread> measures[] = {
            {"mean_ratio", accuracy.mean, spreads.mean},
            {"percentile_1_ratio", accuracy.percentile_1, spreads.percentile_1},
            {"failure_share", accuracy.failure_share(), spreads.failure_share}};
        for (const auto& [name, value, spread] : measures) {
            table.add("test_set", group.name);
            table.add("method", result.method);
            table.add("measure", name);
            table.add("value", value);
            table.add("lower_95", spread.lower);
            table.add("upper_95", spread.upper);
        }
    });
    return std::move(table).table();
}

Table bins_table(const Benchmark& benchmark, const std::vector<std::string>& quantities, std::size_t count) {
    std::vector<Binned> along;
    for (const std::string& name : quantities) along.push_back(binned(name));
    TableBuilder table;
    for_each_result(benchmark, [&](const Group& group, const MethodResult& result) {
        for (const Binned& quantity : along)
            for (const Bin& bin :
                 bins_of(quantity, benchmark.sets[result.set].optima.links, group.rows, count)) {
                table.add("test_set", group.name);
                table.add("method", result.method);
                table.add("quantity", quantity.name);
                table.add("from", bin.from);
                table.add("to", bin.to);
                add_accuracy(table, measure_accuracy(ratios(benchmark, result, bin.rows)));
            }
    });
    return std::move(table).table();
}

Table residuals_table(const Benchmark& benchmark) {
    TableBuilder table;
    for_each_result(benchmark, [&](const Group& group, const MethodResult& result) {
        const TrainingRows& optima = benchmark.sets[result.set].optima;
        const auto protocol = make_protocol(optima.protocol);
        const auto& parameters = protocol->info().parameters;
        for (std::size_t k = 0; k < parameters.size(); ++k) {
            if (!parameters[k].optimised) continue;
            double sum = 0;
            std::vector<double> sizes;
            for (const Eigen::Index row : group.rows) {
                const auto column = static_cast<Eigen::Index>(k);
                const Scale scale = parameters[k].scale;
                const double off =
                    to_scale(scale, result.points(row, column)) - to_scale(scale, optima.points(row, column));
                sum += off;
                sizes.push_back(std::abs(off));
            }
            std::sort(sizes.begin(), sizes.end());
            table.add("test_set", group.name);
            table.add("method", result.method);
            table.add("parameter", std::string(parameters[k].name));
            table.add("scale", std::string(scale_name(parameters[k].scale)));
            table.add("mean_error", sum / static_cast<double>(sizes.size()));
            table.add("median_size", quantile(sizes, 0.5));
            table.add("percentile_99_size", quantile(sizes, 0.99));
            table.add("largest_size", sizes.back());
        }
    });
    return std::move(table).table();
}

}  // namespace tfqkd
