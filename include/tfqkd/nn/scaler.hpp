#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tfqkd/nn/regressor.hpp"
#include "tfqkd/table/quantity.hpp"

namespace tfqkd {

// One column: how it is spread out, and the closed bounds that a value brought back stays within.
struct ScaledColumn {
    std::string name;
    Scale scale = Scale::linear;
    double lower = 0, upper = 1;
    double mean = 0;    // on the scale
    double spread = 1;  // on the scale; 0: the column was constant, scales to 0 and comes back as its mean
};

// Brings named columns to zero mean and unit spread on their scales, and back.
class Scaler {
  public:
    Scaler() = default;
    // Throws Error (usage) when bounds are not finite, not in order, or not on the scale.
    explicit Scaler(std::vector<ScaledColumn> columns);

    // Takes mean and spread from the data. Throws Error (data) when a value is not on its column's scale.
    void fit(const Matrix& physical);  // samples x columns

    const std::vector<ScaledColumn>& columns() const { return columns_; }
    int size() const { return static_cast<int>(columns_.size()); }

    // Values need not lie within the bounds, but must be on the scale (log: above 0; logit: inside (0, 1)).
    Matrix scaled(const Matrix& physical) const;  // samples x columns
    void scale_one(std::span<const double> physical,
                   std::span<double> out) const;  // one row; may be in place
    // For every finite input, however large, within the bounds.
    Matrix physical(const Matrix& scaled) const;
    void unscale_one(std::span<const double> scaled, std::span<double> out) const;

    nlohmann::json save() const;
    static Scaler load(const nlohmann::json& saved);  // throws Error (data)

  private:
    template <class Function>
    void by_scale(std::span<double> row, Function function) const;

    std::vector<ScaledColumn> columns_;
    std::vector<std::pair<Scale, std::vector<std::size_t>>> groups_;  // the columns on each curved scale
    std::vector<double> lowest_, highest_;                            // the bounds on the scale
};

}  // namespace tfqkd
