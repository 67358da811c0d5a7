#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdio>
#include <istream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <ostream>

#include "nn/json_matrix.hpp"
#include "table/shallow_json.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/features.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/table/number.hpp"
#include "tfqkd/table/text_file.hpp"

namespace tfqkd {

namespace {

using nlohmann::json;

const std::string schema_name = "tfqkd.model/";
constexpr int schema_version = 1, deepest = 16;

// The hash of everything in the file but the hash itself.
std::string content_hash(const json& model) {
    json content = model;
    content.erase("hash");
    const std::string text = content.dump();
    char hexadecimal[17];
    std::snprintf(hexadecimal, sizeof hexadecimal, "%016llx",
                  static_cast<unsigned long long>(XXH3_64bits(text.data(), text.size())));
    return hexadecimal;
}

int index_of(const std::vector<std::string>& names, const std::string& name, const std::string& what) {
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end())
        throw Error(ErrorKind::data,
                    "it has the " + what + " " + in_quotes(name) + ", which its protocol does not have");
    return static_cast<int>(found - names.begin());
}

json named_values(const std::vector<std::pair<std::string, double>>& values) {
    json array = json::array();
    for (const auto& [name, value] : values) array.push_back({{"name", name}, {"value", value}});
    return array;
}

}  // namespace

void Model::save(std::ostream& out) const {
    const auto& parameters = protocol_->info().parameters;
    std::vector<std::pair<std::string, double>> fixed_inputs, fixed_outputs;
    for (const auto& [feature, value] : fixed_features_)
        fixed_inputs.emplace_back(features_[static_cast<std::size_t>(feature)].name, value);
    for (std::size_t k = 0; k < parameters.size(); ++k)
        if (std::find(output_parameters_.begin(), output_parameters_.end(), static_cast<int>(k)) ==
            output_parameters_.end())
            fixed_outputs.emplace_back(parameters[k].name, fixed_point_[k]);
    json model = {{"schema", schema_name + std::to_string(schema_version)},
                  {"protocol", protocol_->info().spec()},
                  {"inputs", inputs_.save()},
                  {"fixed_inputs", named_values(fixed_inputs)},
                  {"equal_arms", equal_arms_},
                  {"outputs", outputs_.save()},
                  {"fixed_outputs", named_values(fixed_outputs)},
                  {"density", density_.save()},
                  {"network", network_->save()},
                  {"training",
                   {{"train_rows", record_.train_rows},
                    {"check_rows", record_.check_rows},
                    {"seed", record_.seed},
                    {"loss", record_.loss == TrainingLoss::key_rate ? "key-rate" : "mean-square"},
                    {"train_loss", record_.train_loss},
                    {"check_loss", record_.check_loss}}}};
    model["hash"] = content_hash(model);
    out << model.dump() << '\n';
}

Model Model::load(std::istream& in, const std::string& source) {
    return from_text({std::istreambuf_iterator<char>(in), {}}, source);
}

Model Model::from_text(const std::string& text, const std::string& source) {
    try {
        const json saved = parse_shallow(text, deepest);
        if (!saved.is_object()) throw Error(ErrorKind::data, "it is not a JSON object");
        check_schema(saved, schema_name, schema_version, "a model file");
        if (text_member(saved, "hash") != content_hash(saved))
            throw Error(ErrorKind::data,
                        "its content does not match its hash: the file was damaged or changed; train the "
                        "model again");

        Model model;
        model.protocol_ = make_protocol(text_member(saved, "protocol"));
        model.features_ = link_features(model.protocol_->info());
        std::vector<std::string> features, parameters;
        for (const Feature& feature : model.features_) features.push_back(feature.name);
        for (const Quantity& q : model.protocol_->info().parameters) parameters.emplace_back(q.name);
        model.inputs_ = Scaler::load(member(saved, "inputs"));
        model.outputs_ = Scaler::load(member(saved, "outputs"));
        for (const ScaledColumn& c : model.inputs_.columns())
            model.input_features_.push_back(index_of(features, c.name, "input"));
        for (const ScaledColumn& c : model.outputs_.columns()) {
            const int parameter = index_of(parameters, c.name, "output");
            const Interval& search =
                model.protocol_->info().parameters[static_cast<std::size_t>(parameter)].search;
            if (c.lower < search.lower || c.upper > search.upper)
                throw Error(ErrorKind::data,
                            "its output '" + c.name + "' leaves the parameter's range " + search.text());
            model.output_parameters_.push_back(parameter);
        }
        for (const json& fixed : array_member(saved, "fixed_inputs"))
            model.fixed_features_.emplace_back(index_of(features, text_member(fixed, "name"), "input"),
                                               number_member(fixed, "value"));
        for (const Quantity& q : model.protocol_->info().parameters) model.fixed_point_.push_back(q.start);
        for (const json& fixed : array_member(saved, "fixed_outputs")) {
            const int parameter = index_of(parameters, text_member(fixed, "name"), "output");
            const double value = number_member(fixed, "value");
            check_value(model.protocol_->info().parameters[static_cast<std::size_t>(parameter)], value,
                        "fixed output");
            model.fixed_point_[static_cast<std::size_t>(parameter)] = value;
        }
        const json& equal_arms = member(saved, "equal_arms");
        if (!equal_arms.is_boolean()) throw Error(ErrorKind::data, "'equal_arms' must be true or false");
        model.equal_arms_ = equal_arms.get<bool>();
        model.density_ = Density::load(member(saved, "density"), model.inputs_.size());
        model.network_ = load_regressor(member(saved, "network"));
        if (model.network_->inputs() != model.inputs_.size() ||
            model.network_->outputs() != model.outputs_.size())
            throw Error(ErrorKind::data, "its network has " + std::to_string(model.network_->inputs()) +
                                             " inputs and " + std::to_string(model.network_->outputs()) +
                                             " outputs, its scalers have " +
                                             std::to_string(model.inputs_.size()) + " and " +
                                             std::to_string(model.outputs_.size()));
        const json& training = member(saved, "training");
        model.record_.train_rows = static_cast<std::size_t>(number_member(training, "train_rows", 0, 1e15));
        model.record_.check_rows = static_cast<std::size_t>(number_member(training, "check_rows", 0, 1e15));
        const json& seed = member(training, "seed");
        if (!seed.is_number_unsigned()) throw Error(ErrorKind::data, "'seed' must be a whole number");
        model.record_.seed = seed.get<std::uint64_t>();
        const std::string loss = text_member(training, "loss");
        if (loss != "mean-square" && loss != "key-rate")
            throw Error(ErrorKind::data,
                        "its loss is " + in_quotes(loss) + ", must be mean-square or key-rate");
        model.record_.loss = loss == "key-rate" ? TrainingLoss::key_rate : TrainingLoss::mean_square;
        model.record_.train_loss = number_member(training, "train_loss");
        model.record_.check_loss = number_member(training, "check_loss");
        return model;
    } catch (const json::parse_error& error) {
        throw Error(ErrorKind::data, place_in_text(source, text, error.byte) +
                                         (text.empty() ? ": empty, " : ": not valid JSON, ") +
                                         "so not a model; train one with 'tfqkd train'");
    } catch (const json::exception& error) {
        throw Error(ErrorKind::data, source + ": not a usable model: " + error.what());
    } catch (const Error& error) {
        throw Error(ErrorKind::data, source + ": not a usable model: " + error.what());
    }
}

Model Model::load_file(const std::string& path) { return from_text(read_text_file(path), path); }

}  // namespace tfqkd
