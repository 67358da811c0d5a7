#pragma once

#include <span>
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
    static constexpr Eigen::Index block_rows = 256;  // samples of a pass at most
    // After forward() of each pass. The same bits with any number of threads.
    void add(std::span<const Perceptron::Pass> passes, int threads = 1);
    Matrix assembled() const;  // weights x weights

  private:
    struct Pair {
        int first, second;  // of two like lists first <= second
    };
    struct Block {
        int layer, other;  // layer <= other
        std::vector<Pair> deltas, inputs;
        Matrix sums;  // pairs of deltas x pairs of inputs
    };
    // Some rows of a block's sums, which one thread works on.
    struct Piece {
        std::size_t block;
        Eigen::Index first, count;
    };
    using Deltas = std::vector<Matrix>;  // [layer]: (outputs x samples, an output's samples together) x
                                         // width; not of the last

    static std::vector<Pair> pairs(int first, int second, bool alike);
    Deltas deltas_of(const Perceptron::Pass& pass) const;
    void multiply_deltas(const Block& block, std::span<const Pair> pairs, const Deltas& deltas,
                         Matrix& products) const;
    static void multiply_inputs(const Block& block, std::span<const Pair> pairs, const Perceptron::Pass& pass,
                                Matrix& products);
    void add(const Piece& piece, std::span<const Perceptron::Pass> passes, const std::vector<Deltas>& deltas);

    const Perceptron& network_;
    std::vector<Block> blocks_;
    std::vector<Piece> pieces_;
};

}  // namespace tfqkd
