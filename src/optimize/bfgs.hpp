#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace tfqkd {

// The inverse of the curvature of a function that is to be made large, learned from its slopes (Broyden,
// Fletcher, Goldfarb, Shanno). Coordinates at a bound are left out of a direction, not out of what was
// learned.
class Bfgs {
  public:
    explicit Bfgs(std::size_t n) : n_(n), inverse_(n * n), product_(n) { forget(); }

    void forget() {
        std::fill(inverse_.begin(), inverse_.end(), 0.0);
        for (std::size_t i = 0; i < n_; ++i) inverse_[i * n_ + i] = 1;
        learned_ = false;
    }
    // Goes on from an inverse known otherwise: n x n.
    void start_from(const std::vector<double>& inverse) {
        inverse_ = inverse;
        learned_ = true;
    }
    bool learned() const { return learned_; }

    // The step to the top of the learned parabola over the free coordinates, the others held: its curvature
    // is that of the free ones alone, so the held ones are eliminated from the inverse first.
    void direction(const std::vector<double>& slope, const std::vector<char>& free,
                   std::vector<double>& direction) {
        reduced_ = inverse_;
        for (std::size_t held = 0; held < n_; ++held) {
            if (free[held]) continue;
            const double pivot = 1 / reduced_[held * n_ + held];
            for (std::size_t i = 0; i < n_; ++i) {
                const double factor = i == held ? 0 : reduced_[i * n_ + held] * pivot;
                for (std::size_t j = 0; j < n_; ++j) reduced_[i * n_ + j] -= factor * reduced_[held * n_ + j];
            }
        }
        for (std::size_t i = 0; i < n_; ++i) {
            double sum = 0;
            for (std::size_t j = 0; j < n_; ++j) sum += free[j] ? reduced_[i * n_ + j] * slope[j] : 0;
            direction[i] = free[i] ? sum : 0;
        }
    }

    // A step and how much the slope fell along it. Steps along which the function does not bend down teach
    // nothing.
    void learn(const std::vector<double>& step, const std::vector<double>& fall) {
        double bend = 0, fall_square = 0, step_square = 0;
        for (std::size_t i = 0; i < n_; ++i) {
            bend += step[i] * fall[i];
            fall_square += fall[i] * fall[i];
            step_square += step[i] * step[i];
        }
        if (!(bend > 1e-10 * std::sqrt(fall_square * step_square))) return;
        if (!learned_)
            for (std::size_t i = 0; i < n_; ++i) inverse_[i * n_ + i] = bend / fall_square;
        learned_ = true;
        double curvature = 0;
        for (std::size_t i = 0; i < n_; ++i) {
            product_[i] = 0;
            for (std::size_t j = 0; j < n_; ++j) product_[i] += inverse_[i * n_ + j] * fall[j];
            curvature += fall[i] * product_[i];
        }
        const double weight = (1 + curvature / bend) / bend;
        for (std::size_t i = 0; i < n_; ++i)
            for (std::size_t j = 0; j < n_; ++j)
                inverse_[i * n_ + j] +=
                    weight * step[i] * step[j] - (product_[i] * step[j] + step[i] * product_[j]) / bend;
    }

  private:
    std::size_t n_;
    std::vector<double> inverse_, reduced_, product_;
    bool learned_ = false;
};

}  // namespace tfqkd
