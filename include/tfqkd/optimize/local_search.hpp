#pragma once

#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

// The field's local search algorithm (LSA): one parameter at a time, in turn, a bracketed one-dimensional
// search, kept only if the rate improved; after each sweep one more along the sweep's displacement, which
// follows ridges. Where it comes to rest on a crease, sweeps go on along lines that keep to the crease. Steps
// grow on success and shrink on failure. It ends when two sweeps in a row gain less than `tolerance`, once
// more with a tenth of the steps. Where the start has no key it takes the best of a low-discrepancy sample.
// Many rows go in lockstep, so that a register of rows costs little more than one.
class LocalSearch final : public Search {
  public:
    explicit LocalSearch(SearchOptions options) : options_(options) {}
    Optima maximize(const Objective& objective) const override;

  private:
    SearchOptions options_;
};

}  // namespace tfqkd
