#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <type_traits>
#include <vector>

#include "report/exported_model.hpp"

// The arithmetic of the exported C code, operation by operation in the same order, so that its self-test can
// be told what it must find. A change here is a change in c99_network.cpp and c99_scaling.cpp too.
namespace tfqkd::exported {

// In single precision the ends of a range are themselves rounded.
template <class Real>
std::pair<Real, Real> trained_range(const ExportedInput& input) {
    const double share = std::is_same_v<Real, float> ? 1e-6 : 0;
    return {static_cast<Real>(input.from - share * std::abs(input.from)),
            static_cast<Real>(input.to + share * std::abs(input.to))};
}

template <class Real>
Real within(Real x, Real lower, Real upper) {
    return x < lower ? lower : (x > upper ? upper : x);
}

// (place - first) - second stands for place - mean: in single precision the mean rounded would shift all
// places. On the log scale `first` divides the value instead: the logarithm of a number near 1 is the exacter
// one.
template <class Real>
struct Mean {
    Real first, second;
};

template <class Real>
Mean<Real> mean_of(const ScaledColumn& column) {
    if (std::is_same_v<Real, double>) return {static_cast<Real>(column.mean), 0};
    if (column.scale == Scale::log) {
        const Real centre = static_cast<Real>(std::exp(column.mean));
        return {centre, static_cast<Real>(column.mean - std::log(static_cast<double>(centre)))};
    }
    const Real mean = static_cast<Real>(column.mean);
    return {mean, static_cast<Real>(column.mean - static_cast<double>(mean))};
}

template <class Real>
Real scaled(const ExportedInput& input, Real value) {
    const ScaledColumn& c = input.column;
    if (!(c.spread > 0)) return 0;
    const Mean<Real> mean = mean_of<Real>(c);
    const Real spread = static_cast<Real>(c.spread), smallest = static_cast<Real>(input.smallest);
    const Real x = value < smallest ? smallest : value;
    if constexpr (std::is_same_v<Real, double>) {
        if (c.scale == Scale::linear) return (x - mean.first) / spread;
        if (c.scale == Scale::log) return (std::log(x) - mean.first) / spread;
        return (std::log(x / (1 - x)) - mean.first) / spread;
    } else {
        if (c.scale == Scale::linear) return (x - mean.first - mean.second) / spread;
        if (c.scale == Scale::log) return (std::log(x / mean.first) - mean.second) / spread;
        return (std::log(x / (1 - x)) - mean.first - mean.second) / spread;
    }
}

template <class Real>
Real physical(const ExportedOutput& output, Real value) {
    const ScaledColumn& c = output.column;
    const auto real = [](double x) { return static_cast<Real>(x); };
    const Real place =
        within(real(c.mean) + real(c.spread) * value, real(output.lowest), real(output.highest));
    Real result = place;
    if (c.scale == Scale::log) result = std::exp(place);
    if (c.scale == Scale::logit) {
        const Real odds = std::exp(place < 0 ? place : -place);
        result = place < 0 ? odds / (1 + odds) : 1 / (1 + odds);
    }
    return within(result, real(c.lower), real(c.upper));
}

// Adds a product to sum + rest. In single precision without loss (Dekker, Veltkamp): the layers amplify what
// their sums lose.
template <class Real>
void add_product(Real& sum, Real& rest, Real a, Real b) {
    const Real product = a * b;
    if constexpr (std::is_same_v<Real, double>) {
        sum += product;
        return;
    }
    const Real a_wide = a * Real(4097), b_wide = b * Real(4097);
    const Real a_high = a_wide - (a_wide - a), b_high = b_wide - (b_wide - b);
    const Real a_low = a - a_high, b_low = b - b_high;
    const Real total = sum + product, added = total - sum;
    rest += (a_high * b_high - product + a_high * b_low + a_low * b_high + a_low * b_low) +
            ((sum - (total - added)) + (product - added));
    sum = total;
}

template <class Real>
std::vector<Real> run(const LayerNetwork& network, std::vector<Real> from) {
    for (std::size_t l = 0; l < network.layers.size(); ++l) {
        const Matrix& weights = network.layers[l];
        std::vector<Real> to(static_cast<std::size_t>(weights.rows()));
        for (Eigen::Index i = 0; i < weights.rows(); ++i) {
            Real sum = static_cast<Real>(weights(i, weights.cols() - 1)), rest = 0;
            for (Eigen::Index j = 0; j + 1 < weights.cols(); ++j)
                add_product(sum, rest, static_cast<Real>(weights(i, j)), from[static_cast<std::size_t>(j)]);
            sum += rest;
            if (l + 1 < network.layers.size())
                sum = network.activation == Activation::tanh ? std::tanh(sum) : (sum < 0 ? Real(0) : sum);
            to[static_cast<std::size_t>(i)] = sum;
        }
        from = std::move(to);
    }
    return from;
}

template <class Real>
std::vector<Real> place_of(const Matrix& metric, const std::vector<Real>& inputs) {
    std::vector<Real> place(inputs.size(), 0);
    for (Eigen::Index d = 0; d < metric.rows(); ++d)
        for (Eigen::Index i = 0; i < metric.cols(); ++i)
            place[static_cast<std::size_t>(d)] +=
                static_cast<Real>(metric(d, i)) * inputs[static_cast<std::size_t>(i)];
    return place;
}

template <class Real>
std::vector<Real> run(const RadialNetwork& network, const std::vector<Real>& inputs) {
    const auto outputs = network.weights.cols();
    std::vector<Real> sums(static_cast<std::size_t>(outputs));
    for (Eigen::Index o = 0; o < outputs; ++o)
        sums[static_cast<std::size_t>(o)] = static_cast<Real>(network.bias[o]);
    Eigen::Index weight = 0;
    for (const RadialField& field : network.fields) {
        const std::vector<Real> place = place_of(field.metric, inputs);
        for (Eigen::Index k = 0; k < field.centres.rows(); ++k, ++weight) {
            Real square = 0;
            for (Eigen::Index d = 0; d < field.centres.cols(); ++d) {
                const Real offset =
                    place[static_cast<std::size_t>(d)] - static_cast<Real>(field.centres(k, d));
                square += offset * offset;
            }
            const Real activation = std::exp(-square);
            for (Eigen::Index o = 0; o < outputs; ++o)
                sums[static_cast<std::size_t>(o)] +=
                    activation * static_cast<Real>(network.weights(weight, o));
        }
    }
    return sums;
}

// The patterns that are looked at, nearest first when these are not all, with -d^2 of each.
template <class Real>
struct Near {
    std::vector<Eigen::Index> pattern;
    std::vector<Real> closeness;
};

template <class Real>
Near<Real> nearest(const KernelNetwork& network, const std::vector<Real>& place) {
    Near<Real> near;
    for (Eigen::Index j = 0; j < network.patterns.rows(); ++j) {
        Real closeness = 0;
        for (Eigen::Index d = 0; d < network.patterns.cols(); ++d) {
            const Real offset =
                static_cast<Real>(network.patterns(j, d)) - place[static_cast<std::size_t>(d)];
            closeness -= offset * offset;
        }
        if (network.looked_at == network.patterns.rows()) {
            near.pattern.push_back(j);
            near.closeness.push_back(closeness);
            continue;
        }
        if (static_cast<int>(near.pattern.size()) == network.looked_at) {
            if (!(closeness > near.closeness.back())) continue;
        } else {
            near.pattern.push_back(0);
            near.closeness.push_back(0);
        }
        std::size_t at = near.pattern.size() - 1;
        for (; at > 0 && near.closeness[at - 1] < closeness; --at) {
            near.pattern[at] = near.pattern[at - 1];
            near.closeness[at] = near.closeness[at - 1];
        }
        near.pattern[at] = j;
        near.closeness[at] = closeness;
    }
    return near;
}

// Multiplies the weights by the influence of a straight fit: solves (weighted squares + ridge) v = centre.
template <class Real>
void weigh_straight_fit(const KernelNetwork& network, const std::vector<Real>& place, Near<Real>& near) {
    const auto width = place.size(), count = near.pattern.size();
    const auto offset = [&](std::size_t j, std::size_t d) {
        return static_cast<Real>(network.patterns(near.pattern[j], static_cast<Eigen::Index>(d))) - place[d];
    };
    std::vector<Real> centre(width, 0), solution(width), factor(width * width, 0);
    for (std::size_t j = 0; j < count; ++j)
        for (std::size_t d = 0; d < width; ++d) centre[d] += near.closeness[j] * offset(j, d);
    for (std::size_t j = 0; j < count; ++j)
        for (std::size_t d = 0; d < width; ++d)
            for (std::size_t e = 0; e <= d; ++e)
                factor[d * width + e] +=
                    near.closeness[j] * (offset(j, d) - centre[d]) * (offset(j, e) - centre[e]);
    for (std::size_t d = 0; d < width; ++d) {
        solution[d] = centre[d];
        factor[d * width + d] += static_cast<Real>(network.ridge);
        for (std::size_t e = 0; e < d; ++e) {
            for (std::size_t k = 0; k < e; ++k)
                factor[d * width + e] -=
                    factor[d * width + k] * factor[e * width + k] * factor[k * width + k];
            factor[d * width + e] /= factor[e * width + e];
            factor[d * width + d] -= factor[d * width + e] * factor[d * width + e] * factor[e * width + e];
            solution[d] -= factor[d * width + e] * solution[e];
        }
    }
    for (std::size_t d = width; d-- > 0;) {
        solution[d] /= factor[d * width + d];
        for (std::size_t e = d + 1; e < width; ++e) solution[d] -= factor[e * width + d] * solution[e];
    }
    for (std::size_t j = 0; j < count; ++j) {
        Real influence = 1;
        for (std::size_t d = 0; d < width; ++d) influence -= (offset(j, d) - centre[d]) * solution[d];
        near.closeness[j] *= influence;
    }
}

template <class Real>
std::vector<Real> run(const KernelNetwork& network, const std::vector<Real>& inputs) {
    const std::vector<Real> place = place_of(network.metric, inputs);
    Near<Real> near = nearest(network, place);
    Real largest = near.closeness[0], total = 0;
    for (const Real closeness : near.closeness)
        if (closeness > largest) largest = closeness;
    for (Real& weight : near.closeness) {
        weight = std::exp(static_cast<Real>(0.5) * (weight - largest));
        total += weight;
    }
    for (Real& weight : near.closeness) weight /= total;
    if (network.order == 1) weigh_straight_fit(network, place, near);
    std::vector<Real> outputs(static_cast<std::size_t>(network.targets.cols()), 0);
    for (std::size_t j = 0; j < near.pattern.size(); ++j)
        for (std::size_t o = 0; o < outputs.size(); ++o)
            outputs[o] += near.closeness[j] *
                          static_cast<Real>(network.targets(near.pattern[j], static_cast<Eigen::Index>(o)));
    return outputs;
}

// All outputs of one row of inputs, both physical.
template <class Real>
std::vector<Real> predict(const ExportedModel& model, std::span<const Real> inputs) {
    std::vector<Real> x;
    for (std::size_t i = 0; i < inputs.size(); ++i) x.push_back(scaled(model.inputs[i], inputs[i]));
    const std::vector<Real> y =
        std::visit([&](const auto& network) { return run<Real>(network, x); }, model.network);
    std::vector<Real> outputs;
    for (const ExportedOutput& output : model.outputs)
        outputs.push_back(output.predicted < 0
                              ? static_cast<Real>(output.value)
                              : physical(output, y[static_cast<std::size_t>(output.predicted)]));
    return outputs;
}

}  // namespace tfqkd::exported
