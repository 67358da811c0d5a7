#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "optimize/space.hpp"

namespace tfqkd {

// The free parameters in units of their ranges, 0 .. 1 along each axis; the others stay as they were given.
class UnitBox {
  public:
    UnitBox(const Space& space, const std::vector<double>& point) : space_(space), point_(point) {}

    std::vector<double> unit(const std::vector<double>& point) const {
        std::vector<double> u;
        for (const Space::Axis& axis : space_.axes())
            u.push_back(
                axis.width() > 0 ? (axis.coordinate(point[axis.parameter]) - axis.lower) / axis.width() : 0);
        return u;
    }
    // All parameters at `u`: valid until the next call.
    const std::vector<double>& point(const std::vector<double>& u) {
        for (std::size_t d = 0; d < u.size(); ++d) {
            const Space::Axis& axis = space_.axes()[d];
            point_[axis.parameter] = axis.value(axis.lower + u[d] * axis.width());
        }
        return point_;
    }
    // Slopes by the parameters at what point() gave last, times `factor`, as slopes by u; 0 where they are no
    // numbers.
    void unit_slopes(std::span<const double> by_parameter, double factor,
                     std::vector<double>& by_unit) const {
        by_unit.resize(space_.size());
        for (std::size_t d = 0; d < by_unit.size(); ++d) {
            const Space::Axis& axis = space_.axes()[d];
            const double slope = by_parameter[axis.parameter] * factor *
                                 scale_slope(axis.scale, point_[axis.parameter]) * axis.width();
            by_unit[d] = std::isfinite(slope) ? slope : 0;
        }
    }

  private:
    const Space& space_;
    std::vector<double> point_;
};

}  // namespace tfqkd
