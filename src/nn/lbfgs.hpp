#pragma once

#include <Eigen/Core>
#include <functional>

namespace tfqkd {

// A function's value, and its gradient into the second argument.
using SmoothFunction = std::function<double(const Eigen::VectorXd& point, Eigen::VectorXd& gradient)>;
// Called after each step; false ends the search.
using AfterStep = std::function<bool(const Eigen::VectorXd& point, double value)>;

// Limited-memory BFGS with steps that satisfy the weak Wolfe conditions. Leaves the last point in `point` and
// returns its value. Ends when the gradient vanishes, no step is found, or after so many steps.
double minimize_lbfgs(const SmoothFunction& function, Eigen::VectorXd& point, int iterations, int memory,
                      const AfterStep& after_step);

}  // namespace tfqkd
