#pragma once

#include <algorithm>
#include <cmath>

namespace tfqkd {

// A root between a place where a function is above 0 and one where it is not, closed in by the ITP method
// (Oliveira, Takahashi, ACM Trans. Math. Softw. 47, 5 (2020)): as fast as the secant method where the
// function is smooth, and never more than one step behind bisection. Values may be infinite.
class RootBracket {
  public:
    RootBracket(double above, double value_above, double below, double value_below, double resolution)
        : above_(above),
          below_(below),
          value_above_(value_above),
          value_below_(value_below),
          resolution_(resolution),
          first_width_(width()),
          radius_(0.99 * resolution * std::exp2(std::ceil(std::log2(std::max(width() / resolution, 1.0))))) {}

    double above() const { return above_; }
    double below() const { return below_; }
    double width() const { return std::abs(below_ - above_); }
    bool closed() const { return width() <= resolution_; }

    // Where to look next.
    double trial() const {
        const double middle = 0.5 * (above_ + below_);
        if (!std::isfinite(value_above_) || !std::isfinite(value_below_) || value_below_ == 0) return middle;
        const double secant = (value_above_ * below_ - value_below_ * above_) / (value_above_ - value_below_);
        const double side = middle > secant ? 1 : -1, shift = 0.2 * width() * width() / first_width_;
        const double nearer = std::abs(middle - secant) > shift ? secant + side * shift : middle;
        const double reach = std::max(radius_ - 0.5 * width(), 0.0);
        return std::abs(nearer - middle) <= reach ? nearer : middle - side * reach;
    }

    void take(double place, double value) {
        radius_ *= 0.5;
        (value > 0 ? above_ : below_) = place;
        (value > 0 ? value_above_ : value_below_) = value;
    }

  private:
    double above_, below_, value_above_, value_below_;
    double resolution_, first_width_;
    double radius_;  // what bisection, one step behind, would still leave; a little less, for rounding
};

}  // namespace tfqkd
