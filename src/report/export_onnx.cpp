#include <algorithm>
#include <nlohmann/json.hpp>

#include "report/exported_model.hpp"
#include "report/onnx_graph.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

// A number of each column, as a row.
template <class Columns, class Get>
Matrix row_of(const Columns& columns, Get get) {
    Matrix row(1, static_cast<Eigen::Index>(columns.size()));
    for (std::size_t c = 0; c < columns.size(); ++c) row(0, static_cast<Eigen::Index>(c)) = get(columns[c]);
    return row;
}

template <class Columns>
std::vector<bool> with_scale(const Columns& columns, Scale scale) {
    std::vector<bool> which;
    for (const auto& one : columns) which.push_back(one.column.scale == scale);
    return which;
}

bool any(const std::vector<bool>& truths) {
    return std::find(truths.begin(), truths.end(), true) != truths.end();
}

std::string scaled(OnnxGraph& g, const std::vector<ExportedInput>& inputs, const std::string& physical) {
    const std::string raised =
        g.node("Max", {physical, g.numbers(row_of(inputs, [](const auto& i) { return i.smallest; }))});
    std::string place = raised;
    if (const auto which = with_scale(inputs, Scale::log); any(which))
        place = g.node("Where", {g.truths(which), g.node("Log", {raised}), place});
    if (const auto which = with_scale(inputs, Scale::logit); any(which)) {
        const std::string one = g.numbers(Matrix::Ones(1, 1));
        const std::string odds = g.node("Div", {raised, g.node("Sub", {one, raised})});
        place = g.node("Where", {g.truths(which), g.node("Log", {odds}), place});
    }
    const Matrix spread =
        row_of(inputs, [](const auto& i) { return i.column.spread > 0 ? i.column.spread : 1.0; });
    const std::string offset =
        g.node("Sub", {place, g.numbers(row_of(inputs, [](const auto& i) { return i.column.mean; }))});
    const std::string divided = g.node("Div", {offset, g.numbers(spread)});
    const Matrix varies = row_of(inputs, [](const auto& i) { return i.column.spread > 0 ? 1.0 : 0.0; });
    return varies.minCoeff() > 0 ? divided : g.node("Mul", {divided, g.numbers(varies)});
}

// -|row - point|^2 of each input row and point: rows x points.
std::string closeness(OnnxGraph& g, const std::string& rows, const Matrix& points) {
    const std::string offset =
        g.node("Sub", {g.node("Unsqueeze", {rows, g.whole_numbers({1})}), g.stacked_numbers(points)});
    const std::string squares = g.node("Mul", {offset, offset});
    return g.node("Neg", {g.node("ReduceSum", {squares, g.whole_numbers({2})}, "keepdims", 0)});
}

std::string run(OnnxGraph& g, const LayerNetwork& network, std::string values) {
    for (std::size_t l = 0; l < network.layers.size(); ++l) {
        const Matrix& weights = network.layers[l];
        const auto in = weights.cols() - 1;
        values = g.node("Add", {g.node("MatMul", {values, g.numbers(weights.leftCols(in).transpose())}),
                                g.numbers(weights.col(in).transpose())});
        if (l + 1 < network.layers.size())
            values = g.node(network.activation == Activation::tanh ? "Tanh" : "Relu", {values});
    }
    return values;
}

std::string run(OnnxGraph& g, const RadialNetwork& network, const std::string& inputs) {
    std::string sum = g.numbers(network.bias);
    Eigen::Index first = 0;
    for (const RadialField& field : network.fields) {
        const std::string places = g.node("MatMul", {inputs, g.numbers(field.metric.transpose())});
        const std::string activations = g.node("Exp", {closeness(g, places, field.centres)});
        const Matrix weights = network.weights.middleRows(first, field.centres.rows());
        sum = g.node("Add", {g.node("MatMul", {activations, g.numbers(weights)}), sum});
        first += field.centres.rows();
    }
    return sum;
}

std::string run(OnnxGraph& g, const KernelNetwork& network, const std::string& inputs) {
    if (network.order != 0)
        throw Error(ErrorKind::usage,
                    "a grnn of order 1 solves equations for each link, which ONNX can't say; train one with "
                    "--order 0, or export it --to c99");
    const std::string places = g.node("MatMul", {inputs, g.numbers(network.metric.transpose())});
    const std::string half =
        g.node("Mul", {closeness(g, places, network.patterns), g.numbers(Matrix::Constant(1, 1, 0.5))});
    if (network.looked_at == network.patterns.rows())
        return g.node("MatMul", {g.node("Softmax", {half}, "axis", 1), g.numbers(network.targets)});
    const auto [nearest, patterns] = g.largest(half, network.looked_at);
    const std::string one = g.whole_numbers({1});
    const std::string weights = g.node("Unsqueeze", {g.node("Softmax", {nearest}, "axis", 1), one});
    const std::string targets = g.node("Gather", {g.numbers(network.targets), patterns}, "axis", 0);
    return g.node("Squeeze", {g.node("MatMul", {weights, targets}), one});
}

