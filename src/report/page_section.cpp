#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

#include "report/accuracy_columns.hpp"
#include "report/row_groups.hpp"
#include "report/table_builder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/figures.hpp"
#include "tfqkd/report/page.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

constexpr std::size_t most_points = 2000;  // that a figure shows of a table

std::string number(double value) { return format_number(value, 4); }
std::string percent(double share) { return format_number(100 * share, 7) + " %"; }

std::string name_of(const Table& table) {
    return table.source.empty() ? "standard input" : std::filesystem::path(table.source).filename().string();
}

// The row with the greatest or least number of a column among some rows, numbers that are missing left out.
template <class Before>
const std::size_t* first_by(const std::vector<std::size_t>& rows, const Table::Numbers& cells,
                            Before before) {
    const std::size_t* best = nullptr;
    for (const std::size_t& row : rows)
        if (!std::isnan(cells[row]) && (!best || before(cells[row], cells[*best]))) best = &row;
    return best;
}

// What a summary of methods comes to on one test set.
std::vector<std::string> verdict(const Table& table, const std::string& set,
                                 const std::vector<std::size_t>& rows) {
    const Table::Text methods = table.text("method");
    const Table::Numbers& mean = table.numbers_or_missing("mean_ratio");
    std::vector<std::string> sentences;
    if (const auto* best = first_by(rows, mean, std::greater<>())) {
        std::string text = set + ": " + methods[*best] + " keeps most of the best key rate, " +
                           percent(mean[*best]) + " of it in the mean over " +
                           format_number(table.numbers("links")[*best]) + " links";
        if (table.has("percentile_1_ratio"))
            text += ", " + percent(table.numbers_or_missing("percentile_1_ratio")[*best]) +
                    " or more on 99 of 100 of them";
        if (table.has("failures"))
            text += "; it finds no key on " + format_number(table.numbers_or_missing("failures")[*best]) +
                    " that have one";
        sentences.push_back(text + ".");
    }
    if (!table.has("batch_us_min")) return sentences;
    const Table::Numbers& time = table.numbers_or_missing("batch_us_min");
    const auto* fastest = first_by(rows, time, std::less<>());
    const auto* slowest = first_by(rows, time, std::greater<>());
    if (fastest && slowest && fastest != slowest)
        sentences.push_back(set + ": " + methods[*fastest] + " is the fastest with " +
                            number(time[*fastest]) + " microseconds a link in batches, " +
                            number(time[*slowest] / time[*fastest]) + " times as fast as " +
                            methods[*slowest] + ".");
    return sentences;
}

PageSection summary_section(const Table& table) {
    PageSection section{"Accuracy and time: " + name_of(table), {}, {}, {}};
    for (const auto& [set, rows] : groups_by(table, "test_set", "all links"))
        for (std::string& sentence : verdict(table, set, rows))
            section.sentences.push_back(std::move(sentence));
    section.tables.push_back(
        {"Share of the best key rate that each method keeps (R / R_best, both by the full "
         "formula), and processor time a link",
         table});
    return section;
}

// From every link and method, what a summary says.
Table summary_of_links(const Table& links) {
    const Table::Text methods = links.text("method");
    const Table::Numbers& ratio = links.numbers_or_missing("ratio");
    TableBuilder summary;
    for (const auto& [set, rows] : groups_by(links, "test_set", "all links")) {
        std::map<std::string, std::vector<double>> ratios;
        for (const std::size_t row : rows)
            if (!std::isnan(ratio[row])) ratios[methods[row]].push_back(ratio[row]);
        for (const auto& [method, of_method] : ratios) {
            summary.add("test_set", set);
            summary.add("method", method);
            add_accuracy(summary, measure_accuracy(of_method));
        }
    }
    return std::move(summary).table();
}

PageSection links_section(const Table& table) {
    Table summary = summary_of_links(table);
    summary.source = table.source;
    PageSection section = summary_section(summary);
    section.figures.push_back(
        {"What each method loses of the best key rate: by the link's loss, and how often",
         ratio_figure({table}, "")});
    return section;
}

// Evenly chosen rows, so that a figure stays small.
Table thinned(const Table& table) {
    return some_rows(table, 0, table.rows(),
                     std::max<std::size_t>(1, (table.rows() + most_points - 1) / most_points));
}

