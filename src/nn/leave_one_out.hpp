#pragma once

#include <limits>
#include <vector>

#include "nn/local_fit.hpp"
#include "nn/part_sums.hpp"
#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// The mean square error of predicting each of the `queries` (rows of `samples`) from all other samples, as a
// function of log spread; its gradient too when asked for.
class LeaveOneOut {
  public:
    // neighbours: how many of the others, the nearest in spreads, each prediction looks at.
    LeaveOneOut(const Samples& samples, std::vector<int> queries, int order, double ridge,
                int neighbours = std::numeric_limits<int>::max(), int threads = 1)
        : samples_(samples),
          queries_(std::move(queries)),
          order_(order),
          ridge_(ridge),
          neighbours_(neighbours),
          threads_(threads) {}
    double operator()(const Eigen::VectorXd& log_spreads, Eigen::VectorXd* gradient) const;

  private:
    // Adds the squared error of one query, and its slope when asked for.
    void add(int query, const Eigen::VectorXd& spreads, bool with_slope, LocalFit& fit,
             SumAndSlope& sum) const;
    std::vector<int> near(int query, const Eigen::VectorXd& spreads) const;

    const Samples& samples_;
    std::vector<int> queries_;
    int order_;
    double ridge_;
    int neighbours_;
    int threads_;
};

// Spreads, one an input, of small leave-one-out error; found from multiples of `start`.
Eigen::VectorXd find_spreads(const LeaveOneOut& error, const Eigen::VectorXd& start, int iterations);

// Where to start: for inputs each on a scale of its own, a part of each one's deviation; for inputs in which
// distance is already change of the targets, the same for all: the distance to some of the nearest samples.
Eigen::VectorXd spreads_by_deviation(const Matrix& inputs);
Eigen::VectorXd spreads_by_neighbours(const Matrix& inputs, const std::vector<int>& queries);

}  // namespace tfqkd
