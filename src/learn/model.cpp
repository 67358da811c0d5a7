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
constexpr double same = 1e-9;  // relative: numbers this near count as equal

bool equal(double a, double b) { return std::abs(a - b) <= same * std::max(std::abs(a), std::abs(b)); }

bool constant(const Eigen::ArrayXd& column) { return equal(column.minCoeff(), column.maxCoeff()); }

Samples rows_of(const Matrix& inputs, const Matrix& targets, const std::vector<Eigen::Index>& rows) {
    return {inputs(rows, Eigen::all), targets(rows, Eigen::all)};
}

// The protocol that a data set names must exist, and be the one that is asked for, if any.
void check_protocol(const Table& data, const std::string& asked) {
    const std::string own(data.property("protocol"));
    if (own.empty()) return;
    std::string spec;
    try {
        spec = make_protocol(own)->info().spec();
    } catch (const Error& error) {
        throw Error(ErrorKind::data, data.source + ": " + error.what());
    }
    if (!asked.empty() && make_protocol(asked)->info().spec() != spec)
        throw Error(ErrorKind::data, data.source + ": the data set is of " + spec + ", not of " + asked +
                                         "; leave out --protocol");
}

}  // namespace

TrainingRows read_training_rows(const Table& data, std::string protocol) {
    check_protocol(data, protocol);
    if (protocol.empty()) protocol = data.property("protocol");
    if (protocol.empty())
        throw Error(
            ErrorKind::data,
            data.source + ": the data set does not say of which protocol it is; give --protocol NAME");
    const auto model = make_protocol(protocol);
    refuse_mistyped(data, model->info().parameters);
    const Columns links = read_links(data);
    const Table::Numbers& rate = data.numbers_or_missing("key_rate_bit_per_pulse");
    const auto& parameters = model->info().parameters;

    TrainingRows rows;
    rows.protocol = protocol;
    if (!data.source.empty()) rows.source = data.source;
    std::vector<Eigen::Index> kept;
    for (std::size_t row = 0; row < rate.size(); ++row)
        if (rate[row] > 0) kept.push_back(static_cast<Eigen::Index>(row));
    rows.without_key = rate.size() - kept.size();
    rows.links = links(kept, Eigen::all);
    rows.rate = Eigen::Map<const Eigen::ArrayXd>(rate.data(), static_cast<Eigen::Index>(rate.size()))(kept);
    rows.points.resize(static_cast<Eigen::Index>(kept.size()), static_cast<Eigen::Index>(parameters.size()));
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const Table::Numbers& cells = data.numbers_or_missing(parameters[k].name);
        for (std::size_t i = 0; i < kept.size(); ++i) {
            const auto row = static_cast<std::size_t>(kept[i]);
            if (!parameters[k].valid.contains(cells[row]))
                check_value(parameters[k], cells[row], data.where(row));
            rows.points(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) = cells[row];
        }
    }
    return rows;
}

// What varies is learned; what does not is remembered.
void Model::choose_columns(const TrainingRows& rows) {
    const auto features = link_features(protocol_->info());
    const Columns values = feature_values(protocol_->info(), rows.links);
    equal_arms_ = ((values.col(0) - values.col(1)).abs() <= same * values.col(0).abs().max(1.0)).all();
    std::vector<ScaledColumn> inputs, outputs;
    for (std::size_t f = equal_arms_ ? 1 : 0; f < features.size(); ++f) {
        const std::size_t feature = equal_arms_ && f == 1 ? 0 : f;  // one arm stands for both
        const Eigen::ArrayXd column = values.col(static_cast<Eigen::Index>(feature));
        if (constant(column)) {
            fixed_features_.emplace_back(static_cast<int>(feature), column[0]);
            continue;
        }
        const double lower = std::max(column.minCoeff(), features[feature].smallest);
        inputs.push_back(
            {features[feature].name, features[feature].scale, lower, std::max(column.maxCoeff(), lower)});
        input_features_.push_back(static_cast<int>(feature));
    }
    const auto& parameters = protocol_->info().parameters;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const Eigen::ArrayXd column = rows.points.col(static_cast<Eigen::Index>(k));
        fixed_point_.push_back(column[0]);
        if (constant(column)) continue;
        outputs.push_back({std::string(parameters[k].name), parameters[k].scale, parameters[k].search.lower,
                           parameters[k].search.upper});
        output_parameters_.push_back(static_cast<int>(k));
    }
    if (parameters.empty())
        throw Error(ErrorKind::data, protocol_->info().spec() + " has no parameters to learn: it is " +
                                         std::string(kind_meaning(protocol_->info().kind)));
    if (inputs.empty() || outputs.empty())
        throw Error(
            ErrorKind::data,
            rows.source + ": the links or their parameters are all the same: there is nothing to learn");
    inputs_ = Scaler(std::move(inputs));
    outputs_ = Scaler(std::move(outputs));
}

