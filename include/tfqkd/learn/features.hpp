#pragma once

#include <span>
#include <string>
#include <vector>

#include "tfqkd/protocol/protocol.hpp"

namespace tfqkd {

// A number that networks see of a link. The key rate depends on distance, attenuation and efficiency only
// through each arm's total loss, so that is what they get.
struct Feature {
    std::string name;
    std::string unit;
    Scale scale;
    double smallest;  // values below it are taken as it, so that a logarithm exists
};

// arm_a_loss_db, arm_b_loss_db (detector included), then the link quantities that the protocol depends on.
std::vector<Feature> link_features(const ProtocolInfo& info);

// The features' values: rows x features.
Columns feature_values(const ProtocolInfo& info, const ColumnsRef& links);
void feature_values(const ProtocolInfo& info, std::span<const double> link, std::span<double> values);

}  // namespace tfqkd
