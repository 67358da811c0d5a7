#include "report/onnx_graph.hpp"

#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <new>

#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

constexpr int operator_set = 13;
constexpr int ir_version = 8;

}  // namespace

struct OnnxGraph::Parts {
    onnx::ModelProto model;
    Precision precision;
    int names = 0;

    onnx::GraphProto& graph() { return *model.mutable_graph(); }
    onnx::TensorProto_DataType type() const {
        return precision == Precision::double_precision ? onnx::TensorProto_DataType_DOUBLE
                                                        : onnx::TensorProto_DataType_FLOAT;
    }
    void describe(onnx::ValueInfoProto& value, const std::string& name, int columns) const {
        value.set_name(name);
        auto& tensor = *value.mutable_type()->mutable_tensor_type();
        tensor.set_elem_type(type());
        tensor.mutable_shape()->add_dim()->set_dim_param("links");
        tensor.mutable_shape()->add_dim()->set_dim_value(columns);
    }
};

OnnxGraph::OnnxGraph(Precision precision) : parts_(std::make_unique<Parts>()) {
    parts_->precision = precision;
    parts_->model.set_ir_version(ir_version);
    parts_->model.set_producer_name("tfqkd");
    auto& set = *parts_->model.add_opset_import();
    set.set_domain("");
    set.set_version(operator_set);
    parts_->graph().set_name("tfqkd");
}

OnnxGraph::~OnnxGraph() = default;

std::string OnnxGraph::fresh_name() { return "v" + std::to_string(++parts_->names); }

std::string OnnxGraph::input(const std::string& name, int columns) {
    parts_->describe(*parts_->graph().add_input(), name, columns);
    return name;
}

void OnnxGraph::output(const std::string& name, const std::string& value, int columns) {
    parts_->describe(*parts_->graph().add_output(), name, columns);
    auto& node = *parts_->graph().add_node();
    node.set_op_type("Identity");
    node.add_input(value);
    node.add_output(name);
}

std::string OnnxGraph::tensor(const Matrix& values, std::vector<long> shape) {
    auto& tensor = *parts_->graph().add_initializer();
    tensor.set_name(fresh_name());
    tensor.set_data_type(parts_->type());
    for (const long extent : shape) tensor.add_dims(extent);
    for (Eigen::Index row = 0; row < values.rows(); ++row)
        for (Eigen::Index col = 0; col < values.cols(); ++col)
            if (parts_->precision == Precision::double_precision)
                tensor.add_double_data(values(row, col));
            else
                tensor.add_float_data(static_cast<float>(values(row, col)));
    return tensor.name();
}

std::string OnnxGraph::numbers(const Matrix& values) {
    return tensor(values, {values.rows(), values.cols()});
}

std::string OnnxGraph::stacked_numbers(const Matrix& values) {
    return tensor(values, {1, values.rows(), values.cols()});
}

std::string OnnxGraph::whole_numbers(const std::vector<int>& values) {
    auto& tensor = *parts_->graph().add_initializer();
    tensor.set_name(fresh_name());
    tensor.set_data_type(onnx::TensorProto_DataType_INT64);
    tensor.add_dims(static_cast<long>(values.size()));
    for (const int value : values) tensor.add_int64_data(value);
    return tensor.name();
}

std::string OnnxGraph::truths(const std::vector<bool>& values) {
    auto& tensor = *parts_->graph().add_initializer();
    tensor.set_name(fresh_name());
    tensor.set_data_type(onnx::TensorProto_DataType_BOOL);
    tensor.add_dims(1);
    tensor.add_dims(static_cast<long>(values.size()));
    for (const bool value : values) tensor.add_int32_data(value ? 1 : 0);
    return tensor.name();
}

std::string OnnxGraph::node(const std::string& operation, const std::vector<std::string>& inputs) {
    auto& node = *parts_->graph().add_node();
    node.set_op_type(operation);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(fresh_name());
    return node.output(0);
}

std::string OnnxGraph::node(const std::string& operation, const std::vector<std::string>& inputs,
                            const std::string& attribute, int value) {
    const std::string result = node(operation, inputs);
    auto& added = *parts_->graph().mutable_node(parts_->graph().node_size() - 1)->add_attribute();
    added.set_name(attribute);
    added.set_type(onnx::AttributeProto_AttributeType_INT);
    added.set_i(value);
    return result;
}

std::pair<std::string, std::string> OnnxGraph::largest(const std::string& values, int count) {
    const std::string found = node("TopK", {values, whole_numbers({count})}, "axis", 1),
                      places = fresh_name();
    parts_->graph().mutable_node(parts_->graph().node_size() - 1)->add_output(places);
    return {found, places};
}

void OnnxGraph::metadata(const std::string& key, const std::string& text) {
    auto& entry = *parts_->model.add_metadata_props();
    entry.set_key(key);
    entry.set_value(text);
}

std::string OnnxGraph::bytes() const {
    try {
        onnx::checker::check_model(parts_->model);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception& error) {
        throw Error(ErrorKind::usage, std::string("ONNX refuses the model: ") + error.what());
    }
    return parts_->model.SerializeAsString();
}

}  // namespace tfqkd
