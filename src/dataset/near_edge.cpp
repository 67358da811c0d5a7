#include "dataset/near_edge.hpp"

#include <algorithm>
#include <limits>

namespace tfqkd {

namespace {

constexpr int halvings = 12;

// A row between a shift with a key and one without.
struct Bracket {
    double with_key, without_key;
    bool any_key = false, any_end = false;

    double trial() const { return 0.5 * (with_key + without_key); }
    void take(double shift, bool key) {
        (key ? with_key : without_key) = shift;
        (key ? any_key : any_end) = true;
    }
};

// Some rows of a table, in the order of `rows`.
Table chosen_rows(const Table& links, const std::vector<std::size_t>& rows) {
    Table some;
    some.properties = links.properties;
    for (const Table::Column& column : links.columns()) {
        Table::Numbers cells;
        for (const std::size_t row : rows) cells.push_back(links.numbers(column.name)[row]);
        some.add(column.name, std::move(cells));
    }
    return some;
}

}  // namespace

std::vector<DomainAxis> length_axes(const Domain& domain) {
    std::vector<DomainAxis> lengths;
    for (const DomainAxis& axis : domain.axes)
        if (is_length(axis.name)) lengths.push_back(axis);
    return lengths;
}

std::pair<double, double> shift_range(const Table& links, const std::vector<DomainAxis>& lengths,
                                      std::size_t row) {
    constexpr double far = std::numeric_limits<double>::infinity();
    std::pair<double, double> range{-far, far};
    for (const DomainAxis& axis : lengths) {
        const double value = links.numbers(axis.name)[row];
        range = {std::max(range.first, axis.lower - value), std::min(range.second, axis.upper - value)};
    }
    return range;
}

Table shifted(const Table& links, const std::vector<DomainAxis>& lengths, const std::vector<double>& shift) {
    Table moved;
    moved.properties = links.properties;
    for (const Table::Column& column : links.columns()) {
        Table::Numbers cells = links.numbers(column.name);
        for (const DomainAxis& axis : lengths)
            if (axis.name == column.name)
                for (std::size_t row = 0; row < cells.size(); ++row)
                    cells[row] = std::clamp(cells[row] + shift[row], axis.lower, axis.upper);
        moved.add(column.name, std::move(cells));
    }
    return moved;
}

std::vector<double> shifts_to_last_key(const Protocol& protocol, const Table& links,
                                       const std::vector<DomainAxis>& lengths,
                                       const std::vector<std::pair<std::string, double>>& set,
                                       const std::vector<std::size_t>& rows,
                                       const std::vector<std::pair<std::string, double>>& fixed,
                                       int threads) {
    if (rows.empty()) return {};
    const Table some = chosen_rows(links, rows);
    std::vector<Bracket> brackets;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto [least, most] = shift_range(some, lengths, row);
        brackets.push_back({least, most});
    }
    SearchOptions options;
    options.restarts = 0;
    const auto search = make_search("gradient", options);
    std::vector<double> shift(rows.size(), 0);  // the drawn links first
    Objective objective = make_objective(protocol, read_links(some, set), fixed, threads);
    for (int k = 0; k <= halvings; ++k) {
        if (k > 0) {
            for (std::size_t row = 0; row < rows.size(); ++row) shift[row] = brackets[row].trial();
            objective.links = read_links(shifted(some, lengths, shift), set);
        }
        const Optima optima = search->maximize(objective);
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const auto r = static_cast<Eigen::Index>(row);
            const bool key = optima.rate[r] > 0;
            brackets[row].take(shift[row], key);
            if (key) objective.starts.row(r) = optima.points.row(r);
        }
    }
    std::vector<double> end;
    for (const Bracket& bracket : brackets)
        end.push_back(bracket.any_key && bracket.any_end ? bracket.with_key
                                                         : std::numeric_limits<double>::quiet_NaN());
    return end;
}

}  // namespace tfqkd
