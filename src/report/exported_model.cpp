#include "report/exported_model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "tfqkd/error.hpp"
#include "tfqkd/learn/features.hpp"
#include "tfqkd/math/random.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

constexpr double margin = 1e-9;  // relative: as Model takes numbers this near as equal

using Network = decltype(ExportedModel::network);

Network layers_of(const Perceptron& perceptron) {
    LayerNetwork network{perceptron.activation(), {}};
    for (int l = 0; l < perceptron.layers(); ++l) network.layers.emplace_back(perceptron.layer(l));
    return network;
}

Network radials_of(const Rbfnn& rbfnn) {
    const double reach = std::sqrt(std::numbers::ln2);
    RadialNetwork network{{}, rbfnn.weights(), rbfnn.bias()};
    for (const RadialField& field : rbfnn.fields())
        network.fields.push_back({reach * field.metric, reach * field.centres});
    return network;
}

Network kernels_of(const Grnn& grnn) {
    if (grnn.options().order > 1)
        throw Error(ErrorKind::usage,
                    "a grnn of order 2 is not exported; train one with --order 1 or --order 0");
    return KernelNetwork{grnn.options().order,        grnn.looked_at(),
                         grnn.options().ridge,        grnn.metric(),
                         grnn.patterns().transpose(), grnn.targets().transpose()};
}

Network network_of(const Regressor& network) {
    if (const auto* bpnn = dynamic_cast<const Bpnn*>(&network)) return layers_of(bpnn->network());
    if (const auto* rbfnn = dynamic_cast<const Rbfnn*>(&network)) return radials_of(*rbfnn);
    if (const auto* grnn = dynamic_cast<const Grnn*>(&network)) return kernels_of(*grnn);
    throw Error(ErrorKind::usage, "the model is of the kind " + std::string(network.kind()) +
                                      ", which is not exported; bpnn, rbfnn and grnn are");
}

std::vector<ExportedInput> inputs_of(const Model& model, const std::vector<Feature>& features) {
    std::vector<ExportedInput> inputs;
    for (int i = 0; i < model.inputs().size(); ++i) {
        const ScaledColumn& column = model.inputs().columns()[static_cast<std::size_t>(i)];
        const Feature& feature =
            features[static_cast<std::size_t>(model.input_features()[static_cast<std::size_t>(i)])];
        const double around = margin * std::max(std::abs(column.lower), std::abs(column.upper));
        inputs.push_back(
            {column, feature.unit, feature.smallest, column.lower - around, column.upper + around});
    }
    return inputs;
}

std::vector<ExportedOutput> outputs_of(const Model& model) {
    std::vector<ExportedOutput> outputs;
    const auto& parameters = model.protocol().info().parameters;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const Quantity& q = parameters[k];
        const auto found = std::find(model.output_parameters().begin(), model.output_parameters().end(),
                                     static_cast<int>(k));
        const int predicted = found == model.output_parameters().end()
                                  ? -1
                                  : static_cast<int>(found - model.output_parameters().begin());
        const ScaledColumn column =
            predicted < 0
                ? ScaledColumn{std::string(q.name), Scale::linear, q.search.lower, q.search.upper, 0, 0}
                : model.outputs().columns()[static_cast<std::size_t>(predicted)];
        outputs.push_back({column, std::string(q.unit), std::string(q.help), predicted,
                           model.fixed_point()[k], to_scale(column.scale, column.lower),
                           to_scale(column.scale, column.upper)});
    }
    return outputs;
}

}  // namespace

int ExportedModel::predicted() const {
    return static_cast<int>(std::count_if(
        outputs.begin(), outputs.end(), [](const ExportedOutput& output) { return output.predicted >= 0; }));
}

std::size_t ExportedModel::constants() const {
    struct Count {
        Eigen::Index operator()(const LayerNetwork& n) const {
            Eigen::Index count = 0;
            for (const Matrix& layer : n.layers) count += layer.size();
            return count;
        }
        Eigen::Index operator()(const RadialNetwork& n) const {
            Eigen::Index count = n.weights.size() + n.bias.size();
            for (const RadialField& field : n.fields) count += field.metric.size() + field.centres.size();
            return count;
        }
        Eigen::Index operator()(const KernelNetwork& n) const {
            return n.metric.size() + n.patterns.size() + n.targets.size();
        }
    };
    return static_cast<std::size_t>(std::visit(Count(), network)) + 4 * inputs.size() + 6 * outputs.size();
}

ExportedModel exported_model(const Model& model) {
    const ProtocolInfo& info = model.protocol().info();
    const auto features = link_features(info);
    ExportedModel exported{
        info.spec(), std::string(model.network().kind()), inputs_of(model, features), outputs_of(model),
        {},          network_of(model.network())};
    exported.notes.emplace_back(
        "The loss of an arm, arm_..._loss_db, is that of the channel and the detector: "
        "channel loss - 10 log10(detector efficiency).");
    if (model.equal_arms())
        exported.notes.emplace_back("Trained on links with equal arms: arm_a_loss_db is the loss of each.");
    for (const auto& [feature, value] : model.fixed_features()) {
        const Feature& f = features[static_cast<std::size_t>(feature)];
        exported.notes.push_back("Trained only with " + f.name + " = " + format_number(value) +
                                 (f.unit.empty() ? "" : " " + f.unit) + ".");
    }
    return exported;
}

Matrix trained_inputs(const ExportedModel& model, int rows) {
    const auto count = static_cast<Eigen::Index>(model.inputs.size());
    Matrix inputs(rows, count);
    for (Eigen::Index row = 0; row < rows; ++row)
        for (Eigen::Index i = 0; i < count; ++i) {
            const ScaledColumn& c = model.inputs[static_cast<std::size_t>(i)].column;
            const double drawn =
                uniform(1, Purpose::sample, static_cast<std::uint64_t>(row), static_cast<std::uint64_t>(i));
            const double share = row % 4 == 3 ? std::round(drawn) : drawn;  // every fourth row is a corner
            const double low = to_scale(c.scale, c.lower), high = to_scale(c.scale, c.upper);
            inputs(row, i) = std::clamp(from_scale(c.scale, low + (high - low) * share), c.lower, c.upper);
        }
    return inputs;
}

Matrix own_outputs(const Model& model, const ExportedModel& exported, const Matrix& inputs) {
    const Matrix predicted = model.outputs().physical(model.network().predict(model.inputs().scaled(inputs)));
    Matrix outputs(inputs.rows(), static_cast<Eigen::Index>(exported.outputs.size()));
    for (Eigen::Index o = 0; o < outputs.cols(); ++o) {
        const ExportedOutput& output = exported.outputs[static_cast<std::size_t>(o)];
        if (output.predicted < 0)
            outputs.col(o).setConstant(output.value);
        else
            outputs.col(o) = predicted.col(output.predicted);
    }
    return outputs;
}

double output_difference(const ExportedModel& model, const Matrix& found, const Matrix& expected) {
    double largest = 0;
    for (Eigen::Index o = 0; o < found.cols(); ++o) {
        const ScaledColumn& c = model.outputs[static_cast<std::size_t>(o)].column;
        if (!(c.upper > c.lower)) continue;
        const double difference =
            (found.col(o) - expected.col(o)).cwiseAbs().maxCoeff() / (c.upper - c.lower);
        if (!(difference <= largest)) largest = difference;
    }
    return found.allFinite() ? largest : HUGE_VAL;
}

}  // namespace tfqkd
