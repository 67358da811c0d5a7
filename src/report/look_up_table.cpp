#include "report/look_up_table.hpp"

#include <algorithm>
#include <cmath>

#include "report/method.hpp"
#include "tfqkd/learn/features.hpp"
#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

namespace {

// Numbers of nodes along the axes whose product is at most `most`.
std::vector<std::size_t> nodes_along(std::size_t axes, std::size_t most) {
    std::vector<std::size_t> counts(axes, 1);
    std::size_t product = 1;
    for (bool grown = true; grown;) {
        grown = false;
        for (std::size_t& count : counts) {
            const std::size_t larger = product / count * (count + 1);
            if (larger > most) continue;
            product = larger;
            ++count;
            grown = true;
        }
    }
    return counts;
}

std::size_t product_of(const std::vector<std::size_t>& counts) {
    std::size_t product = 1;
    for (const std::size_t count : counts) product *= count;
    return product;
}

// Sets what a feature stands for; arm losses are those of a link without detector loss.
void set_feature(std::vector<double>& link, const std::string& name, double value, bool equal_arms) {
    if (name == "arm_a_loss_db") {
        link[0] = value;
        if (equal_arms) link[1] = value;
    } else if (name == "arm_b_loss_db") {
        link[1] = value;
    } else {
        const auto& quantities = link_quantities();
        for (std::size_t k = 0; k < quantities.size(); ++k)
            if (quantities[k].name == name) link[k] = value;
    }
}

}  // namespace

LookUpTable::LookUpTable(const Model& trained, std::span<const double> typical, std::size_t most, int threads)
    : trained_(trained), counts_(nodes_along(static_cast<std::size_t>(trained.inputs().size()), most)) {
    const auto nodes = static_cast<Eigen::Index>(product_of(counts_));
    Columns links(nodes, static_cast<Eigen::Index>(typical.size()));
    for (Eigen::Index node = 0; node < nodes; ++node) {
        const std::vector<double> link = link_of(static_cast<std::size_t>(node), typical);
        links.row(node) = one_row(link);
    }
    const Objective objective = make_objective(trained.protocol(), std::move(links), {}, threads);
    const Optima optima = make_search("auto", {})->maximize(objective);
    optima_ = optima.points;
    const auto& parameters = trained.protocol().info().parameters;
    for (Eigen::Index k = 0; k < optima_.cols(); ++k)
        for (double& value : optima_.col(k))
            value = to_scale(parameters[static_cast<std::size_t>(k)].scale, value);
    fill_without_key(optima.rate);
}

std::vector<double> LookUpTable::link_of(std::size_t node, std::span<const double> typical) const {
    std::vector<double> link(typical.begin(), typical.end()), features(link.size());
    const ProtocolInfo& info = trained_.protocol().info();
    const std::vector<Feature> known = link_features(info);
    features.resize(known.size());
    feature_values(info, link, features);
    link[2] = 1;
    for (std::size_t f = 0; f < 2; ++f) set_feature(link, known[f].name, features[f], false);
    for (std::size_t axis = counts_.size(); axis-- > 0; node /= counts_[axis]) {
        const ScaledColumn& input = trained_.inputs().columns()[axis];
        const double low = to_scale(input.scale, input.lower), high = to_scale(input.scale, input.upper);
        const double part = counts_[axis] == 1 ? 0.5
                                               : static_cast<double>(node % counts_[axis]) /
                                                     static_cast<double>(counts_[axis] - 1);
        set_feature(link, input.name, from_scale(input.scale, low + part * (high - low)),
                    trained_.equal_arms());
    }
    return link;
}

// In steps of the grid.
void LookUpTable::fill_without_key(const Eigen::ArrayXd& rate) {
    const std::size_t axes = counts_.size();
    Matrix places(optima_.rows(), static_cast<Eigen::Index>(axes));
    for (Eigen::Index node = 0; node < places.rows(); ++node) {
        auto rest = static_cast<std::size_t>(node);
        for (std::size_t axis = axes; axis-- > 0; rest /= counts_[axis])
            places(node, static_cast<Eigen::Index>(axis)) = static_cast<double>(rest % counts_[axis]);
    }
    std::vector<Eigen::Index> with_key;
    for (Eigen::Index node = 0; node < rate.size(); ++node)
        if (rate[node] > 0) with_key.push_back(node);
    if (with_key.empty()) return;
    const Matrix keyed = places(with_key, Eigen::all);
    for (Eigen::Index node = 0; node < rate.size(); ++node) {
        if (rate[node] > 0) continue;
        Eigen::Index nearest = 0;
        (keyed.rowwise() - places.row(node)).rowwise().squaredNorm().minCoeff(&nearest);
        optima_.row(node) = optima_.row(with_key[static_cast<std::size_t>(nearest)]);
    }
}

void LookUpTable::choose(std::span<const double> link, std::span<double> point) const {
    const ProtocolInfo& info = trained_.protocol().info();
    const std::size_t axes = counts_.size();
    std::vector<double> features(link_features(info).size()), part(axes);
    std::vector<std::size_t> below(axes);
    feature_values(info, link, features);
    for (std::size_t axis = 0; axis < axes; ++axis) {
        const ScaledColumn& input = trained_.inputs().columns()[axis];
        const double low = to_scale(input.scale, input.lower), high = to_scale(input.scale, input.upper);
        const double value = features[static_cast<std::size_t>(trained_.input_features()[axis])];
        const double steps = static_cast<double>(counts_[axis] - 1);
        const double inside = std::clamp(value, input.lower, input.upper);
        const double place = high > low ? (to_scale(input.scale, inside) - low) / (high - low) * steps : 0;
        below[axis] = std::min(static_cast<std::size_t>(place), counts_[axis] < 2 ? 0 : counts_[axis] - 2);
        part[axis] = counts_[axis] < 2 ? 0 : place - static_cast<double>(below[axis]);
    }
    Eigen::ArrayXd sum = Eigen::ArrayXd::Zero(optima_.cols());
    for (std::size_t corner = 0; corner < std::size_t{1} << axes; ++corner) {
        double weight = 1;
        std::size_t node = 0;
        for (std::size_t axis = 0; axis < axes; ++axis) {
            const bool upper = corner >> axis & 1;
            weight *= upper ? part[axis] : 1 - part[axis];
            node = node * counts_[axis] + below[axis] + (upper && counts_[axis] > 1);
        }
        if (weight > 0) sum += weight * optima_.row(static_cast<Eigen::Index>(node)).transpose();
    }
    for (std::size_t k = 0; k < point.size(); ++k) {
        const Quantity& q = info.parameters[k];
        const double value = from_scale(q.scale, sum[static_cast<Eigen::Index>(k)]);
        point[k] = q.optimised ? std::clamp(value, q.search.lower, q.search.upper) : value;
    }
}

}  // namespace tfqkd
