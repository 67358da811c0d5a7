#include "tfqkd/nn/scaler.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nn/json_matrix.hpp"
#include "nn/vector_math.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

constexpr std::size_t most_together = 64;

Scale scale_of(const std::string& typed) {
    for (const Scale scale : {Scale::linear, Scale::log, Scale::logit})
        if (typed == scale_name(scale)) return scale;
    throw Error(ErrorKind::data, "saved model: scale '" + typed + "' must be linear, log or logit");
}

// Numbers onto a column's scale and back. One row and many go the same way, so that they agree to the bit.
void onto_scale(Scale scale, double* values, Eigen::Index count) {
    if (scale == Scale::log)
        apply_in_blocks(values, count, [](const auto& x) { return x.log().eval(); });
    else if (scale == Scale::logit)
        apply_in_blocks(values, count, [](const auto& x) { return (x / (1 - x)).log().eval(); });
}

void off_scale(Scale scale, double* values, Eigen::Index count) {
    if (scale == Scale::log)
        exp_in_place(values, count);
    else if (scale == Scale::logit)
        apply_in_blocks(values, count, [](const auto& x) { return (1 / (1 + (-x).exp())).eval(); });
}

double centred(const ScaledColumn& column, double place) {
    return column.spread > 0 ? (place - column.mean) * (1 / column.spread) : 0;
}

// Kept within the bounds on the scale too, so that the way back never meets an overflow.
double uncentred(const ScaledColumn& column, double lowest, double highest, double value) {
    return std::min(std::max(column.mean + column.spread * value, lowest), highest);
}

// A spread this small beside the mean is rounding.
double spread_or_zero(double spread, double mean) { return spread > 1e-12 * std::abs(mean) ? spread : 0; }

}  // namespace

Scaler::Scaler(std::vector<ScaledColumn> columns) : columns_(std::move(columns)) {
    for (const Scale scale : {Scale::log, Scale::logit}) {
        std::vector<std::size_t> members;
        for (std::size_t c = 0; c < columns_.size(); ++c)
            if (columns_[c].scale == scale) members.push_back(c);
        if (!members.empty()) groups_.emplace_back(scale, std::move(members));
    }
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
    Matrix result = physical;
    for (int c = 0; c < size(); ++c) {
        onto_scale(columns_[c].scale, result.col(c).data(), result.rows());
        for (double& value : result.col(c)) value = centred(columns_[c], value);
    }
    return result;
}

Matrix Scaler::physical(const Matrix& scaled) const {
    assert(scaled.cols() == size());
    Matrix result = scaled;
    for (int c = 0; c < size(); ++c) {
        const ScaledColumn& column = columns_[c];
        for (double& value : result.col(c)) value = uncentred(column, lowest_[c], highest_[c], value);
        off_scale(column.scale, result.col(c).data(), result.rows());
        for (double& value : result.col(c)) value = std::min(std::max(value, column.lower), column.upper);
    }
    return result;
}

// All columns of a scale side by side, so that they share registers.
template <class Function>
void Scaler::by_scale(std::span<double> row, Function function) const {
    double together[most_together];
    for (const auto& [scale, members] : groups_)
        for (std::size_t start = 0; start < members.size(); start += most_together) {
            const std::size_t count = std::min(most_together, members.size() - start);
            for (std::size_t k = 0; k < count; ++k) together[k] = row[members[start + k]];
            function(scale, together, static_cast<Eigen::Index>(count));
            for (std::size_t k = 0; k < count; ++k) row[members[start + k]] = together[k];
        }
}

void Scaler::scale_one(std::span<const double> physical, std::span<double> out) const {
    assert(physical.size() == columns_.size() && out.size() == columns_.size());
    std::copy(physical.begin(), physical.end(), out.begin());
    by_scale(out, onto_scale);
    for (std::size_t c = 0; c < columns_.size(); ++c) out[c] = centred(columns_[c], out[c]);
}

void Scaler::unscale_one(std::span<const double> scaled, std::span<double> out) const {
    assert(scaled.size() == columns_.size() && out.size() == columns_.size());
    for (std::size_t c = 0; c < columns_.size(); ++c)
        out[c] = uncentred(columns_[c], lowest_[c], highest_[c], scaled[c]);
    by_scale(out, off_scale);
    for (std::size_t c = 0; c < columns_.size(); ++c)
        out[c] = std::min(std::max(out[c], columns_[c].lower), columns_[c].upper);
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