PageSection rates_section(const Table& table) {
    PageSection section{"Key rates: " + name_of(table), {}, {}, {}};
    const std::string x = varying_quantity(table);
    const Table::Numbers& along = table.numbers(x);
    const Table::Numbers& rate = key_rates(table);
    TableBuilder summary;
    for (const auto& [protocol, rows] : groups_by_protocol(table)) {
        std::vector<std::size_t> with_key;
        for (const std::size_t row : rows)
            if (rate[row] > 0) with_key.push_back(row);
        const auto* highest = first_by(with_key, rate, std::greater<>());
        const auto* lowest = first_by(with_key, rate, std::less<>());
        const auto* farthest = first_by(with_key, along, std::greater<>());
        const double missing = std::numeric_limits<double>::quiet_NaN();
        summary.add("protocol", protocol);
        summary.add("links", static_cast<double>(rows.size()));
        summary.add("with_key", static_cast<double>(with_key.size()));
        summary.add("highest_rate", highest ? rate[*highest] : missing);
        summary.add("lowest_rate", lowest ? rate[*lowest] : missing);
        summary.add("largest_" + x + "_with_key", farthest ? along[*farthest] : missing);
        section.sentences.push_back(
            protocol + ": " + std::to_string(with_key.size()) + " of " + std::to_string(rows.size()) +
            " links have a key" +
            (farthest ? ", the last one at " + x + " = " + number(along[*farthest]) : "") + ".");
    }
    section.tables.push_back({"Key rates in bit per time window", std::move(summary).table()});
    const Table shown = thinned(table);
    const std::string part = shown.rows() < table.rows() ? " (" + std::to_string(shown.rows()) + " of " +
                                                               std::to_string(table.rows()) + " links)"
                                                         : "";
    section.figures.push_back({"Key rate, with the repeaterless bounds" + part, rate_figure({shown}, x)});
    if (!table.has("protocol") && table.property("protocol").empty()) return section;  // parameters of what?
    if (Figure parameters = parameters_figure({shown}, x); !parameters.panels.empty())
        section.figures.push_back({"Parameters" + part, std::move(parameters)});
    return section;
}

PageSection learning_section(const Table& table) {
    PageSection section{"Learning: " + name_of(table), {}, {{"", table}}, {}};
    section.figures.push_back({"Loss of key rate against training rows", learning_figure({table})});
    return section;
}

PageSection convergence_section(const Table& table) {
    PageSection section{"Convergence: " + name_of(table), {}, {{"", table}}, {}};
    section.figures.push_back({"Loss of key rate against evaluations", convergence_figure({table})});
    return section;
}

}  // namespace

PageSection page_section(const Table& table) {
    const auto all = [&](std::initializer_list<const char*> names) {
        return std::all_of(names.begin(), names.end(), [&](const char* name) { return table.has(name); });
    };
    if (table.rows() == 0) throw Error(ErrorKind::data, table.source + ": there are no rows to report");
    if (all({"test_set", "method", "ratio"})) return links_section(table);
    if (all({"network", "rows", "mean_ratio"})) return learning_section(table);
    if (all({"method", "links", "mean_ratio"})) return summary_section(table);
    if (all({"method", "evaluations", "loss"})) return convergence_section(table);
    if (all({"rate_bit_per_pulse"}) || all({"key_rate_bit_per_pulse"})) return rates_section(table);
    throw Error(ErrorKind::data,
                table.source +
                    ": nothing here that a report knows: results of benchmark have a column 'method', of "
                    "optimize, compare --long, generate, rate and predict a key rate");
}

PageSection page_section(const Model& model, const std::string& name) {
    const ModelRecord& record = model.record();
    PageSection section{"Model: " + name, {}, {}, {}};
    section.sentences.push_back(
        std::string(model.network().kind()) + " for " + model.protocol().info().spec() + ", trained on " +
        std::to_string(record.train_rows) + " links; " + std::to_string(record.check_rows) +
        " more decided when to stop; seed " + std::to_string(record.seed) + ".");
    TableBuilder ranges;
    for (const auto& [what, scaler] : {std::pair{"input", &model.inputs()}, {"output", &model.outputs()}})
        for (int k = 0; k < scaler->size(); ++k) {
            const ScaledColumn& column = scaler->columns()[static_cast<std::size_t>(k)];
            ranges.add("column", column.name);
            ranges.add("role", what);
            ranges.add("lower", column.lower);
            ranges.add("upper", column.upper);
        }
    section.tables.push_back(
        {"Inputs with the range trained in, outputs with the range searched", std::move(ranges).table()});
    return section;
}

}  // namespace tfqkd
