#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tfqkd/learn/model.hpp"
#include "tfqkd/nn/perceptron.hpp"
#include "tfqkd/nn/rbfnn.hpp"

namespace tfqkd {

// An input of an exported network: a feature of a link, how it is scaled, and where it was trained.
struct ExportedInput {
    ScaledColumn column;
    std::string unit;
    double smallest;  // values below it are taken as it
    double from, to;  // inside the trained range, with the margin for rounding
};

// An output: a parameter, predicted or always the same.
struct ExportedOutput {
    ScaledColumn column;
    std::string unit, help;
    int predicted;           // its number among the network's outputs, or -1
    double value;            // where it is not predicted
    double lowest, highest;  // the column's bounds on its scale
};

// Layers of outputs x (inputs + 1), the last column the bias.
struct LayerNetwork {
    Activation activation;
    std::vector<Matrix> layers;
};

// exp(-|metric x input - centre|^2) of the centres of all fields, weighted, plus the bias.
struct RadialNetwork {
    std::vector<RadialField> fields;
    Matrix weights;           // centres of all fields x outputs
    Eigen::RowVectorXd bias;  // outputs
};

// A fit to patterns weighted by exp(-|pattern - metric x input|^2 / 2).
struct KernelNetwork {
    int order, looked_at;
    double ridge;
    Matrix metric;    // inputs x inputs
    Matrix patterns;  // patterns x inputs
    Matrix targets;   // patterns x outputs
};

// All that a model is, without the classes that trained it: what exports are made from.
struct ExportedModel {
    std::string protocol, kind;
    std::vector<ExportedInput> inputs;
    std::vector<ExportedOutput> outputs;  // all parameters of the protocol
    std::vector<std::string> notes;       // what else held in training
    std::variant<LayerNetwork, RadialNetwork, KernelNetwork> network;

    int predicted() const;          // outputs of the network itself
    std::size_t constants() const;  // numbers that the network consists of
};

// Throws Error (usage) for a kind of network that is not exported.
ExportedModel exported_model(const Model& model);

// Rows of inputs (physical) spread over the trained range, among them its corners.
Matrix trained_inputs(const ExportedModel& model, int rows);
// The model's own outputs for such rows: rows x outputs.
Matrix own_outputs(const Model& model, const ExportedModel& exported, const Matrix& inputs);
// The largest difference of two outputs, as a share of the parameter's search range.
double output_difference(const ExportedModel& model, const Matrix& found, const Matrix& expected);

}  // namespace tfqkd
