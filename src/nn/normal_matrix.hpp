#pragma once

#include <vector>

#include "tfqkd/nn/perceptron.hpp"

namespace tfqkd {

// J^T J of a perceptron, J being the derivative of every output of every sample by every weight.
//
// J is never formed. Its row for output k holds, for layer l, delta_k,l (x) inputs_l: so the block of J^T J
// that belongs to layers l and m is a sum over the samples of
//     (sum over k of delta_k,l,i delta_k,m,j) * (input_l,a input_m,b),
// one product of two tall matrices with a row for each sample. On the last layer delta_k is 1 for output k
// alone.
class NormalMatrix {
  public:
    explicit NormalMatrix(const Perceptron& network);
    static constexpr Eigen::Index block_rows = 256;
    void set_zero();
    // After forward() on at most some hundred samples.
    void add(const Perceptron::Pass& pass);
    Matrix assembled() const;  // weights x weights

  private:
    struct Block {
        int layer, other;  // layer <= other
        Matrix sums;       // pairs of deltas x pairs of inputs
    };
    void find_deltas(const Perceptron::Pass& pass);
    void multiply_deltas(const Block& block, Eigen::Index samples);
    void multiply_inputs(const Block& block, const Perceptron::Pass& pass);

    const Perceptron& network_;
    std::vector<Block> blocks_;
    std::vector<Matrix>
        deltas_;  // [layer]: (outputs x samples, an output's samples together) x width; not of the last
    Matrix delta_pairs_, input_pairs_;  // samples x pairs
};

}  // namespace tfqkd
