#pragma once

#include "tfqkd/learn/model.hpp"

namespace tfqkd::cli {

struct PredictionOptions {
    int polish_steps = 0;   // gradient steps from each prediction
    bool fallback = false;  // search where a prediction is in doubt
    Precision precision = Precision::double_precision;
    int threads = 1;
};

// Answers links with a model: parameters, and the key rate that they give by the full formula. What is in
// doubt is marked, and searched for instead if so asked.
class Predictor {
  public:
    Predictor(const Model& model, const PredictionOptions& options);

    // Adds to `table`, one row a link: the parameters, key_rate_bit_per_pulse, outside, sparse, and method:
    // which gave the row (the network, "polish", or the search).
    void answer(const Columns& links, Table& table);

    // Of all rows so far.
    std::size_t outside() const { return outside_; }
    std::size_t sparse() const { return sparse_; }
    std::size_t searched() const { return searched_; }
    // Whether any row has no key, or lies outside or sparse and was not searched for.
    bool doubtful() const { return doubtful_; }

  private:
    struct Answers {
        Predictions predictions;
        Eigen::ArrayXd rate;
        std::vector<std::string> method;
    };
    Answers predict(const Columns& links) const;
    void polish(const Columns& links, Answers& answers) const;
    std::vector<Eigen::Index> doubtful_rows(const Answers& answers) const;
    void search(const Columns& links, const std::vector<Eigen::Index>& rows, Answers& answers) const;
    void count(const Answers& answers);

    const Model& model_;
    PredictionOptions options_;
    std::vector<bool> free_;  // the parameters that the model predicts; the others stay as it was taught
    std::size_t outside_ = 0, sparse_ = 0, searched_ = 0;
    bool doubtful_ = false;
};

}  // namespace tfqkd::cli
