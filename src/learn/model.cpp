#include "tfqkd/learn/model.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "tfqkd/error.hpp"
#include "tfqkd/learn/features.hpp"
#include "tfqkd/math/random.hpp"

namespace tfqkd {

namespace {

constexpr double check_share = 0.1;
constexpr Eigen::Index fewest_rows = 20;
constexpr double unlabelled_spread = 0.15;      // of an output, as a part of its search range
constexpr std::size_t rows_of_first_fit = 500;  // on start points, which are simple functions of the link
// Rows that Eigen takes at once: up to 48 with 16 floats a register. A call is smaller than the blocks in
// which networks work, of which the last tile would be a ragged one.
constexpr Eigen::Index tile = 48, most_rows = 5 * tile;
constexpr double same = 1e-9;  // relative: numbers this near count as equal

bool equal(double a, double b) { return std::abs(a - b) <= same * std::max(std::abs(a), std::abs(b)); }

bool constant(const Eigen::ArrayXd& column) { return equal(column.minCoeff(), column.maxCoeff()); }

Samples rows_of(const Matrix& inputs, const Matrix& targets, const std::vector<Eigen::Index>& rows) {
    return {inputs(rows, Eigen::all), targets(rows, Eigen::all)};
}

void require_enough(const TrainingRows& rows, bool labelled) {
    if (rows.links.rows() < fewest_rows)
        throw Error(ErrorKind::data, rows.source + (labelled ? ": rows with a key: " : ": rows: ") +
                                         std::to_string(rows.links.rows()) + "; training needs at least " +
                                         std::to_string(fewest_rows));
}

}  // namespace

// What varies is learned; what does not is remembered.
void Model::choose_inputs(const Columns& features, const std::string& source) {
    equal_arms_ = ((features.col(0) - features.col(1)).abs() <= same * features.col(0).abs().max(1.0)).all();
    std::vector<ScaledColumn> inputs;
    for (std::size_t f = equal_arms_ ? 1 : 0; f < features_.size(); ++f) {
        const std::size_t feature = equal_arms_ && f == 1 ? 0 : f;  // one arm stands for both
        const Eigen::ArrayXd column = features.col(static_cast<Eigen::Index>(feature));
        if (constant(column)) {
            fixed_features_.emplace_back(static_cast<int>(feature), column[0]);
            continue;
        }
        const double lower = std::max(column.minCoeff(), features_[feature].smallest);
        inputs.push_back(
            {features_[feature].name, features_[feature].scale, lower, std::max(column.maxCoeff(), lower)});
        input_features_.push_back(static_cast<int>(feature));
    }
    if (inputs.empty())
        throw Error(ErrorKind::data, source + ": the links are all the same: there is nothing to learn");
    inputs_ = Scaler(std::move(inputs));
    const Matrix columns = input_columns(features);
    inputs_.fit(columns);
    density_ = Density(inputs_.scaled(columns));
}

// Without labels every parameter that searches move is an output, its spread a part of its range.
void Model::choose_outputs(const TrainingRows& rows, bool labelled) {
    const auto& parameters = protocol_->info().parameters;
    if (parameters.empty())
        throw Error(ErrorKind::data, protocol_->info().spec() + " has no parameters to learn: it is " +
                                         std::string(kind_meaning(protocol_->info().kind)));
    std::vector<ScaledColumn> outputs;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const Quantity& q = parameters[k];
        const Eigen::ArrayXd column = rows.points.col(static_cast<Eigen::Index>(k));
        fixed_point_.push_back(column[0]);
        if (labelled ? constant(column) : !q.optimised) continue;
        outputs.push_back({std::string(q.name), q.scale, q.search.lower, q.search.upper});
        output_parameters_.push_back(static_cast<int>(k));
        if (labelled) continue;
        const double width = to_scale(q.scale, q.search.upper) - to_scale(q.scale, q.search.lower);
        outputs.back().mean = to_scale(q.scale, column[0]);
        outputs.back().spread = unlabelled_spread * width;
    }
    if (outputs.empty())
        throw Error(ErrorKind::data,
                    rows.source + ": the parameters are all the same: there is nothing to learn");
    outputs_ = Scaler(std::move(outputs));
    if (labelled) outputs_.fit(rows.points(Eigen::all, output_parameters_).matrix());
}

Matrix Model::input_columns(const Columns& features) const {
    Matrix columns(features.rows(), inputs_.size());
    for (int i = 0; i < inputs_.size(); ++i) {
        const int feature = input_features_[static_cast<std::size_t>(i)];
        columns.col(i) = features.col(feature).max(features_[static_cast<std::size_t>(feature)].smallest);
    }
    return columns;
}

