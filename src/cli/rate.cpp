#include <algorithm>
#include <cmath>
#include <limits>

#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

// The parameters of each row: from its columns, else from flags, else their start values.
Columns read_points(const Table& rows, const Columns& links, const Protocol& protocol,
                    const Arguments& arguments) {
    const auto& parameters = protocol.info().parameters;
    Columns points(links.rows(), static_cast<Eigen::Index>(parameters.size()));
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const Quantity& q = parameters[k];
        auto column = points.col(static_cast<Eigen::Index>(k));
        if (!rows.has(q.name)) {
            column = arguments.has(flag_of(q.name)) ? arguments.number(flag_of(q.name), q.valid) : q.start;
            continue;
        }
        if (arguments.has(flag_of(q.name)))
            throw Error(ErrorKind::usage, "both " + flag_of(q.name) + " and " + rows.source + " set " +
                                              std::string(q.name) + "; leave out one of them");
        const Table::Numbers& cells = rows.numbers(q.name);
        for (std::size_t row = 0; row < cells.size(); ++row)
            if (!q.valid.contains(cells[row])) check_value(q, cells[row], rows.where(row));
        column = Eigen::Map<const Eigen::ArrayXd>(cells.data(), links.rows());
    }
    return points;
}

std::vector<double> row_of(const Columns& columns, Eigen::Index row) {
    return {columns.row(row).begin(), columns.row(row).end()};
}

// One line for each intermediate, or for each quantity with its sensitivity; `row` counts the links.
Table explanation(const Protocol& protocol, const Columns& links, const Columns& points, std::size_t first) {
    Table::Numbers rows, values;
    Table::Text names;
    for (Eigen::Index row = 0; row < links.rows(); ++row)
        for (const Intermediate& step : protocol.explain(row_of(links, row), row_of(points, row))) {
            rows.push_back(static_cast<double>(first) + static_cast<double>(row));
            names.push_back(step.name);
            values.push_back(std::isfinite(step.value) ? step.value
                                                       : std::numeric_limits<double>::quiet_NaN());
        }
    Table table;
    table.add("row", std::move(rows));
    table.add("symbol", std::move(names));
    table.add("value", std::move(values));
    return table;
}

Table sensitivities(const Protocol& protocol, const Columns& links, const Columns& points,
                    std::size_t first) {
    Table::Numbers rows, values, slopes, elasticities;
    Table::Text names, units;
    for (Eigen::Index row = 0; row < links.rows(); ++row) {
        const std::vector<double> link = row_of(links, row), point = row_of(points, row);
        const double rate = protocol.rate(link, point, Measure::rate);
        const std::vector<double> slope = protocol.sensitivity(link, point);
        for (std::size_t k = 0; k < slope.size(); ++k) {
            const bool of_link = k < link.size();
            if (of_link && !protocol.info().uses[k]) continue;
            const Quantity& q = of_link ? link_quantities()[k] : protocol.info().parameters[k - link.size()];
            const double value = of_link ? link[k] : point[k - link.size()];
            rows.push_back(static_cast<double>(first) + static_cast<double>(row));
            names.emplace_back(q.name);
            units.emplace_back(q.unit);
            values.push_back(value);
            slopes.push_back(rate > 0 ? slope[k] / rate : std::numeric_limits<double>::quiet_NaN());
            elasticities.push_back(slopes.back() * value);
        }
    }
    Table table;
    table.add("row", std::move(rows));
    table.add("quantity", std::move(names));
    table.add("unit", std::move(units));
    table.add("value", std::move(values));
    table.add("d_ln_rate_by_d_value", std::move(slopes));
    table.add("d_ln_rate_by_d_ln_value", std::move(elasticities));
    return table;
}

Table rates(const Protocol& protocol, const Table& rows, const Columns& links, const Columns& points) {
    Table table = without_results(rows, protocol.info());
    const auto& parameters = protocol.info().parameters;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const auto column = points.col(static_cast<Eigen::Index>(k));
        table.add(std::string(parameters[k].name), Table::Numbers(column.begin(), column.end()));
    }
    Eigen::ArrayXd signed_rate(links.rows());
    protocol.rates(links, points, Measure::rate, signed_rate);
    const Eigen::ArrayXd rate = signed_rate.max(0.0);
    table.add("key_rate_bit_per_pulse", Table::Numbers(rate.begin(), rate.end()));
    table.add("signed_rate_bit_per_pulse", Table::Numbers(signed_rate.begin(), signed_rate.end()));
    table.properties.emplace_back("protocol", protocol.info().spec());
    return table;
}

int run(const Arguments& arguments, Streams& streams) {
    const auto protocol = make_protocol(arguments.text("--protocol"));
    const bool explain = arguments.has("--explain"), sensitivity = arguments.has("--sensitivity");
    if (explain && sensitivity)
        throw Error(ErrorKind::usage, "--explain and --sensitivity are two tables; ask for one of them");
    LinkSource source(arguments, protocol->info(), streams);
    ResultSink sink(arguments, streams);
    std::size_t first = 0;
    Table rows;
    for (Columns links; source.next(rows, links); first += static_cast<std::size_t>(links.rows())) {
        const Columns points = read_points(rows, links, *protocol, arguments);
        sink.write(explain       ? explanation(*protocol, links, points, first)
                   : sensitivity ? sensitivities(*protocol, links, points, first)
                                 : rates(*protocol, rows, links, points));
    }
    sink.finish();
    return 0;
}

}  // namespace

Table without_results(const Table& rows, const ProtocolInfo& info) {
    std::vector<std::string> names(result_columns.begin(), result_columns.end());
    for (const Quantity& q : info.parameters) names.emplace_back(q.name);
    Table rest = without(rows, names);
    std::erase_if(rest.properties, [](const auto& property) {
        constexpr std::string_view of_a_run[] = {"protocol", "run_id", "run",      "shard", "schema",
                                                 "rows",     "seed",   "sampling", "method"};
        const std::string& name = property.first;
        return name.starts_with("range.") || name.starts_with("fixed.") ||
               std::find(std::begin(of_a_run), std::end(of_a_run), name) != std::end(of_a_run);
    });
    return rest;
}

Command rate_command() {
    return {
        "rate",
        "the key rate at given parameters",
        "Computes key rates at the parameters given by flags or by columns of the table of links; parameters "
        "that are not given have the "
        "defaults shown. The signed rate is the formula's value; below 0 there is no key.",
        {{"tfqkd rate --distance-km 300 --signal-intensity 0.43 --explain",
          "every intermediate of the formula at one link"},
         {"tfqkd rate --distance-km 300 --sensitivity", "which quantities the rate hangs on, d ln R / d x"},
         {"tfqkd optimize --distance-km 300 | tfqkd rate --links -", "the rate again, at the optimum"}},
        "",
        [](const std::vector<std::string>& words) {
            std::vector<Option> parameters;
            const auto protocol = make_protocol(protocol_in(words));
            for (const Quantity& q : protocol->info().parameters)
                parameters.push_back(quantity_option(q, "Parameters of " + protocol->info().spec()));
            const std::vector<Option> views{
                {"--explain", "", "", "every intermediate of the formula, by its symbol", "Output"},
                {"--sensitivity", "", "", "d ln R / d x for every link quantity and parameter", "Output"}};
            return joined(
                {protocol_options(), link_options(), parameters, output_options(), views, general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