std::string physical(OnnxGraph& g, const std::vector<ExportedOutput>& outputs, const std::string& scaled) {
    const auto row = [&](auto get) { return g.numbers(row_of(outputs, get)); };
    const auto limited = [&](const std::string& value, const std::string& lower, const std::string& upper) {
        return g.node("Min", {g.node("Max", {value, lower}), upper});
    };
    const std::string spread = row([](const auto&o) { return o.column.spread; }),
                      mean = row([](const auto&o) { return o.column.mean; });
    const std::string place =
        limited(g.node("Add", {mean, g.node("Mul", {spread, scaled})}),
                row([](const auto& o) { return o.lowest; }), row([](const auto& o) { return o.highest; }));
    std::string value = place;
    if (const auto which = with_scale(outputs, Scale::log); any(which))
        value = g.node("Where", {g.truths(which), g.node("Exp", {place}), value});
    if (const auto which = with_scale(outputs, Scale::logit); any(which)) {
        const std::string one = g.numbers(Matrix::Ones(1, 1));
        const std::string odds = g.node("Exp", {g.node("Neg", {place})});
        const std::string logistic = g.node("Div", {one, g.node("Add", {one, odds})});
        value = g.node("Where", {g.truths(which), logistic, value});
    }
    return limited(value, row([](const auto& o) { return o.column.lower; }),
                   row([](const auto& o) { return o.column.upper; }));
}

// All parameters in the protocol's order: those that are always the same stand behind the predicted ones, and
// then all are put in order.
std::string with_fixed(OnnxGraph& g, const ExportedModel& model, const std::string& inputs,
                       const std::string& predicted) {
    const int count = model.predicted();
    std::vector<ExportedOutput> fixed;
    std::vector<int> order;
    for (const ExportedOutput& output : model.outputs) {
        order.push_back(output.predicted >= 0 ? output.predicted : count + static_cast<int>(fixed.size()));
        if (output.predicted < 0) fixed.push_back(output);
    }
    if (fixed.empty()) return predicted;
    const std::string links = g.node("Gather", {g.node("Shape", {inputs}), g.whole_numbers({0})}, "axis", 0);
    const std::string shape =
        g.node("Concat", {links, g.whole_numbers({static_cast<int>(fixed.size())})}, "axis", 0);
    const std::string values =
        g.node("Expand", {g.numbers(row_of(fixed, [](const auto& o) { return o.value; })), shape});
    return g.node("Gather", {g.node("Concat", {predicted, values}, "axis", 1), g.whole_numbers(order)},
                  "axis", 1);
}

void add_metadata(OnnxGraph& g, const ExportedModel& model) {
    nlohmann::json inputs = nlohmann::json::array(), outputs = inputs;
    for (const ExportedInput& i : model.inputs)
        inputs.push_back({{"name", i.column.name},
                          {"unit", i.unit},
                          {"trained_from", i.column.lower},
                          {"trained_to", i.column.upper}});
    for (const ExportedOutput& o : model.outputs)
        outputs.push_back({{"name", o.column.name},
                           {"unit", o.unit},
                           {"lower", o.column.lower},
                           {"upper", o.column.upper},
                           {"predicted", o.predicted >= 0}});
    g.metadata("tfqkd.protocol", model.protocol);
    g.metadata("tfqkd.network", model.kind);
    g.metadata("tfqkd.inputs", inputs.dump());
    g.metadata("tfqkd.outputs", outputs.dump());
    g.metadata("tfqkd.notes", nlohmann::json(model.notes).dump());
}

}  // namespace

bool onnx_is_built() { return true; }

std::string export_onnx(const Model& model, Precision precision) {
    const ExportedModel exported = exported_model(model);
    OnnxGraph graph(precision);
    const std::string inputs = graph.input("inputs", static_cast<int>(exported.inputs.size()));
    const std::string x = scaled(graph, exported.inputs, inputs);
    const std::string y =
        std::visit([&](const auto& network) { return run(graph, network, x); }, exported.network);
    std::vector<ExportedOutput> predicted(static_cast<std::size_t>(exported.predicted()));
    for (const ExportedOutput& output : exported.outputs)
        if (output.predicted >= 0) predicted[static_cast<std::size_t>(output.predicted)] = output;
    graph.output("outputs", with_fixed(graph, exported, inputs, physical(graph, predicted, y)),
                 static_cast<int>(exported.outputs.size()));
    add_metadata(graph, exported);
    return graph.bytes();
}

}  // namespace tfqkd
