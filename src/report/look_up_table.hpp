#pragma once

#include <memory>
#include <span>
#include <vector>

#include "tfqkd/learn/model.hpp"

namespace tfqkd {

// Optima on a grid of links, and between them by multilinear interpolation of the parameters, each on its own
// scale: what one would build without networks. The axes are the inputs of a model over its trained range.
class LookUpTable {
  public:
    // As many nodes as fit into `most`, the same number along each axis or one more; each node is optimised,
    // and one without a key takes the parameters of the nearest one with. `trained` gives the axes and must
    // live on; `typical` is a link, for what is no axis.
    LookUpTable(const Model& trained, std::span<const double> typical, std::size_t most, int threads);
    void choose(std::span<const double> link, std::span<double> point) const;
    std::size_t nodes() const { return static_cast<std::size_t>(optima_.rows()); }

  private:
    std::vector<double> link_of(std::size_t node, std::span<const double> typical) const;
    void fill_without_key(const Eigen::ArrayXd& rate);

    const Model& trained_;
    std::vector<std::size_t> counts_;  // of each axis
    Columns optima_;                   // nodes x parameters, each on its scale
};

}  // namespace tfqkd
