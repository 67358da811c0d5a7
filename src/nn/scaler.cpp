#include "tfqkd/nn/scaler.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nn/json_matrix.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

Scale scale_of(const std::string& typed) {
    for (const Scale scale : {Scale::linear, Scale::log, Scale::logit})
        if (typed == scale_name(scale)) return scale;
    throw Error(ErrorKind::data, "saved model: scale '" + typed + "' must be linear, log or logit");
}

double forward(const ScaledColumn& column, double value) {
    return column.spread > 0 ? (to_scale(column.scale, value) - column.mean) / column.spread : 0;
}

// Kept within the bounds on the scale too, so that from_scale never meets an overflow.
double backward(const ScaledColumn& column, double lowest, double highest, double value) {
    const double place = std::clamp(column.mean + column.spread * value, lowest, highest);
    return std::clamp(from_scale(column.scale, place), column.lower, column.upper);
}

// A spread this small beside the mean is rounding.
double spread_or_zero(double spread, double mean) { return spread > 1e-12 * std::abs(mean) ? spread : 0; }

}  // namespace

Scaler::Scaler(std::vector<ScaledColumn> columns) : columns_(std::move(columns)) {
    for (const auto& column : columns_) {
        lowest_.push_back(to_scale(column.scale, column.lower));
        highest_.push_back(to_scale(column.scale, column.upper));
        if (!std::isfinite(lowest_.back()) || !std::isfinite(highest_.back()) ||
            !(column.lower <= column.upper))
            throw Error(ErrorKind::usage, column.name + ": bounds must be finite, in order and inside the " +
                                              std::string(scale_name(column.scale)) + " scale");
    }
}

void Scaler::fit(const Matrix& physical) {
    assert(physical.cols() == size() && physical.rows() > 0);
    for (int c = 0; c < size(); ++c) {
        auto& column = columns_[c];
        const Eigen::ArrayXd place =
            physical.col(c).array().unaryExpr([&](double value) { return to_scale(column.scale, value); });
        if (!place.allFinite())
            throw Error(ErrorKind::data, column.name + ": a value is not on the " +
                                             std::string(scale_name(column.scale)) + " scale");
        column.mean = place.mean();
        column.spread = spread_or_zero(std::sqrt((place - column.mean).square().mean()), column.mean);
    }
}

Matrix Scaler::scaled(const Matrix& physical) const {
    assert(physical.cols() == size());
    Matrix result(physical.rows(), physical.cols());
    for (int c = 0; c < size(); ++c)
        for (Eigen::Index row = 0; row < physical.rows(); ++row)
            result(row, c) = forward(columns_[c], physical(row, c));
    return result;
}

void Scaler::scale_one(std::span<const double> physical, std::span<double> out) const {
    assert(physical.size() == columns_.size() && out.size() == columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c) out[c] = forward(columns_[c], physical[c]);
}

Matrix Scaler::physical(const Matrix& scaled) const {
    assert(scaled.cols() == size());
    Matrix result(scaled.rows(), scaled.cols());
    for (int c = 0; c < size(); ++c)
        for (Eigen::Index row = 0; row < scaled.rows(); ++row)
            result(row, c) = backward(columns_[c], lowest_[c], highest_[c], scaled(row, c));
    return result;
}

void Scaler::unscale_one(std::span<const double> scaled, std::span<double> out) const {
    assert(scaled.size() == columns_.size() && out.size() == columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c)
        out[c] = backward(columns_[c], lowest_[c], highest_[c], scaled[c]);
}

nlohmann::json Scaler::save() const {
    auto saved = nlohmann::json::array();
    for (const auto& column : columns_) {
        if (!std::isfinite(column.mean) || !std::isfinite(column.spread))
            throw Error(ErrorKind::data, column.name + ": mean or spread is not finite, so it is not saved");
        saved.push_back({{"name", column.name},
                         {"scale", std::string(scale_name(column.scale))},
                         {"lower", column.lower},
                         {"upper", column.upper},
                         {"mean", column.mean},
                         {"spread", column.spread}});
    }
    return saved;
}

Scaler Scaler::load(const nlohmann::json& saved) {
    if (!saved.is_array()) throw Error(ErrorKind::data, "saved model: a scaler must be a list of columns");
    std::vector<ScaledColumn> columns;
    for (const auto& one : saved)
        columns.push_back({text_member(one, "name"), scale_of(text_member(one, "scale")),
                           number_member(one, "lower"), number_member(one, "upper"),
                           number_member(one, "mean"), number_member(one, "spread", 0)});
    try {
        return Scaler(std::move(columns));
    } catch (const Error& error) {
        throw Error(ErrorKind::data, std::string("saved model: ") + error.what());
    }
}

}  // namespace tfqkd
