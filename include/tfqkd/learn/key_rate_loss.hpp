#pragma once

#include "tfqkd/learn/point_map.hpp"
#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// Minus the mean over links of ln(R / reference), R being the key rate of the predicted parameters by the
// full formula, with exact slopes. No single link rules the rest: below half the reference it goes on along
// the logarithm's tangent, down to R = 0, from there along the protocol's score, which points the way to a
// key; and a large loss L of a link counts as its logarithm, ln(1 + L / c) c. An output beyond its search
// range counts as the end of the range, and its overshoot is drawn back by its square.
class KeyRateLoss final : public Loss {
  public:
    // links: rows x link quantities; reference: a rate > 0 for each row, such as the optimum's. Refers to
    // `protocol` and what `map` refers to; the rest is copied.
    KeyRateLoss(const Protocol& protocol, PointMap map, Columns links, Eigen::ArrayXd reference);

    double operator()(const Matrix& predicted, std::span<const int> rows, Matrix* slope) const override;

    const Columns& links() const { return links_; }
    const Eigen::ArrayXd& reference() const { return reference_; }
    // The signed measure of each row's prediction: the key rate where there is a key, else the score <= 0.
    Eigen::ArrayXd scores(const Matrix& predicted) const;  // predicted: all rows x outputs
    // Takes a row's rate as its reference where it is higher.
    void raise_reference(const Eigen::ArrayXd& scores) { reference_ = reference_.max(scores); }
    KeyRateLoss part(const std::vector<Eigen::Index>& rows) const;

  private:
    double overshoot(double scaled, Eigen::Index output) const;
    double by_scaled(Eigen::Index output, const Eigen::ArrayXd& point, const Eigen::ArrayXd& slopes) const;

    const Protocol& protocol_;
    PointMap map_;
    Columns links_;
    Eigen::ArrayXd reference_;
    std::vector<double> lowest_, highest_;  // the search ranges, in the outputs' scaled units
};

}  // namespace tfqkd
