#include "tfqkd/dataset/generate.hpp"

#include <algorithm>
#include <array>
#include <boost/random/sobol.hpp>
#include <cmath>
#include <limits>

#include "dataset/near_edge.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/math/random.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

constexpr double edge_reach = 0.1;  // of the range of lengths: how far from the end of the key rows are moved
constexpr std::array<std::string_view, 3> sampling_names{"random", "sobol", "grid"};

const Quantity& link_input(std::string_view name) {
    std::vector<std::string_view> names;
    for (const Quantity& q : link_inputs()) {
        if (q.name == name) return q;
        names.push_back(q.name);
    }
    throw Error(ErrorKind::usage, "no link quantity " + in_quotes(name) + did_you_mean(name, names));
}

double number_in(std::string_view text, const std::string& whole) {
    if (const auto number = parse_number(text)) return *number;
    throw Error(ErrorKind::usage, in_quotes(text) + " in " + in_quotes(whole) +
                                      " is not a number; write NAME=LOW:HIGH or NAME=LOW:HIGH:STEPS");
}

// Coordinate `axis` of point `row` of the Sobol series.
double sobol_coordinate(std::uint64_t row, std::size_t axis, std::size_t axes) {
    boost::random::sobol series(axes);
    series.discard((row + 1) * axes + axis);  // the first point is the corner, so it is left out
    return std::ldexp(static_cast<double>(series()), -64);
}

}  // namespace

Sampling sampling_named(std::string_view name) {
    const auto found = std::find(sampling_names.begin(), sampling_names.end(), name);
    if (found == sampling_names.end())
        throw Error(ErrorKind::usage, "no sampling " + in_quotes(name) + did_you_mean(name, sampling_names) +
                                          "; there are: random, sobol, grid");
    return static_cast<Sampling>(found - sampling_names.begin());
}

std::string_view sampling_name(Sampling sampling) {
    return sampling_names[static_cast<std::size_t>(sampling)];
}

Domain default_domain(const Protocol& protocol) {
    Domain domain;
    const Quantity& distance = link_input("distance_km");
    domain.axes.push_back({"distance_km", distance.search.lower, distance.search.upper, Scale::linear});
    const auto& quantities = link_quantities();
    for (std::size_t k = 2; k < quantities.size(); ++k) {
        const Quantity& q = quantities[k];
        if (protocol.info().uses[k] && !q.name.ends_with("_failure"))
            domain.axes.push_back({std::string(q.name), q.search.lower, q.search.upper, q.scale});
    }
    return domain;
}

DomainAxis parse_axis(std::string_view text) {
    const std::string whole(text);
    const std::size_t equals = text.find('='), colon = text.find(':');
    if (equals == std::string_view::npos || colon == std::string_view::npos || colon < equals)
        throw Error(
            ErrorKind::usage,
            in_quotes(whole) +
                " is not a range; write NAME=LOW:HIGH or NAME=LOW:HIGH:STEPS, as in distance_km=0:300");
    const Quantity& q = link_input(text.substr(0, equals));
    const std::size_t second = std::min(text.find(':', colon + 1), text.size());
    DomainAxis axis{std::string(q.name), number_in(text.substr(equals + 1, colon - equals - 1), whole),
                    number_in(text.substr(colon + 1, second - colon - 1), whole), q.scale};
    check_value(q, axis.lower);
    check_value(q, axis.upper);
    if (second < text.size()) {
        const auto steps = parse_count(text.substr(second + 1));
        if (!steps || *steps < 1 || *steps > 1000000)
            throw Error(ErrorKind::usage,
                        in_quotes(whole) + ": the number of steps must be a whole number from 1 to 1000000");
        axis.steps = static_cast<int>(*steps);
    }
    if (!(axis.lower <= axis.upper))
        throw Error(ErrorKind::usage, in_quotes(whole) + ": the lower end is above the upper one");
    if (axis.scale == Scale::log && axis.lower <= 0)
        throw Error(ErrorKind::usage, in_quotes(whole) + ": " + axis.name +
                                          " is spread logarithmically, so its range must begin above 0");
    return axis;
}