Matrix Model::input_columns(const Columns& features) const {
    Matrix columns(features.rows(), inputs_.size());
    const auto table = link_features(protocol_->info());
    for (int i = 0; i < inputs_.size(); ++i) {
        const int feature = input_features_[static_cast<std::size_t>(i)];
        columns.col(i) = features.col(feature).max(table[static_cast<std::size_t>(feature)].smallest);
    }
    return columns;
}

Matrix Model::scaled_inputs(const ColumnsRef& links) const {
    return inputs_.scaled(input_columns(feature_values(protocol_->info(), links)));
}

Model Model::train(const TrainingRows& rows, std::unique_ptr<Regressor> network, std::uint64_t seed) {
    if (rows.links.rows() < fewest_rows)
        throw Error(ErrorKind::data, rows.source + ": rows with a key: " + std::to_string(rows.links.rows()) +
                                         "; training needs at least " + std::to_string(fewest_rows));
    Model model;
    model.protocol_ = make_protocol(rows.protocol);
    model.choose_columns(rows);
    const Matrix inputs = model.input_columns(feature_values(model.protocol_->info(), rows.links));
    const Matrix targets = rows.points(Eigen::all, model.output_parameters_).matrix();
    model.inputs_.fit(inputs);
    model.outputs_.fit(targets);
    const Matrix scaled_inputs = model.inputs_.scaled(inputs),
                 scaled_targets = model.outputs_.scaled(targets);

    std::vector<Eigen::Index> train, check;
    for (Eigen::Index row = 0; row < inputs.rows(); ++row)
        (uniform(seed, Purpose::split, static_cast<std::uint64_t>(row), 0) < check_share ? check : train)
            .push_back(row);
    if (check.empty()) {
        check.push_back(train.back());
        train.pop_back();
    }
    const TrainingRecord record = network->fit(rows_of(scaled_inputs, scaled_targets, train),
                                               rows_of(scaled_inputs, scaled_targets, check), seed);
    model.network_ = std::move(network);
    model.record_ = {train.size(), check.size(), seed, 0, record.best_check_loss, 0};
    if (!record.train_loss.empty())
        model.record_.train_loss = record.train_loss[std::min<std::size_t>(
            static_cast<std::size_t>(std::max(record.best_epoch, 0)), record.train_loss.size() - 1)];
    return model;
}

std::string Model::outside(const Columns& features, Eigen::Index row) const {
    std::string names;
    const auto table = link_features(protocol_->info());
    const auto add = [&](const std::string& name) { names += (names.empty() ? "" : " ") + name; };
    if (equal_arms_ &&
        std::abs(features(row, 0) - features(row, 1)) > same * std::max(1.0, std::abs(features(row, 0))))
        add(table[1].name);
    for (const auto& [feature, value] : fixed_features_)
        if (!equal(features(row, feature), value)) add(table[static_cast<std::size_t>(feature)].name);
    for (int i = 0; i < inputs_.size(); ++i) {
        const ScaledColumn& column = inputs_.columns()[static_cast<std::size_t>(i)];
        const double value = features(row, input_features_[static_cast<std::size_t>(i)]);
        const double margin = same * std::max(std::abs(column.lower), std::abs(column.upper));
        if (!(value >= column.lower - margin && value <= column.upper + margin)) add(column.name);
    }
    return names;
}

Predictions Model::predict(const ColumnsRef& links) const {
    const Columns features = feature_values(protocol_->info(), links);
    const Matrix outputs = outputs_.physical(network_->predict(inputs_.scaled(input_columns(features))));
    Predictions predictions{Columns(links.rows(), static_cast<Eigen::Index>(fixed_point_.size())), {}};
    for (std::size_t k = 0; k < fixed_point_.size(); ++k)
        predictions.points.col(static_cast<Eigen::Index>(k)) = fixed_point_[k];
    for (std::size_t o = 0; o < output_parameters_.size(); ++o)
        predictions.points.col(output_parameters_[o]) = outputs.col(static_cast<Eigen::Index>(o)).array();
    for (Eigen::Index row = 0; row < links.rows(); ++row)
        predictions.outside.push_back(outside(features, row));
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
