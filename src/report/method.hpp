#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tfqkd/protocol/protocol.hpp"

namespace tfqkd {

// Parameters for links, and what is known about them; see MethodResult.
struct Choice {
    Columns points;
    std::vector<int> evaluations;
    std::vector<char> outside, flagged;
};

// A way of choosing parameters for links of one protocol: for many at once, and for one.
struct Method {
    std::string name, protocol;
    std::function<Choice(const Columns& links, int threads)> all;
    std::function<void(std::span<const double> link, std::span<double> point)> one;
    bool searches = false;
};

inline Columns one_row(std::span<const double> link) {
    return Eigen::Map<const Eigen::RowVectorXd>(link.data(), static_cast<Eigen::Index>(link.size()));
}

}  // namespace tfqkd
