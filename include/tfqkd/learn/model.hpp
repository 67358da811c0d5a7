#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tfqkd/learn/density.hpp"
#include "tfqkd/learn/features.hpp"
#include "tfqkd/learn/key_rate_training.hpp"
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

// The spec of the protocol that a data set is of. `asked`: a spec, or "" to take the data set's own. Throws
// Error (data) when there is none, or another one.
std::string protocol_of(const Table& data, const std::string& asked);

// The optima of a data set. `protocol`: a spec, or "" to take the data set's own. Throws Error (data).
TrainingRows read_training_rows(const Table& data, std::string protocol = "");

// Links without any optima, to learn from by the key rate alone: the protocol's start points stand in for the
// optima, and small rates for the best ones.
TrainingRows unlabelled_rows(const std::string& protocol, const Columns& links);

enum class TrainingLoss { mean_square, key_rate };

// How a model came to be.
struct ModelRecord {
    std::size_t train_rows = 0, check_rows = 0;
    std::uint64_t seed = 1;
    TrainingLoss loss = TrainingLoss::mean_square;  // of the last training
    double train_loss = 0, check_loss = 0;  // mean square, in spreads of the scaled outputs; or KeyRateLoss
    double seconds = 0;                     // not saved: a model is a function of its data and settings
};

// Parameters for links. `outside` tells which rows lie outside the trained range, naming the quantities; ""
// inside. `sparse` tells which rows inside lie where there were next to no training rows, naming the two
// quantities that have hardly been seen together, as in "arm_a_loss_db+pulses"; "" elsewhere.
struct Predictions {
    Columns points;  // rows x parameters, within the search ranges
    std::vector<std::string> outside, sparse;
};

// A network with all that is needed to use it: protocol, inputs, scalers, trained ranges. All parameters are
// predicted jointly.
class Model {
  public:
    // Trains `network` on the rows; a tenth of them, drawn by `seed`, decides when to stop. The same
    // model with any number of threads, here and below. Throws Error (data) when there are too few rows.
    static Model train(const TrainingRows& rows, std::unique_ptr<Regressor> network, std::uint64_t seed,
                       int threads = 1);
    // Trains the network on, on the key rate that its parameters give on these rows, the same ones or others;
    // `seed` draws those that decide when to stop. Throws Error (usage) if it can't be trained so, and (data)
    // when there are too few rows.
    void train_on_key_rate(const TrainingRows& rows, const KeyRateOptions& options, std::uint64_t seed,
                           int threads = 1);
    // Those rows that lie within the trained range. Throws Error (data) when they are of another protocol.
    TrainingRows rows_within(const TrainingRows& rows) const;
    // Trains `network` on the key rate alone. rows: as unlabelled_rows() makes them.
    static Model train_without_labels(const TrainingRows& rows, std::unique_ptr<Regressor> network,
                                      const KeyRateOptions& options, std::uint64_t seed, int threads = 1);

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

    // Each a function of its own link to the last bit, whichever links are asked for beside it.
    Predictions predict(const ColumnsRef& links, Precision precision = Precision::double_precision) const;
    // The parameters alone: rows x parameters.
    Columns points(const ColumnsRef& links, Precision precision = Precision::double_precision) const;
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
    struct Split {
        std::vector<Eigen::Index> train, check;
    };
    static Split split(Eigen::Index rows, std::uint64_t seed);
    static Model start(const TrainingRows& rows, bool labelled, std::uint64_t seed);
    void choose_inputs(const Columns& features, const std::string& source);
    void choose_outputs(const TrainingRows& rows, bool labelled);
    void take_record(const TrainingRecord& record, TrainingLoss loss);
    KeyRateSet key_rate_set(const TrainingRows& rows, const std::vector<Eigen::Index>& some) const;
    PointMap point_map() const { return {outputs_, output_parameters_, fixed_point_}; }
    Columns points_of(const Matrix& inputs, Precision precision) const;
    std::vector<std::string> outside(const Columns& features) const;
    std::vector<std::string> sparse(const Matrix& inputs, const std::vector<std::string>& outside) const;
    Matrix input_columns(const Columns& features) const;

    std::unique_ptr<const Protocol> protocol_;
    std::vector<Feature> features_;  // link_features() of the protocol
    Scaler inputs_, outputs_;
    std::vector<int> input_features_;     // of each input, its number among link_features()
    std::vector<int> output_parameters_;  // of each output, its number among the protocol's parameters
    std::vector<std::pair<int, double>> fixed_features_;  // features that were the same in all rows
    std::vector<double> fixed_point_;                     // the parameters' values where they are not outputs
    bool equal_arms_ = false;  // all rows had equal arms: the second arm is no input
    std::unique_ptr<Regressor> network_;
    Density density_;
    ModelRecord record_;
};

}  // namespace tfqkd
