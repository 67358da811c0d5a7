#include "tfqkd/learn/density.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nn/json_matrix.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

constexpr int most_cells = 16;         // of an input
constexpr double rows_a_cell = 20;     // in the mean, so that an empty cell is no accident
constexpr double fewest_share = 0.05;  // of that mean

// A grid has gaps between its values that are not gaps in what was learned: no more cells than values.
int distinct_values(const Matrix& inputs, Eigen::Index column, int most) {
    std::vector<double> values;
    for (Eigen::Index row = 0; row < inputs.rows() && static_cast<int>(values.size()) < most; ++row) {
        const auto at = std::lower_bound(values.begin(), values.end(), inputs(row, column) - 1e-9);
        if (at == values.end() || *at > inputs(row, column) + 1e-9) values.insert(at, inputs(row, column));
    }
    return static_cast<int>(values.size());
}

}  // namespace

int Density::Axis::cell(double value) const {
    const double share = upper > lower ? (value - lower) / (upper - lower) : 0;
    return share > 0 ? static_cast<int>(std::min(share * cells, cells - 1.0)) : 0;  // NaN: 0
}

void Density::choose_pairs() {
    const int inputs = static_cast<int>(axes_.size());
    for (int a = 0; a < inputs; ++a)
        for (int b = a + 1; b < inputs; ++b) pairs_.emplace_back(a, b);
    if (inputs == 1) pairs_.emplace_back(0, 0);
    for (const auto& [a, b] : pairs_)
        counts_.emplace_back(static_cast<std::size_t>(axes_[a].cells * (a == b ? 1 : axes_[b].cells)));
}

std::size_t Density::place(std::size_t pair, int a, int b) const {
    const auto [first, second] = pairs_[pair];
    return static_cast<std::size_t>(first == second ? a : a * axes_[second].cells + b);
}

Density::Density(const Matrix& inputs) : fewest_(fewest_share), rows_(static_cast<double>(inputs.rows())) {
    assert(inputs.rows() > 0);
    const double dimensions = inputs.cols() == 1 ? 1 : 2;
    const int cells =
        static_cast<int>(std::clamp(std::pow(rows_ / rows_a_cell, 1 / dimensions), 1.0, double{most_cells}));
    for (Eigen::Index k = 0; k < inputs.cols(); ++k)
        axes_.push_back(
            {inputs.col(k).minCoeff(), inputs.col(k).maxCoeff(), distinct_values(inputs, k, cells)});
    choose_pairs();
    for (std::size_t p = 0; p < pairs_.size(); ++p)
        for (Eigen::Index row = 0; row < inputs.rows(); ++row) {
            const auto [a, b] = pairs_[p];
            counts_[p][place(p, axes_[a].cell(inputs(row, a)), axes_[b].cell(inputs(row, b)))] += 1;
        }
}

std::vector<int> Density::sparse_pairs(const Matrix& inputs) const {
    std::vector<int> sparse(static_cast<std::size_t>(inputs.rows()), -1);
    std::vector<int> cells(axes_.size());
    for (Eigen::Index row = 0; row < inputs.rows(); ++row) {
        for (std::size_t k = 0; k < axes_.size(); ++k)
            cells[k] = axes_[k].cell(inputs(row, static_cast<Eigen::Index>(k)));
        double lowest = fewest_;
        for (std::size_t p = 0; p < pairs_.size(); ++p) {
            const auto [a, b] = pairs_[p];
            const double share =
                counts_[p][place(p, cells[a], cells[b])] * static_cast<double>(counts_[p].size()) / rows_;
            if (!(share < lowest)) continue;
            lowest = share;
            sparse[static_cast<std::size_t>(row)] = static_cast<int>(p);
        }
    }
    return sparse;
}

nlohmann::json Density::save() const {
    auto axes = nlohmann::json::array();
    for (const Axis& axis : axes_)
        axes.push_back({{"lower", axis.lower}, {"upper", axis.upper}, {"cells", axis.cells}});
    return {{"rows", rows_}, {"fewest", fewest_}, {"axes", std::move(axes)}, {"counts", counts_}};
}

Density Density::load(const nlohmann::json& saved, int inputs) {
    Density density;
    density.rows_ = number_member(saved, "rows", 1, 1e15);
    density.fewest_ = number_member(saved, "fewest", 0, 1);
    const auto& axes = member(saved, "axes");
    if (!axes.is_array() || static_cast<int>(axes.size()) != inputs)
        throw Error(ErrorKind::data, "'axes' of its density must have one entry for each input");
    for (const auto& axis : axes) {
        const double cells = number_member(axis, "cells", 1, most_cells);
        density.axes_.push_back(
            {number_member(axis, "lower"), number_member(axis, "upper"), static_cast<int>(cells)});
    }
    density.choose_pairs();
    const auto& counts = member(saved, "counts");
    const auto refuse = [] {
        throw Error(ErrorKind::data, "'counts' of its density must have a number for each cell of each pair");
    };
    if (!counts.is_array() || counts.size() != density.pairs_.size()) refuse();
    for (std::size_t p = 0; p < density.pairs_.size(); ++p) {
        if (!counts[p].is_array() || counts[p].size() != density.counts_[p].size()) refuse();
        for (std::size_t k = 0; k < counts[p].size(); ++k) {
            if (!counts[p][k].is_number_unsigned()) refuse();
            density.counts_[p][k] = counts[p][k].get<unsigned>();
        }
    }
    return density;
}

}  // namespace tfqkd
