#pragma once

#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

// Quasi-Newton with exact slopes: projected BFGS on ln R (on the score, where there is no key yet), each
// parameter on its own scale, with its range as unit. Bounds by projection; a parameter held at a bound by
// its slope takes no part. It ends when the projected slope is below `slope_tolerance`, or when no step along
// the direction gains anything (Stop::stalled: a kink, or the limit of double precision). Many rows go in
// lockstep.
class GradientSearch final : public Search {
  public:
    explicit GradientSearch(SearchOptions options) : options_(options) {}
    Optima maximize(const Objective& objective) const override;

  private:
    SearchOptions options_;
};

// The default: gradient search, with one restart where it finds no key; where there is still none, or where
// it has stalled on a crease, local search from the best place so far, and gradient search again from any key
// that there is then.
class AutoSearch final : public Search {
  public:
    explicit AutoSearch(SearchOptions options) : options_(options) {}
    Optima maximize(const Objective& objective) const override;

  private:
    SearchOptions options_;
};

}  // namespace tfqkd