Matrix Model::scaled_inputs(const ColumnsRef& links) const {
    return inputs_.scaled(input_columns(feature_values(protocol_->info(), links)));
}

Model::Split Model::split(Eigen::Index rows, std::uint64_t seed) {
    Split split;
    for (Eigen::Index row = 0; row < rows; ++row)
        (uniform(seed, Purpose::split, static_cast<std::uint64_t>(row), 0) < check_share ? split.check
                                                                                         : split.train)
            .push_back(row);
    if (split.check.empty()) {
        split.check.push_back(split.train.back());
        split.train.pop_back();
    }
    return split;
}

// A model that knows its columns but has no network yet.
Model Model::start(const TrainingRows& rows, bool labelled, std::uint64_t seed) {
    require_enough(rows, labelled);
    Model model;
    model.protocol_ = make_protocol(rows.protocol);
    model.features_ = link_features(model.protocol_->info());
    model.choose_outputs(rows, labelled);
    model.choose_inputs(feature_values(model.protocol_->info(), rows.links), rows.source);
    model.record_.seed = seed;
    return model;
}

void Model::take_record(const TrainingRecord& record, TrainingLoss loss) {
    record_.loss = loss;
    record_.check_loss = record.best_check_loss;
    record_.train_loss = 0;
    if (!record.train_loss.empty())
        record_.train_loss = record.train_loss[std::min<std::size_t>(
            static_cast<std::size_t>(std::max(record.best_epoch, 0)), record.train_loss.size() - 1)];
}

Model Model::train(const TrainingRows& rows, std::unique_ptr<Regressor> network, std::uint64_t seed,
                   int threads) {
    Model model = start(rows, true, seed);
    const Matrix inputs = model.scaled_inputs(rows.links);
    const Matrix targets = model.outputs_.scaled(rows.points(Eigen::all, model.output_parameters_).matrix());
    const Split split = Model::split(rows.links.rows(), seed);
    const TrainingRecord record = network->fit(rows_of(inputs, targets, split.train),
                                               rows_of(inputs, targets, split.check), seed, threads);
    model.network_ = std::move(network);
    model.record_.train_rows = split.train.size();
    model.record_.check_rows = split.check.size();
    model.take_record(record, TrainingLoss::mean_square);
    return model;
}

TrainingRows Model::rows_within(const TrainingRows& rows) const {
    if (rows.protocol != protocol_->info().spec())
        throw Error(ErrorKind::data, rows.source + ": optima of " + rows.protocol +
                                         ", but the model is for " + protocol_->info().spec());
    const auto names = outside(feature_values(protocol_->info(), rows.links));
    std::vector<Eigen::Index> within;
    for (std::size_t row = 0; row < names.size(); ++row)
        if (names[row].empty()) within.push_back(static_cast<Eigen::Index>(row));
    return {rows.protocol,
            rows.links(within, Eigen::all),
            rows.points(within, Eigen::all),
            rows.rate(within),
            rows.without_key,
            rows.source};
}

KeyRateSet Model::key_rate_set(const TrainingRows& rows, const std::vector<Eigen::Index>& some) const {
    const Columns links = rows.links(some, Eigen::all);
    return {scaled_inputs(links), KeyRateLoss(*protocol_, point_map(), links, rows.rate(some))};
}

void Model::train_on_key_rate(const TrainingRows& rows, const KeyRateOptions& options, std::uint64_t seed,
                              int threads) {
    require_enough(rows, true);
    record_.seed = seed;
    const Split split = Model::split(rows.links.rows(), seed);
    record_.train_rows = split.train.size();
    record_.check_rows = split.check.size();
    take_record(tfqkd::train_on_key_rate(*network_, key_rate_set(rows, split.train),
                                         key_rate_set(rows, split.check), options, seed, threads),
                TrainingLoss::key_rate);
}

Model Model::train_without_labels(const TrainingRows& rows, std::unique_ptr<Regressor> network,
                                  const KeyRateOptions& options, std::uint64_t seed, int threads) {
    Model model = start(rows, false, seed);
    const Split split = Model::split(rows.links.rows(), seed);
    const std::vector<Eigen::Index> first(
        split.train.begin(),
        split.train.begin() + static_cast<std::ptrdiff_t>(std::min(split.train.size(), rows_of_first_fit)));
    const Columns points = rows.points(first, Eigen::all);
    const Samples starts{model.scaled_inputs(rows.links(first, Eigen::all)),
                         model.outputs_.scaled(points(Eigen::all, model.output_parameters_).matrix())};
    network->fit(starts, {}, seed, threads);
    model.network_ = std::move(network);
    model.record_.train_rows = split.train.size();
    model.record_.check_rows = split.check.size();
    model.take_record(
        tfqkd::train_without_labels(*model.network_, model.key_rate_set(rows, split.train),
                                    model.key_rate_set(rows, split.check), options, seed, threads),
        TrainingLoss::key_rate);
    return model;
}

