#include "tfqkd/learn/key_rate_loss.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace tfqkd {

namespace {

constexpr double tangent_below = 0.5;  // of the reference
constexpr double tolerated = 0.1;      // a link's loss from which on it counts less
constexpr double draw_back = 1;        // weight of the square of an overshoot
constexpr double lowest_score = 1;     // half of the steepness that the score has is left at minus this

struct Bad {
    double value, slope;
};

// With its slope by the score: -ln x for x = score / reference from 1/2 up; the tangent there down to x = 0;
// below, a curve that starts with the score's own slope and flattens out.
Bad badness(double score, double reference) {
    if (!(score > -1e6)) score = -1e6;
    const double x = score / reference;
    if (x >= tangent_below) return {-std::log(x), -1 / score};
    const double at_zero = 1 - std::log(tangent_below);
    if (score > 0) return {at_zero - x / tangent_below, -1 / (tangent_below * reference)};
    const double root = std::sqrt(1 - score / lowest_score);
    return {at_zero + 2 * lowest_score * (root - 1), -1 / root};
}

// What a link's loss counts for, and the slope of that; losses below 0, better than the reference, in full.
Bad bounded(double loss) {
    if (loss <= 0) return {loss, 1};
    return {tolerated * std::log1p(loss / tolerated), 1 / (1 + loss / tolerated)};
}

}  // namespace

KeyRateLoss::KeyRateLoss(const Protocol& protocol, PointMap map, Columns links, Eigen::ArrayXd reference)
    : protocol_(protocol), map_(map), links_(std::move(links)), reference_(std::move(reference)) {
    assert(reference_.size() == links_.rows() && (reference_ > 0).all());
    for (const ScaledColumn& column : map_.scaler.columns()) {
        const double unit = column.spread > 0 ? column.spread : 1;
        lowest_.push_back((to_scale(column.scale, column.lower) - column.mean) / unit);
        highest_.push_back((to_scale(column.scale, column.upper) - column.mean) / unit);
    }
}

double KeyRateLoss::overshoot(double scaled, Eigen::Index output) const {
    const auto k = static_cast<std::size_t>(output);
    return scaled - std::clamp(scaled, lowest_[k], highest_[k]);
}

// d score / d scaled output.
double KeyRateLoss::by_scaled(Eigen::Index output, const Eigen::ArrayXd& point,
                              const Eigen::ArrayXd& slopes) const {
    const ScaledColumn& column = map_.scaler.columns()[static_cast<std::size_t>(output)];
    const int parameter = map_.parameters[static_cast<std::size_t>(output)];
    const double slope = slopes[parameter] * scale_slope(column.scale, point[parameter]) * column.spread;
    return std::isfinite(slope) ? slope : 0;
}

Eigen::ArrayXd KeyRateLoss::scores(const Matrix& predicted) const {
    Eigen::ArrayXd values(predicted.rows());
    protocol_.rates(links_, map_.points(predicted), Measure::score, values);
    return values;
}

KeyRateLoss KeyRateLoss::part(const std::vector<Eigen::Index>& rows) const {
    return {protocol_, map_, links_(rows, Eigen::all), reference_(rows)};
}

double KeyRateLoss::operator()(const Matrix& predicted, std::span<const int> rows, Matrix* slope) const {
    const Eigen::Index count = predicted.rows();
    assert(count == static_cast<Eigen::Index>(rows.size()) && count > 0);
    const Columns links = links_(rows, Eigen::all), points = map_.points(predicted);
    Eigen::ArrayXd scores(count);
    Columns slopes(slope ? count : 0, slope ? points.cols() : 0);
    if (slope)
        protocol_.slopes(links, points, Measure::score, scores, slopes);
    else
        protocol_.rates(links, points, Measure::score, scores);
    if (slope) slope->resize(count, predicted.cols());
    double sum = 0;
    const double share = 1 / static_cast<double>(count);
    for (Eigen::Index row = 0; row < count; ++row) {
        const double reference = reference_[rows[static_cast<std::size_t>(row)]];
        const Bad bad = badness(scores[row], reference);
        double total = bad.value;
        for (Eigen::Index k = 0; k < predicted.cols(); ++k) {
            const double beyond = overshoot(predicted(row, k), k);
            total += draw_back * beyond * beyond;
        }
        const Bad counted = bounded(total);
        sum += counted.value;
        if (!slope) continue;
        for (Eigen::Index k = 0; k < predicted.cols(); ++k) {
            const double beyond = overshoot(predicted(row, k), k);
            const double by_output = beyond != 0 ? 2 * draw_back * beyond
                                                 : bad.slope * by_scaled(k, points.row(row), slopes.row(row));
            (*slope)(row, k) = share * counted.slope * by_output;
        }
    }
    return share * sum;
}

}  // namespace tfqkd