void GenerateOptions::validate() const {
    search.validate();
    if (rows < 1 && sampling != Sampling::grid) throw Error(ErrorKind::usage, "rows must be at least 1");
    for (const DomainAxis& axis : domain.axes)
        if (sampling == Sampling::grid && axis.steps < 1)
            throw Error(ErrorKind::usage, "grid sampling needs the number of steps of '" + axis.name +
                                              "'; write --range " + axis.name +
                                              "=LOW:HIGH:STEPS, or set it to one value");
    if (!(near_edge >= 0 && near_edge <= 1)) throw Error(ErrorKind::usage, "near_edge must be in [0, 1]");
    if (near_edge == 0) return;
    if (sampling == Sampling::grid)
        throw Error(ErrorKind::usage,
                    "near_edge moves links, so that they would leave the grid; leave it out");
    if (length_axes(domain).empty())
        throw Error(ErrorKind::usage,
                    "near_edge needs a range of distances or losses to move links in, as distance_km=0:500");
}

Generator::Generator(GenerateOptions options)
    : options_(std::move(options)), protocol_(make_protocol(options_.protocol)), rows_(options_.rows) {
    if (options_.domain.axes.empty() && options_.domain.set.empty())
        options_.domain = default_domain(*protocol_);
    options_.validate();
    make_objective(*protocol_, Columns(0, 0), options_.fixed, 1);  // refuses what has nothing to optimise
    if (options_.sampling != Sampling::grid) return;
    rows_ = 1;
    for (const DomainAxis& axis : options_.domain.axes) {
        if (rows_ > (std::uint64_t{1} << 53) / static_cast<std::uint64_t>(axis.steps))
            throw Error(ErrorKind::usage, "the grid has more than 2^53 points");
        rows_ *= static_cast<std::uint64_t>(axis.steps);
    }
}

double Generator::coordinate(std::uint64_t row, std::size_t axis) const {
    const auto& axes = options_.domain.axes;
    if (options_.sampling == Sampling::random) return uniform(options_.seed, Purpose::sample, row, axis);
    if (options_.sampling == Sampling::sobol) {
        const double u =
            sobol_coordinate(row, axis, axes.size()) + uniform(options_.seed, Purpose::shift, 0, axis);
        return u - std::floor(u);
    }
    for (std::size_t inner = axes.size() - 1; inner > axis; --inner)
        row /= static_cast<std::uint64_t>(axes[inner].steps);
    const auto steps = static_cast<std::uint64_t>(axes[axis].steps);
    return steps == 1 ? 0 : static_cast<double>(row % steps) / static_cast<double>(steps - 1);
}

Table Generator::links(std::uint64_t first, std::uint64_t last, std::uint64_t step) const {
    const Table links = drawn(first, last, step);
    return options_.near_edge > 0 ? moved_near_edge(links) : links;
}

// Which rows are moved, and how far from the end of the key, are functions of the seed and a row's index.
// Margins are cubes of evenly drawn numbers: the density of rows grows towards the edge as margin^(-2/3).
Table Generator::moved_near_edge(const Table& links) const {
    const std::vector<DomainAxis> lengths = length_axes(options_.domain);
    const Table::Numbers& index = links.numbers("index");
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < index.size(); ++row)
        if (uniform(options_.seed, Purpose::edge, static_cast<std::uint64_t>(index[row]), 0) <
            options_.near_edge)
            rows.push_back(row);
    const std::vector<double> end = shifts_to_last_key(*protocol_, links, lengths, options_.domain.set, rows,
                                                       options_.fixed, options_.threads);
    std::vector<double> shift(links.rows(), 0);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        if (std::isnan(end[k])) continue;
        const double u = uniform(options_.seed, Purpose::edge, static_cast<std::uint64_t>(index[rows[k]]), 1);
        const double margin = edge_reach * (lengths.front().upper - lengths.front().lower) * u * u * u;
        shift[rows[k]] = std::max(end[k] - margin, shift_range(links, lengths, rows[k]).first);
    }
    return shifted(links, lengths, shift);
}