std::vector<std::string> Model::outside(const Columns& features) const {
    std::vector<std::string> names(static_cast<std::size_t>(features.rows()));
    const auto mark = [&](const auto& inside, const std::string& name) {
        for (Eigen::Index row = 0; row < features.rows(); ++row)
            if (std::string& list = names[static_cast<std::size_t>(row)]; !inside[row])
                list += (list.empty() ? "" : " ") + name;
    };
    if (equal_arms_)
        mark((features.col(0) - features.col(1)).abs() <= same * features.col(0).abs().max(1.0),
             features_[1].name);
    for (const auto& [feature, value] : fixed_features_)
        mark((features.col(feature) - value).abs() <= same * features.col(feature).abs().max(std::abs(value)),
             features_[static_cast<std::size_t>(feature)].name);
    for (int i = 0; i < inputs_.size(); ++i) {
        const ScaledColumn& column = inputs_.columns()[static_cast<std::size_t>(i)];
        const auto value = features.col(input_features_[static_cast<std::size_t>(i)]);
        const double margin = same * std::max(std::abs(column.lower), std::abs(column.upper));
        mark(value >= column.lower - margin && value <= column.upper + margin, column.name);
    }
    return names;
}

std::vector<std::string> Model::sparse(const Matrix& inputs, const std::vector<std::string>& outside) const {
    std::vector<std::string> names(outside.size());
    const std::vector<int> pairs = density_.sparse_pairs(inputs);
    for (std::size_t row = 0; row < names.size(); ++row) {
        if (pairs[row] < 0 || !outside[row].empty()) continue;
        const auto [a, b] = density_.pairs()[static_cast<std::size_t>(pairs[row])];
        const auto& columns = inputs_.columns();
        names[row] = columns[static_cast<std::size_t>(a)].name;
        if (a != b) names[row] += "+" + columns[static_cast<std::size_t>(b)].name;
    }
    return names;
}

// How Eigen multiplies matrices depends on the place of a row among the others, at the ends of its tiles; so
// the last tile is filled up with copies of the last row.
Columns Model::points_of(const Matrix& inputs, Precision precision) const {
    Columns points(inputs.rows(), static_cast<Eigen::Index>(fixed_point_.size()));
    Matrix some;
    for (Eigen::Index first = 0; first < inputs.rows(); first += most_rows) {
        const Eigen::Index count = std::min(most_rows, inputs.rows() - first),
                           filled = (count + tile - 1) / tile * tile;
        some.resize(filled, inputs.cols());
        some.topRows(count) = inputs.middleRows(first, count);
        some.bottomRows(filled - count) = inputs.row(first + count - 1).replicate(filled - count, 1);
        const Matrix outputs = precision == Precision::double_precision ? network_->predict(some)
                                                                        : network_->predict_in_single(some);
        points.middleRows(first, count) = point_map().points(outputs.topRows(count));
    }
    return points;
}

Columns Model::points(const ColumnsRef& links, Precision precision) const {
    return points_of(scaled_inputs(links), precision);
}

Predictions Model::predict(const ColumnsRef& links, Precision precision) const {
    const Columns features = feature_values(protocol_->info(), links);
    const Matrix inputs = inputs_.scaled(input_columns(features));
    Predictions predictions{points_of(inputs, precision), outside(features), {}};
    predictions.sparse = sparse(inputs, predictions.outside);
    return predictions;
}

void Model::predict_one(std::span<const double> link, std::span<double> point) const {
    constexpr std::size_t most = 64;
    assert(static_cast<std::size_t>(inputs_.size()) <= most &&
           static_cast<std::size_t>(outputs_.size()) <= most);
    double features[most], input[most], output[most];
    feature_values(protocol_->info(), link, {features, most});
    const auto inputs = static_cast<std::size_t>(inputs_.size()),
               outputs = static_cast<std::size_t>(outputs_.size());
    for (std::size_t i = 0; i < inputs; ++i)
        input[i] =
            std::max(features[input_features_[i]], inputs_.columns()[i].scale == Scale::log ? 1e-18 : -1e300);
    inputs_.scale_one({input, inputs}, {input, inputs});
    network_->predict_one({input, inputs}, {output, outputs});
    outputs_.unscale_one({output, outputs}, {output, outputs});
    std::copy(fixed_point_.begin(), fixed_point_.end(), point.begin());
    for (std::size_t o = 0; o < outputs; ++o)
        point[static_cast<std::size_t>(output_parameters_[o])] = output[o];
}

}  // namespace tfqkd
