#pragma once

#include <nlohmann/json_fwd.hpp>
#include <utility>
#include <vector>

#include "tfqkd/nn/regressor.hpp"

namespace tfqkd {

// Where training rows lie, in a few kilobytes: for each pair of inputs, how many rows every cell of a coarse
// grid over the trained range holds. A link in a nearly empty cell of some pair is far from what a network
// has seen, even where each input by itself is within its range: so are gaps in a range, and the corner where
// links are long and pulses few, which has no key and hence no rows. With one input, the cells are those of
// its range.
class Density {
  public:
    Density() = default;                     // knows nothing: no link is sparse
    explicit Density(const Matrix& inputs);  // rows x inputs, scaled

    using Pair = std::pair<int, int>;  // inputs; both the same where there is only one
    const std::vector<Pair>& pairs() const { return pairs_; }
    // For each row, the pair in whose cell the fewest rows lie if they are too few, else -1.
    std::vector<int> sparse_pairs(const Matrix& inputs) const;

    nlohmann::json save() const;
    static Density load(const nlohmann::json& saved, int inputs);  // throws Error (data)

  private:
    struct Axis {
        double lower = 0, upper = 1;
        int cells = 1;
        int cell(double value) const;
    };
    void choose_pairs();
    std::size_t place(std::size_t pair, int a, int b) const;

    std::vector<Axis> axes_;
    std::vector<Pair> pairs_;
    std::vector<std::vector<unsigned>>
        counts_;         // of each pair: cells of its first input x cells of its second
    double fewest_ = 0;  // rows that a cell needs, as a share of the mean over its pair's cells
    double rows_ = 0;
};

}  // namespace tfqkd
