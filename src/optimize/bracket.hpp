#pragma once

#include <algorithm>
#include <cmath>

namespace tfqkd {

// A bracketed search for a maximum along a line, asked and told one trial at a time: a step either way,
// doubled while it improves, then the top of the parabola through the three best placed trials.
class Bracket {
  public:
    // The value at 0 is known; trials lie in [lowest, highest], which holds 0. The sign of `step` says which
    // way to try first.
    Bracket(double value_at_0, double step, double lowest, double highest)
        : middle_{0, value_at_0}, lowest_(lowest), highest_(highest), step_(step) {
        propose(step);
        if (stage_ == Stage::first && trial_ == 0) turn();
    }

    bool wants_more() const { return stage_ != Stage::done; }
    double trial() const { return trial_; }

    void tell(double value) {
        const Point told{trial_, value};
        switch (stage_) {
            case Stage::first:
                if (value > middle_.value) return advance(told);
                far_ = told;
                return turn();
            case Stage::second:
                if (value > middle_.value) return advance(told);
                near_ = told;
                return parabola();
            case Stage::expand:
                if (value > middle_.value) return advance(told);
                far_ = told;
                return parabola();
            case Stage::top:
                if (value > middle_.value) middle_ = told;
                stage_ = Stage::done;
                return;
            case Stage::done:
                return;
        }
    }

    // The best place found, and its value; 0 and the value there if nothing was better.
    double best() const { return middle_.at; }
    double best_value() const { return middle_.value; }

    // The step to begin with next time: longer after a success, shorter after a failure.
    double next_step() const {
        const double size = std::abs(step_), moved = std::abs(middle_.at);
        if (moved == 0) return step_ / 4;
        return std::copysign(std::clamp(moved, size / 4, size * 8), middle_.at);
    }

  private:
    enum class Stage { first, second, expand, top, done };
    struct Point {
        double at, value;
    };

    void propose(double at) { trial_ = std::clamp(at, lowest_, highest_); }

    void turn() {
        stage_ = Stage::second;
        propose(-step_);
        if (trial_ != 0) return;
        stage_ = Stage::done;  // at an end of the line: no parabola
    }

    // `told` is the new middle; one doubled step further on.
    void advance(Point told) {
        near_ = middle_;
        middle_ = told;
        far_ = told;
        stage_ = Stage::expand;
        propose(middle_.at + 2 * (middle_.at - near_.at));
        if (trial_ == middle_.at || ++expansions_ > 5) stage_ = Stage::done;
    }

    void parabola() {
        const double left = near_.at - middle_.at, right = far_.at - middle_.at;
        const double fall_left = near_.value - middle_.value, fall_right = far_.value - middle_.value;
        const double curvature = right * fall_left - left * fall_right;
        stage_ = Stage::done;
        if (left == 0 || right == 0 || left == right || !(curvature != 0)) return;
        const double top = 0.5 * (right * right * fall_left - left * left * fall_right) / curvature;
        const double reach = std::min(std::abs(left), std::abs(right));
        if (!std::isfinite(top) || std::abs(top) < 1e-3 * reach) return;
        propose(middle_.at + std::clamp(top, std::min(left, right), std::max(left, right)));
        if (trial_ != middle_.at) stage_ = Stage::top;
    }

    Stage stage_ = Stage::first;
    Point near_{0, 0}, middle_, far_{0, 0};
    double lowest_, highest_, step_, trial_ = 0;
    int expansions_ = 0;
};

}  // namespace tfqkd
