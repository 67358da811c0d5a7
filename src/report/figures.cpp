#include "tfqkd/report/figures.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "report/row_groups.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/math/quantile.hpp"
#include "tfqkd/protocol/protocol.hpp"
#include "tfqkd/table/table_io.hpp"

namespace tfqkd {

namespace {

constexpr double least_loss = 1e-14;  // of key rate, that a logarithmic axis shows
constexpr int bins_along_x = 40, bins_a_decade = 4, decades = 14;

const Quantity* link_quantity(const std::string& name) {
    for (const Quantity& q : link_inputs())
        if (q.name == name) return &q;
    return nullptr;
}

// "distance_km" -> "distance [km]"
std::string label_of(std::string name, const std::string& unit) {
    const std::string suffix = unit == "dB" ? "_db" : "_" + unit;
    if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
    std::replace(name.begin(), name.end(), '_', ' ');
    return unit.empty() ? name : name + " [" + unit + "]";
}

Axis axis_along(const std::string& name) {
    const Quantity* q = link_quantity(name);
    if (!q) return {label_of(name, ""), false};
    return {label_of(name, std::string(q->unit)), q->scale == Scale::log};
}

// From the least to the largest x of all tables.
Axis shared_axis(const std::vector<Table>& tables, const std::string& x) {
    Axis axis = axis_along(x);
    for (const Table& table : tables)
        for (const double value : table.numbers(x)) {
            axis.lower = std::fmin(axis.lower, value);
            axis.upper = std::fmax(axis.upper, value);
        }
    if (axis.lower == axis.upper) axis.lower = axis.upper = std::numeric_limits<double>::quiet_NaN();
    return axis;
}

// A line where x goes steadily in one direction, else points.
Series::Shape shape_of(const std::vector<double>& x) {
    const bool up = std::is_sorted(x.begin(), x.end(), std::less_equal<>());
    const bool down = std::is_sorted(x.begin(), x.end(), std::greater_equal<>());
    return up || down || x.size() < 2 ? Series::Shape::line : Series::Shape::points;
}

Series curve(const RowGroup& group, const Table::Numbers& x, const Table::Numbers& y) {
    Series series;
    series.name = group.name;
    for (const std::size_t row : group.rows) {
        series.x.push_back(x[row]);
        series.y.push_back(y[row]);
    }
    series.shape = shape_of(series.x);
    return series;
}

bool is_bound(const std::string& protocol) {
    const auto names = protocol_names();
    return std::find(names.begin(), names.end(), protocol) != names.end() &&
           make_protocol(protocol)->info().kind == Kind::bound;
}

// The repeaterless bounds at the links of one group of rows.
void add_bounds(Panel& panel, const Table& table, const RowGroup& group, const std::string& x) {
    const Columns links = read_links(table);
    int look = -1;
    for (const char* name : {"plob", "repeater"}) {
        Table::Numbers rate(table.rows());
        make_protocol(name)->rates(links, Columns(links.rows(), 0), Measure::rate,
                                   Eigen::Map<Eigen::ArrayXd>(rate.data(), links.rows()));
        Series series = curve({name, group.rows}, table.numbers(x), rate);
        series.look = look--;
        panel.series.push_back(std::move(series));
    }
}

double lost(double ratio) { return std::max(1 - ratio, least_loss); }

// Median and worst hundredth of the loss in bins along x.
void add_losses(Panel& panel, const RowGroup& group, const Table::Numbers& x, const Table::Numbers& ratio,
                int look) {
    const auto [least, most] = std::minmax_element(x.begin(), x.end());
    const double width = (*most - *least) / bins_along_x;
    std::vector<std::vector<double>> bins(bins_along_x);
    for (const std::size_t row : group.rows)
        if (!std::isnan(ratio[row]))
            bins[width > 0 ? std::min(static_cast<std::size_t>((x[row] - *least) / width), bins.size() - 1)
                           : 0]
                .push_back(lost(ratio[row]));
    Series median{group.name + ", median", {}, {}, look}, worst{group.name + ", worst 1 %", {}, {}, look};
    median.thin = true;
    for (std::size_t bin = 0; bin < bins.size(); ++bin) {
        std::sort(bins[bin].begin(), bins[bin].end());
        const double middle = *least + (static_cast<double>(bin) + 0.5) * width;
        for (Series* series : {&median, &worst}) series->x.push_back(middle);
        median.y.push_back(quantile(bins[bin], 0.5));
        worst.y.push_back(quantile(bins[bin], 0.99));
    }
    panel.series.push_back(std::move(worst));
    panel.series.push_back(std::move(median));
}

// The share of links in each quarter of a decade of loss.
Series histogram(const RowGroup& group, const Table::Numbers& ratio, int look) {
    Series series{group.name, {}, {}, look, Series::Shape::steps};
    std::vector<double> counts(static_cast<std::size_t>(bins_a_decade * decades) + 1);
    double all = 0;
    for (const std::size_t row : group.rows)
        if (!std::isnan(ratio[row])) {
            const double place = (std::log10(lost(ratio[row])) + decades) * bins_a_decade;
            counts[static_cast<std::size_t>(
                std::clamp(place, 0.0, static_cast<double>(counts.size() - 1)))] += 1;
            all += 1;
        }
    const auto some = [](double count) { return count > 0; };
    const auto first = std::find_if(counts.begin(), counts.end(), some) - counts.begin();
    const auto last = counts.rend() - std::find_if(counts.rbegin(), counts.rend(), some);
    for (auto bin = static_cast<std::size_t>(first); bin < static_cast<std::size_t>(last); ++bin) {
        series.x.push_back(std::pow(10.0, (static_cast<double>(bin) + 0.5) / bins_a_decade - decades));
        series.y.push_back(all > 0 ? 100 * counts[bin] / all : 0);
    }
    return series;
}

Table::Numbers total_loss(const Table& table) {
    Table::Numbers total = table.numbers("loss_a_db");
    const Table::Numbers& other = table.numbers("loss_b_db");
    for (std::size_t row = 0; row < total.size(); ++row) total[row] += other[row];
    return total;
}

}  // namespace

std::string varying_quantity(const Table& table) {
    const auto varies = [&](const std::string& name) {
        if (!table.has(name)) return false;
        const Table::Numbers& cells = table.numbers_or_missing(name);
        return std::adjacent_find(cells.begin(), cells.end(), std::not_equal_to<>()) != cells.end();
    };
    for (const char* length : {"distance_km", "loss_db"})
        if (varies(length)) return length;
    for (const Quantity& q : link_inputs())
        if (varies(std::string(q.name))) return std::string(q.name);
    for (const char* length : {"distance_km", "loss_db"})
        if (table.has(length)) return length;
    throw Error(ErrorKind::data,
                (table.source.empty() ? "the table" : table.source) +
                    ": no link quantity varies here; say which column goes along x with --x");
}

Figure rate_figure(const std::vector<Table>& tables, const std::string& x) {
    Panel panel{"", axis_along(x), {"key rate [bit per time window]", true}, {}, false};
    int look = 0;
    bool bounds = false;
    for (const Table& table : tables)
        for (const RowGroup& group : groups_by_protocol(table)) {
            Series series = curve(group, table.numbers(x), key_rates(table));
            const bool bound = is_bound(group.name);
            bounds |= bound;
            series.look = bound ? (group.name == "plob" ? -1 : -2) : look++;
            series.marks_end = !bound && series.shape == Series::Shape::line;  // where it ends before x does
            panel.series.push_back(std::move(series));
        }
    if (!bounds && !tables.empty() && tables.front().rows() > 0)
        add_bounds(panel, tables.front(), groups_by_protocol(tables.front()).front(), x);
    return {{panel}};
}

Figure parameters_figure(const std::vector<Table>& tables, const std::string& x) {
    Figure figure;
    const Axis along = shared_axis(tables, x);
    int look = 0;
    for (const Table& table : tables)
        for (const RowGroup& group : groups_by_protocol(table)) {
            if (is_bound(group.name)) continue;
            const Table::Numbers& rate = key_rates(table);
            std::string named;  // each curve says its name in its first panel
            RowGroup with_key{group.name, {}};
            for (const std::size_t row : group.rows)
                if (rate[row] > 0) with_key.rows.push_back(row);
            const auto protocol = make_protocol(group.name);
            for (const Quantity& q : protocol->info().parameters) {
                if (!q.optimised || !table.has(q.name)) continue;
                Axis y{label_of(std::string(q.name), std::string(q.unit)), q.scale == Scale::log};
                const auto same = [&](const Panel& panel) { return panel.y.label == y.label; };
                auto panel = std::find_if(figure.panels.begin(), figure.panels.end(), same);
                if (panel == figure.panels.end())
                    panel = figure.panels.insert(panel, Panel{"", along, y, {}});
                Series series = curve(with_key, table.numbers(x), table.numbers_or_missing(q.name));
                series.look = look;
                series.in_key = named != group.name;
                named = group.name;
                panel->series.push_back(std::move(series));
            }
            ++look;
        }
    return figure;
}

Figure ratio_figure(const std::vector<Table>& tables, const std::string& x) {
    const std::string along = x.empty() ? "total loss of both arms [dB]" : axis_along(x).label;
    Panel by_x{"", {along, !x.empty() && axis_along(x).logarithmic}, {"1 - R / R_best", true}, {}};
    Panel shares{"", {"1 - R / R_best", true}, {"links [%]"}, {}};
    int look = 0;
    for (const Table& table : tables)
        for (const RowGroup& group : groups_by(table, "method", file_stem(table))) {
            const Table::Numbers& ratio = table.numbers_or_missing("ratio");
            add_losses(by_x, group, x.empty() ? total_loss(table) : table.numbers(x), ratio, look);
            shares.series.push_back(histogram(group, ratio, look++));
        }
    return {{by_x, shares}};
}

Figure learning_figure(const std::vector<Table>& tables) {
    Panel panel{"", {"training rows", true}, {"1 - mean of R / R_best", true}, {}};
    int look = 0;
    for (const Table& table : tables) {
        Table::Text names = table.text("network");
        if (table.has("protocol")) {
            const Table::Text protocols = table.text("protocol");
            for (std::size_t row = 0; row < names.size(); ++row) names[row] += ", " + protocols[row];
        }
        Table named;
        named.add("name", names);
        for (const RowGroup& group : groups_by(named, "name", "")) {
            std::map<double, std::pair<double, double>> sums;  // by rows: sum of losses, how many
            for (const std::size_t row : group.rows) {
                auto& [sum, count] = sums[table.numbers("rows")[row]];
                sum += lost(table.numbers("mean_ratio")[row]);
                count += 1;
            }
            Series series{group.name, {}, {}, look++};
            for (const auto& [rows, mean] : sums) {
                series.x.push_back(rows);
                series.y.push_back(mean.first / mean.second);
            }
            panel.series.push_back(std::move(series));
        }
    }
    return {{panel}};
}

Figure convergence_figure(const std::vector<Table>& tables) {
    Panel panel{"", {"evaluations of the key rate", true}, {"1 - R / R_best", true}, {}};
    int look = 0;
    for (const Table& table : tables)
        for (const RowGroup& group : groups_by(table, "method", file_stem(table))) {
            Table::Numbers losses = table.numbers("loss");
            for (double& loss : losses) loss = std::max(loss, least_loss);
            Series series = curve(group, table.numbers("evaluations"), losses);
            series.look = look++;
            panel.series.push_back(std::move(series));
        }
    return {{panel}};
}

}  // namespace tfqkd
