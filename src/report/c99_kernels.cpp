#include "report/c99_places.hpp"

namespace tfqkd {

namespace {

constexpr std::string_view closeness_function = R"(
/* Minus the squared distance of a place from pattern j. */
static @real@ @p@_closeness(const @real@ *place, int j)
{
    @real@ sum = @0@;
    int d;
    for (d = 0; d < @inputs@; ++d) {
        const @real@ offset = @p@_patterns[j][d] - place[d];
        sum -= offset * offset;
    }
    return sum;
}
)";

constexpr std::string_view all_patterns = R"(
    for (j = 0; j < @looked_at@; ++j)
        weight[j] = @p@_closeness(place, j);
)";

constexpr std::string_view nearest_patterns = R"(
    for (j = 0; j < @patterns@; ++j) {
        const @real@ closeness = @p@_closeness(place, j);
        int at = count;
        if (count < @looked_at@)
            ++count;
        else if (closeness > weight[@looked_at@ - 1])
            --at;
        else
            continue;
        for (; at > 0 && weight[at - 1] < closeness; --at) {
            weight[at] = weight[at - 1];
            near[at] = near[at - 1];
        }
        weight[at] = closeness;
        near[at] = j;
    }
)";

constexpr std::string_view softmax = R"(
    largest = weight[0];
    for (j = 1; j < @looked_at@; ++j)
        if (weight[j] > largest)
            largest = weight[j];
    for (j = 0; j < @looked_at@; ++j) {
        weight[j] = @exp@(@0.5@ * (weight[j] - largest));
        total += weight[j];
    }
    for (j = 0; j < @looked_at@; ++j)
        weight[j] /= total;
)";

constexpr std::string_view straight_fit_function = R"(
/* Multiplies the weights by the influence of a straight fit: solves (weighted squares + ridge) s = centre. */
static void @p@_straight_fit(const @real@ *place, @real@ *weight@near_argument@)
{
    @real@ centre[@inputs@], factor[@inputs@][@inputs@], s[@inputs@];
    int j, d, e, k;
    for (d = 0; d < @inputs@; ++d) {
        centre[d] = @0@;
        for (e = 0; e < @inputs@; ++e)
            factor[d][e] = @0@;
    }
    for (j = 0; j < @looked_at@; ++j)
        for (d = 0; d < @inputs@; ++d)
            centre[d] += weight[j] * (@p@_patterns[@j@][d] - place[d]);
    for (j = 0; j < @looked_at@; ++j)
        for (d = 0; d < @inputs@; ++d)
            for (e = 0; e <= d; ++e)
                factor[d][e] += weight[j] * (@p@_patterns[@j@][d] - place[d] - centre[d]) *
                                (@p@_patterns[@j@][e] - place[e] - centre[e]);
    for (d = 0; d < @inputs@; ++d) {
        s[d] = centre[d];
        factor[d][d] += @ridge@;
        for (e = 0; e < d; ++e) {
            for (k = 0; k < e; ++k)
                factor[d][e] -= factor[d][k] * factor[e][k] * factor[k][k];
            factor[d][e] /= factor[e][e];
            factor[d][d] -= factor[d][e] * factor[d][e] * factor[e][e];
            s[d] -= factor[d][e] * s[e];
        }
    }
    for (d = @inputs@; d-- > 0;) {
        s[d] /= factor[d][d];
        for (e = d + 1; e < @inputs@; ++e)
            s[d] -= factor[e][d] * s[e];
    }
    for (j = 0; j < @looked_at@; ++j) {
        @real@ influence = @1@;
        for (d = 0; d < @inputs@; ++d)
            influence -= (@p@_patterns[@j@][d] - place[d] - centre[d]) * s[d];
        weight[j] *= influence;
    }
}
)";

constexpr std::string_view weighted_targets = R"(
    for (o = 0; o < @outputs@; ++o)
        y[o] = @0@;
    for (j = 0; j < @looked_at@; ++j)
        for (o = 0; o < @outputs@; ++o)
            y[o] += weight[j] * @p@_targets[@j@][o];
}
)";

Operations operations_of(const KernelNetwork& network) {
    const long patterns = network.patterns.rows(), inputs = network.patterns.cols(),
               outputs = network.targets.cols(), near = network.looked_at;
    Operations operations;
    operations.sums_and_products = 2 * inputs * inputs + patterns * 3 * inputs + near * (3 + 2 * outputs);
    operations.divisions = near;
    operations.exp = near;
    if (network.order == 1) {
        operations.sums_and_products +=
            near * inputs * (3 + 7 * (inputs + 1) / 2 + 4) + inputs * inputs * (inputs + 5);
        operations.divisions += inputs * (inputs + 1) / 2;
    }
    return operations;
}

}  // namespace

C99Network text_of(const KernelNetwork& network, const C99Text& c) {
    const bool all = network.looked_at == network.patterns.rows();
    const std::map<std::string, std::string> words{{"inputs", std::to_string(network.patterns.cols())},
                                                   {"outputs", std::to_string(network.targets.cols())},
                                                   {"patterns", std::to_string(network.patterns.rows())},
                                                   {"looked_at", std::to_string(network.looked_at)},
                                                   {"ridge", c.number(network.ridge)},
                                                   {"j", all ? "j" : "near[j]"},
                                                   {"near_argument", all ? "" : ", const int *near"}};
    C99Network result;
    result.text = c.array("metric", flat(network.metric)) + c.array("patterns", network.patterns) +
                  c.array("targets", network.targets) + c.filled(place_function, words) +
                  c.filled(closeness_function, words);
    if (network.order == 1) result.text += c.filled(straight_fit_function, words);
    result.text += c.filled(
        "\nstatic void @p@_network(const @real@ *x, @real@ *y)\n{\n"
        "    @real@ place[@inputs@], weight[@looked_at@], largest, total = @0@;\n",
        words);
    result.text += all ? "    int j, o;\n" : c.filled("    int near[@looked_at@], count = 0, j, o;\n", words);
    result.text += c.filled("    @p@_find_place(@p@_metric, x, place);\n");
    result.text += c.filled(all ? all_patterns : nearest_patterns, words) + c.filled(softmax, words);
    if (network.order == 1)
        result.text += c.filled("    @p@_straight_fit(place, weight") + (all ? ");\n" : ", near);\n");
    result.text += c.filled(weighted_targets, words);
    result.operations = operations_of(network);
    const auto inputs = static_cast<std::size_t>(network.patterns.cols());
    result.stack_numbers = inputs + static_cast<std::size_t>(network.looked_at) * (all ? 1 : 2) +
                           (network.order == 1 ? inputs * (inputs + 2) : 0);
    return result;
}

}  // namespace tfqkd
