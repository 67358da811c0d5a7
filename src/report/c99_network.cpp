#include "report/c99_network.hpp"

#include "report/c99_places.hpp"

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

}  // namespace

C99Network c99_network(const ExportedModel& model, const C99Text& text) {
    return std::visit([&](const auto& network) { return text_of(network, text); }, model.network);
}

}  // namespace tfqkd
