#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tfqkd/nn/regressor.hpp"
#include "tfqkd/nn/scaler.hpp"
#include "tfqkd/protocol/protocol.hpp"
#include "tfqkd/table/table.hpp"

namespace tfqkd {

// Optima that a network learns from, in physical units. Rows without a key are left out.
struct TrainingRows {
    std::string protocol;  // its spec
    Columns links;         // rows x link quantities
    Columns points;        // rows x parameters
    Eigen::ArrayXd rate;   // key rate at the optimum
    std::size_t without_key = 0;
    std::string source = "the data set";  // as messages name it
};

// The optima of a data set. `protocol`: a spec, or "" to take the data set's own. Throws Error (data).
TrainingRows read_training_rows(const Table& data, std::string protocol = "");

// How a model came to be.
struct ModelRecord {
    std::size_t train_rows = 0, check_rows = 0;
    std::uint64_t seed = 1;
    double train_loss = 0, check_loss = 0;  // mean square, in spreads of the scaled outputs
    double seconds = 0;                     // not saved: a model is a function of its data and settings
};

// Parameters for links. `outside` tells which rows lie outside the trained range, naming the quantities; ""
// inside.
struct Predictions {
    Columns points;  // rows x parameters, within the search ranges
    std::vector<std::string> outside;
};

// A network with all that is needed to use it: protocol, inputs, scalers, trained ranges. All parameters are
// predicted jointly.
class Model {
  public:
    // Trains `network` on the rows; a tenth of them, drawn by `seed`, decides when to stop. Throws Error
    // (data) when there are too few rows.
    static Model train(const TrainingRows& rows, std::unique_ptr<Regressor> network, std::uint64_t seed);

    const Protocol& protocol() const { return *protocol_; }
    const Regressor& network() const { return *network_; }
    const ModelRecord& record() const { return record_; }
    const Scaler& inputs() const { return inputs_; }    // lower, upper: the trained range
    const Scaler& outputs() const { return outputs_; }  // lower, upper: the parameters' search range
    // Of each input, its number among link_features(); of each output, its number among the parameters.
    const std::vector<int>& input_features() const { return input_features_; }
    const std::vector<int>& output_parameters() const { return output_parameters_; }
    // Features that were the same in all rows and so are no inputs, by their number among link_features().
    const std::vector<std::pair<int, double>>& fixed_features() const { return fixed_features_; }
    // The parameters' values, of which those of output_parameters() are predicted instead.
    const std::vector<double>& fixed_point() const { return fixed_point_; }
    bool equal_arms() const { return equal_arms_; }  // all rows had equal arms: the first one is the input

    Predictions predict(const ColumnsRef& links) const;
    // One link, no checks of range, no allocation: the fast way. point: all parameters.
    void predict_one(std::span<const double> link, std::span<double> point) const;
    // The network's scaled inputs for links: rows x inputs.
    Matrix scaled_inputs(const ColumnsRef& links) const;

    // Text in the format tfqkd.model/1, and back. Reading throws Error (data) for anything that is not a
    // sound model.
    void save(std::ostream& out) const;
    static Model load(std::istream& in, const std::string& source);
    static Model load_file(const std::string& path);

  private:
    Model() = default;
    static Model from_text(const std::string& text, const std::string& source);
    void choose_columns(const TrainingRows& rows);
    std::string outside(const Columns& features, Eigen::Index row) const;
    Matrix input_columns(const Columns& features) const;

    std::unique_ptr<const Protocol> protocol_;
    Scaler inputs_, outputs_;
    std::vector<int> input_features_;     // of each input, its number among link_features()
    std::vector<int> output_parameters_;  // of each output, its number among the protocol's parameters
    std::vector<std::pair<int, double>> fixed_features_;  // features that were the same in all rows
    std::vector<double> fixed_point_;                     // the parameters' values where they are not outputs
    bool equal_arms_ = false;  // all rows had equal arms: the second arm is no input
    std::unique_ptr<Regressor> network_;
    ModelRecord record_;
};

}  // namespace tfqkd
