#include "report/c99_scaling.hpp"

#include <cstdio>

#include "report/exported_arithmetic.hpp"

namespace tfqkd {

namespace {

constexpr std::string_view within_function = R"(
static @real@ @p@_within(@real@ x, @real@ lower, @real@ upper)
{
    return x < lower ? lower : (x > upper ? upper : x);
}
)";

constexpr std::string_view logistic_function = R"(
static @real@ @p@_logistic(@real@ x)
{
    const @real@ odds = @exp@(x < @0@ ? x : -x);
    return x < @0@ ? odds / (@1@ + odds) : @1@ / (@1@ + odds);
}
)";

std::string element(const std::string& array, std::size_t place) {
    return array + "[" + std::to_string(place) + "]";
}

std::string check_of(const ExportedInput& input, std::size_t place, const C99Text& c) {
    std::pair<double, double> range = exported::trained_range<double>(input);
    if (c.single_precision()) range = exported::trained_range<float>(input);
    const std::string value = element("inputs", place);
    char bit[16];
    std::snprintf(bit, sizeof bit, "0x%xu", 1u << place);
    return "    if (!(" + value + " >= " + c.number(range.first) + " && " + value +
           " <= " + c.number(range.second) + "))\n        outside |= " + bit + ";\n";
}

// The scaled value of `x`, as exported::scaled finds it.
std::string scaled_text(const ScaledColumn& column, const std::string& x, const C99Text& c) {
    exported::Mean<double> mean = exported::mean_of<double>(column);
    if (c.single_precision()) {
        const auto rounded = exported::mean_of<float>(column);
        mean = {rounded.first, rounded.second};
    }
    const bool divides = c.single_precision() && column.scale == Scale::log;
    const std::string ratio = divides                        ? x + " / " + c.number(mean.first)
                              : column.scale == Scale::logit ? x + " / (" + c.number(1) + " - " + x + ")"
                                                             : x;
    const std::string place = column.scale == Scale::linear ? x : c.filled("@log@(") + ratio + ")";
    return "(" + place + (divides ? "" : " - " + c.number(mean.first)) +
           (c.single_precision() ? " - " + c.number(mean.second) : "") + ") / " + c.number(column.spread);
}

std::string input_text(const ExportedInput& input, std::size_t place, const C99Text& c,
                       Operations& operations) {
    const std::string x = element("x", place), value = element("inputs", place);
    if (!(input.column.spread > 0)) return "    " + x + " = " + c.number(0) + ";\n";
    operations.log += input.column.scale != Scale::linear;
    operations.divisions +=
        1 + (input.column.scale == Scale::log && c.single_precision()) + (input.column.scale == Scale::logit);
    operations.sums_and_products += 2;
    const std::string smallest = c.number(input.smallest);
    return "    " + x + " = " + value + " < " + smallest + " ? " + smallest + " : " + value + ";\n    " + x +
           " = " + scaled_text(input.column, x, c) + ";\n";
}

std::string output_text(const ExportedOutput& output, const C99Text& c, Operations& operations) {
    if (output.predicted < 0) return c.number(output.value);
    const ScaledColumn& column = output.column;
    operations.sums_and_products += 2;
    operations.exp += column.scale != Scale::linear;
    operations.divisions += column.scale == Scale::logit;
    const auto within = [&](const std::string& value, double lower, double upper) {
        return c.filled("@p@_within(") + value + ", " + c.number(lower) + ", " + c.number(upper) + ")";
    };
    const std::string y = element("y", static_cast<std::size_t>(output.predicted));
    std::string value = within(c.number(column.mean) + " + " + c.number(column.spread) + " * " + y,
                               output.lowest, output.highest);
    if (column.scale == Scale::log) value = c.filled("@exp@(") + value + ")";
    if (column.scale == Scale::logit) value = c.filled("@p@_logistic(") + value + ")";
    return within(value, column.lower, column.upper);
}

}  // namespace

C99Scaling c99_scaling(const ExportedModel& model, const C99Text& c, Operations& operations) {
    C99Scaling scaling;
    std::string values;
    for (std::size_t i = 0; i < model.inputs.size(); ++i) {
        scaling.in += check_of(model.inputs[i], i, c);
        values += input_text(model.inputs[i], i, c, operations);
    }
    scaling.in += values;
    bool logistic = false;
    for (std::size_t o = 0; o < model.outputs.size(); ++o) {
        scaling.out +=
            "    " + element("outputs", o) + " = " + output_text(model.outputs[o], c, operations) + ";\n";
        logistic |= model.outputs[o].predicted >= 0 && model.outputs[o].column.scale == Scale::logit;
    }
    scaling.functions = c.filled(within_function) + (logistic ? c.filled(logistic_function) : "");
    return scaling;
}

}  // namespace tfqkd
