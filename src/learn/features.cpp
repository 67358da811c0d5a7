#include "tfqkd/learn/features.hpp"

#include <cmath>

namespace tfqkd {

namespace {

constexpr std::size_t first_other_quantity = 3;  // after the two losses and the efficiency

double detector_loss_db(double efficiency) { return -10 * std::log10(efficiency); }

}  // namespace

std::vector<Feature> link_features(const ProtocolInfo& info) {
    std::vector<Feature> features{{"arm_a_loss_db", "dB", Scale::linear, 0},
                                  {"arm_b_loss_db", "dB", Scale::linear, 0}};
    const auto& quantities = link_quantities();
    for (std::size_t k = first_other_quantity; k < quantities.size(); ++k) {
        const Quantity& q = quantities[k];
        if (!info.uses[k]) continue;
        features.push_back({std::string(q.name), std::string(q.unit), q.scale,
                            q.scale == Scale::log ? 1e-18 : q.valid.lower});
    }
    return features;
}

void feature_values(const ProtocolInfo& info, std::span<const double> link, std::span<double> values) {
    const double detector = detector_loss_db(link[2]);
    values[0] = link[0] + detector;
    values[1] = link[1] + detector;
    std::size_t feature = 2;
    for (std::size_t k = first_other_quantity; k < link.size(); ++k)
        if (info.uses[k]) values[feature++] = link[k];
}

Columns feature_values(const ProtocolInfo& info, const ColumnsRef& links) {
    Columns values(links.rows(), static_cast<Eigen::Index>(link_features(info).size()));
    const Eigen::ArrayXd detector = links.col(2).unaryExpr(&detector_loss_db);
    values.col(0) = links.col(0) + detector;
    values.col(1) = links.col(1) + detector;
    Eigen::Index feature = 2;
    for (Eigen::Index k = static_cast<Eigen::Index>(first_other_quantity); k < links.cols(); ++k)
        if (info.uses[static_cast<std::size_t>(k)]) values.col(feature++) = links.col(k);
    return values;
}

}  // namespace tfqkd