Table Generator::drawn(std::uint64_t first, std::uint64_t last, std::uint64_t step) const {
    Table table;
    table.properties = {{"schema", "tfqkd.dataset/1"},
                        {"protocol", protocol_->info().spec()},
                        {"sampling", std::string(sampling_name(options_.sampling))},
                        {"seed", std::to_string(options_.seed)},
                        {"rows", std::to_string(rows_)},
                        {"method", options_.method}};
    for (const DomainAxis& axis : options_.domain.axes)
        table.properties.emplace_back("range." + axis.name,
                                      format_number(axis.lower) + ":" + format_number(axis.upper) +
                                          (axis.steps ? ":" + std::to_string(axis.steps) : ""));
    if (options_.near_edge > 0) table.properties.emplace_back("near_edge", format_number(options_.near_edge));
    for (const auto& [name, value] : options_.fixed)
        table.properties.emplace_back("fixed." + name, format_number(value));

    Table::Numbers index;
    for (std::uint64_t row = first; row < last; row += step) index.push_back(static_cast<double>(row));
    table.add("index", index);
    for (std::size_t k = 0; k < options_.domain.axes.size(); ++k) {
        const DomainAxis& axis = options_.domain.axes[k];
        const double low = to_scale(axis.scale, axis.lower), high = to_scale(axis.scale, axis.upper);
        Table::Numbers values;
        for (std::uint64_t row = first; row < last; row += step)
            values.push_back(std::clamp(from_scale(axis.scale, low + coordinate(row, k) * (high - low)),
                                        axis.lower, axis.upper));
        table.add(axis.name, std::move(values));
    }
    std::vector<std::string> assumed;
    read_links(table, options_.domain.set, &assumed);
    for (const auto& [name, value] : options_.domain.set)
        table.properties.emplace_back("link." + name, format_number(value));
    for (const Quantity& q : link_quantities())
        if (std::find(assumed.begin(), assumed.end(), q.name) != assumed.end())
            table.properties.emplace_back("link." + std::string(q.name), format_number(q.start));
    return table;
}

Table Generator::rows(std::uint64_t first, std::uint64_t last, std::uint64_t step) const {
    Table table = links(first, last, step);
    const Objective objective =
        make_objective(*protocol_, read_links(table), options_.fixed, options_.threads);
    add_optima(table, protocol_->info(), make_search(options_.method, options_.search)->maximize(objective));
    return table;
}

void add_optima(Table& table, const ProtocolInfo& info, const Optima& optima) {
    const auto rows = static_cast<std::size_t>(optima.rate.size());
    for (std::size_t k = 0; k < info.parameters.size(); ++k) {
        const auto column = optima.points.col(static_cast<Eigen::Index>(k));
        table.add(std::string(info.parameters[k].name), Table::Numbers(column.begin(), column.end()));
    }
    Table::Numbers rate, slope, evaluations;
    Table::Text method, stop, status;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto r = static_cast<Eigen::Index>(row);
        rate.push_back(std::max(optima.rate[r], 0.0));
        slope.push_back(optima.projected_slope[r]);
        evaluations.push_back(optima.evaluations[row]);
        method.emplace_back(method_name(optima.method[row]));
        stop.emplace_back(stop_name(optima.stop[row]));
        status.emplace_back(status_name(optima.status[row]));
    }
    table.add("key_rate_bit_per_pulse", std::move(rate));
    table.add("projected_slope", std::move(slope));
    table.add("evaluations", std::move(evaluations));
    table.add("method", std::move(method));
    table.add("stop", std::move(stop));
    table.add("status", std::move(status));
}

}  // namespace tfqkd
