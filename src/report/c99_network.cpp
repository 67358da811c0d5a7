#include "report/c99_network.hpp"

namespace tfqkd {

namespace {

constexpr std::string_view exact_product_function = R"(
/* Adds a product to sum + rest without loss, whatever single precision loses of it (Dekker, Veltkamp). */
static void @p@_add_product(float *sum, float *rest, float a, float b)
{
    const float product = a * b;
    const float a_wide = a * @4097@, b_wide = b * @4097@;
    const float a_high = a_wide - (a_wide - a), b_high = b_wide - (b_wide - b);
    const float a_low = a - a_high, b_low = b - b_high;
    const float total = *sum + product, added = total - *sum;
    *rest += (a_high * b_high - product + a_high * b_low + a_low * b_high + a_low * b_low) +
             ((*sum - (total - added)) + (product - added));
    *sum = total;
}
)";

constexpr std::string_view layer_function = R"(
/* Weights: outputs x (inputs + 1), the last column the bias. */
static void @p@_layer(const @real@ *weights, int inputs, int outputs, const @real@ *from, @real@ *to)
{
    int i, j;
    for (i = 0; i < outputs; ++i) {
        const @real@ *row = weights + i * (inputs + 1);
        @real@ sum = row[inputs]@rest@;
        for (j = 0; j < inputs; ++j)
            @add@;
        to[i] = @sum@;
    }
}

static void @p@_activate(@real@ *values, int count)
{
    int i;
    for (i = 0; i < count; ++i)
        values[i] = @activation@;
}
)";

constexpr std::string_view place_function = R"(
/* place = metric x, inputs x inputs. */
static void @p@_find_place(const @real@ *metric, const @real@ *x, @real@ *place)
{
    int d, i;
    for (d = 0; d < @inputs@; ++d) {
        place[d] = @0@;
        for (i = 0; i < @inputs@; ++i)
            place[d] += metric[d * @inputs@ + i] * x[i];
    }
}
)";

constexpr std::string_view radial_field_function = R"(
/* Adds the sum of weight x exp(-|metric x - centre|^2) over the centres of one field. */
static void @p@_field(const @real@ *metric, const @real@ *centres, int count, const @real@ *weights,
                      const @real@ *x, @real@ *y)
{
    @real@ place[@inputs@];
    int d, i, k;
    @p@_find_place(metric, x, place);
    for (k = 0; k < count; ++k) {
        @real@ square = @0@, activation;
        for (d = 0; d < @inputs@; ++d) {
            const @real@ offset = place[d] - centres[k * @inputs@ + d];
            square += offset * offset;
        }
        activation = @exp@(-square);
        for (i = 0; i < @outputs@; ++i)
            y[i] += activation * weights[k * @outputs@ + i];
    }
}
)";

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

C99Network text_of(const LayerNetwork& network, const C99Text& c) {
    C99Network result;
    const std::size_t layers = network.layers.size();
    const bool tanh = network.activation == Activation::tanh;
    std::string locals, calls, from = "x";
    for (std::size_t l = 0; l < layers; ++l) {
        const Matrix& weights = network.layers[l];
        const std::string number = std::to_string(l + 1), to = l + 1 < layers ? "h" + number : "y",
                          out = std::to_string(weights.rows());
        result.text += c.array("layer" + number, weights);
        calls += c.filled("    @p@_layer(" +
                              std::string(weights.rows() > 1 ? "&@p@_layer@n@[0][0]" : "@p@_layer@n@") +
                              ", @in@, @out@, @from@, @to@);\n",
                          {{"n", number},
                           {"in", std::to_string(weights.cols() - 1)},
                           {"out", out},
                           {"from", from},
                           {"to", to}});
        result.operations.sums_and_products +=
            static_cast<long>(weights.rows() * (weights.cols() - 1)) * (c.single_precision() ? 23 : 2);
        from = to;
        if (l + 1 == layers) break;
        locals += (locals.empty() ? c.filled("    @real@ ") : ", ") + to + "[" + out + "]";
        calls += c.filled("    @p@_activate(@to@, @out@);\n", {{"to", to}, {"out", out}});
        result.stack_numbers += static_cast<std::size_t>(weights.rows());
        if (tanh) result.operations.tanh += static_cast<long>(weights.rows());
    }
    std::string functions = c.filled(
        layer_function,
        {{"rest", c.single_precision() ? c.filled(", rest = @0@") : ""},
         {"add", c.single_precision() ? c.filled("@p@_add_product(&sum, &rest, row[j], from[j])")
                                      : "sum += row[j] * from[j]"},
         {"sum", c.single_precision() ? "sum + rest" : "sum"},
         {"activation", c.filled(tanh ? "@tanh@(values[i])" : "values[i] < @0@ ? @0@ : values[i]")}});
    if (layers == 1) functions.erase(functions.find("\nstatic void " + c.prefix() + "_activate"));
    if (c.single_precision()) result.text += c.filled(exact_product_function);
    result.text += functions + c.filled("\nstatic void @p@_network(const @real@ *x, @real@ *y)\n{\n") +
                   locals + (locals.empty() ? "" : ";\n") + calls + "}\n";
    return result;
}

// Row after row, in one row.
Matrix flat(const Matrix& matrix) { return matrix.reshaped<Eigen::RowMajor>(1, matrix.size()); }

C99Network text_of(const RadialNetwork& network, const C99Text& c) {
    const auto centres = network.weights.rows(), inputs = network.fields.front().metric.cols(),
               outputs = network.weights.cols();
    const std::map<std::string, std::string> sizes{{"inputs", std::to_string(inputs)},
                                                   {"outputs", std::to_string(outputs)}};
    C99Network result;
    result.text = c.array("weights", flat(network.weights)) + c.array("bias", network.bias);
    std::string calls;
    Eigen::Index first = 0;
    for (std::size_t f = 0; f < network.fields.size(); ++f) {
        const RadialField& field = network.fields[f];
        const std::string number = std::to_string(f + 1);
        result.text +=
            c.array("metric" + number, flat(field.metric)) + c.array("centres" + number, flat(field.centres));
        calls +=
            c.filled("    @p@_field(@p@_metric@f@, @p@_centres@f@, @count@, @p@_weights + @from@, x, y);\n",
                     {{"f", number},
                      {"count", std::to_string(field.centres.rows())},
                      {"from", std::to_string(first * outputs)}});
        first += field.centres.rows();
    }
    result.text += c.filled(place_function, sizes) + c.filled(radial_field_function, sizes) +
                   c.filled(
                       "\nstatic void @p@_network(const @real@ *x, @real@ *y)\n{\n    int i;\n"
                       "    for (i = 0; i < @outputs@; ++i)\n        y[i] = @p@_bias[i];\n",
                       sizes) +
                   calls + "}\n";
    result.operations.sums_and_products =
        static_cast<long>(static_cast<Eigen::Index>(network.fields.size()) * 2 * inputs * inputs +
                          centres * (3 * inputs + 2 * outputs));
    result.operations.exp = static_cast<long>(centres);
    result.stack_numbers = static_cast<std::size_t>(inputs);
    return result;
}

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

}  // namespace

C99Network c99_network(const ExportedModel& model, const C99Text& text) {
    return std::visit([&](const auto& network) { return text_of(network, text); }, model.network);
}

}  // namespace tfqkd
