#include "report/links_table.hpp"

#include <cmath>
#include <map>

#include "report/row_groups.hpp"
#include "report/table_builder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/benchmark_tables.hpp"

namespace tfqkd {

namespace {

template <class Cell>
double cell_of(const std::vector<Cell>& cells, std::size_t row) {
    return cells.empty() ? missing : static_cast<double>(cells[row]);
}

void add_row(TableBuilder& table, const TestSet& set, bool outside, const MethodResult& result,
             std::size_t row, std::uint64_t number) {
    const auto r = static_cast<Eigen::Index>(row);
    const auto& quantities = link_quantities();
    table.add("test_set", outside ? set.name + std::string(outside_ending) : set.name);
    table.add("protocol", set.optima.protocol);
    table.add("method", result.method);
    table.add("row", static_cast<double>(number));
    for (std::size_t k = 0; k < quantities.size(); ++k)
        table.add(std::string(quantities[k].name), set.optima.links(r, static_cast<Eigen::Index>(k)));
    table.add("best_rate", set.optima.rate[r]);
    table.add("rate", result.rate[r]);
    table.add("ratio", std::max(result.rate[r], 0.0) / set.optima.rate[r]);
    table.add("evaluations", cell_of(result.evaluations, row));
    table.add("flagged", cell_of(result.flagged, row));
}

// The name of a row's test set, without what is added where the link is outside.
std::string set_name(const std::string& name) {
    return name.substr(0, name.size() - (name.ends_with(outside_ending) ? outside_ending.size() : 0));
}

// The columns of a links table.
struct Cells {
    explicit Cells(const Table& table)
        : source(table),
          sets(table.text("test_set")),
          protocols(table.text("protocol")),
          methods(table.text("method")),
          links(read_links(table)),
          row(table.numbers("row")),
          best(table.numbers("best_rate")),
          rate(table.numbers("rate")),
          evaluations(table.numbers_or_missing("evaluations")),
          flagged(table.numbers_or_missing("flagged")) {}
    [[noreturn]] void refuse(std::size_t at, const std::string& what) const {
        throw Error(ErrorKind::data, source.where(at) + ": " + what);
    }

    const Table& source;
    Table::Text sets, protocols, methods;
    Columns links;
    const Table::Numbers &row, &best, &rate, &evaluations, &flagged;
};

// Rows of one test set and one method, in the order of their first ones.
std::vector<RowGroup> sections_of(const Cells& cells) {
    Table keys;
    Table::Text names;
    for (std::size_t row = 0; row < cells.sets.size(); ++row)
        names.push_back(set_name(cells.sets[row]) + '\0' + cells.methods[row]);
    keys.add("section", std::move(names));
    return groups_by(keys, "section", "");
}

TestSet read_set(const Cells& cells, const std::vector<std::size_t>& rows, std::vector<char>& outside) {
    TestSet set{set_name(cells.sets[rows.front()]), {}};
    TrainingRows& optima = set.optima;
    optima.protocol = cells.protocols[rows.front()];
    optima.source = cells.source.source;
    optima.links = cells.links(std::vector<Eigen::Index>(rows.begin(), rows.end()), Eigen::all);
    optima.rate.resize(optima.links.rows());
    try {
        make_protocol(optima.protocol);  // it becomes a word of a command to copy
    } catch (const Error& error) {
        cells.refuse(rows.front(), error.what());
    }
    for (std::size_t k = 0; k < rows.size(); ++k) {
        if (!(cells.best[rows[k]] > 0)) cells.refuse(rows[k], "best_rate must be above 0");
        optima.rate[static_cast<Eigen::Index>(k)] = cells.best[rows[k]];
        outside.push_back(cells.sets[rows[k]].ends_with(outside_ending));
    }
    return set;
}

MethodResult read_result(const Cells& cells, const std::vector<std::size_t>& rows, std::size_t set) {
    MethodResult result;
    result.set = set;
    result.method = cells.methods[rows.front()];
    result.rate.resize(static_cast<Eigen::Index>(rows.size()));
    for (std::size_t k = 0; k < rows.size(); ++k) {
        result.rate[static_cast<Eigen::Index>(k)] = cells.rate[rows[k]];
        const double evaluations = cells.evaluations[rows[k]], flagged = cells.flagged[rows[k]];
        if (evaluations < 0 || evaluations > 1e9) cells.refuse(rows[k], "evaluations must be in [0, 1e9]");
        if (!std::isnan(evaluations)) result.evaluations.push_back(static_cast<int>(evaluations));
        if (!std::isnan(flagged)) result.flagged.push_back(flagged != 0);
    }
    for (const std::size_t cells_found : {result.evaluations.size(), result.flagged.size()})
        if (cells_found != 0 && cells_found != rows.size())
            cells.refuse(rows.front(), "some rows of the method have evaluations or flagged, and some not");
    return result;
}

// Every method must have been tried on every link of its set.
void check_whole(const Cells& cells, const std::vector<std::size_t>& rows, const TestSet& set) {
    const auto count = static_cast<std::size_t>(set.optima.links.rows());
    for (std::size_t k = 0; k < rows.size(); ++k) {
        const auto link = static_cast<Eigen::Index>(k);
        const auto at = static_cast<Eigen::Index>(rows[k]);
        if (cells.row[rows[k]] != static_cast<double>(k))
            cells.refuse(rows[k], "expected row " + std::to_string(k) + " of its test set and method; " +
                                      "shards are joined by 'tfqkd merge'");
        if (k >= count || cells.best[rows[k]] != set.optima.rate[link] ||
            cells.protocols[rows[k]] != set.optima.protocol ||
            (cells.links.row(at) != set.optima.links.row(link)).any())
            cells.refuse(rows[k], "another link than the first method of its test set has there");
    }
    if (rows.size() != count)
        cells.refuse(rows.back(), "the last row of " + in_quotes(cells.methods[rows.front()]) + " on " +
                                      in_quotes(set.name) + ", which has " + std::to_string(count) +
                                      " links");
}

}  // namespace

Table links_table(const Benchmark& benchmark, const Items& links) {
    TableBuilder table;
    for (const MethodResult& result : benchmark.results)
        for (std::size_t row = 0; row < benchmark.outside[result.set].size(); ++row)
            add_row(table, benchmark.sets[result.set], benchmark.outside[result.set][row], result, row,
                    links.first + row * links.step);
    return std::move(table).table();
}

Benchmark read_links_table(const Table& table) {
    if (table.rows() == 0) throw Error(ErrorKind::data, table.source + ": there are no rows");
    const Cells cells(table);
    Benchmark benchmark;
    std::map<std::string, std::size_t> places;
    for (const RowGroup& section : sections_of(cells)) {
        const auto [place, added] =
            places.emplace(set_name(cells.sets[section.rows.front()]), benchmark.sets.size());
        if (added) benchmark.sets.push_back(read_set(cells, section.rows, benchmark.outside.emplace_back()));
        check_whole(cells, section.rows, benchmark.sets[place->second]);
        benchmark.results.push_back(read_result(cells, section.rows, place->second));
    }
    return benchmark;
}

}  // namespace tfqkd
