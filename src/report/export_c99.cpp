#include <algorithm>
#include <array>
#include <cctype>

#include "report/c99_network.hpp"
#include "report/c99_scaling.hpp"
#include "report/exported_arithmetic.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/export.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

constexpr int self_test_rows = 16, compared_rows = 4000;
constexpr double most_difference_of_float = 1e-3;

// Text of a comment can't end it.
std::string in_comment(std::string text) {
    for (std::size_t at = 0; (at = text.find("*/", at)) != std::string::npos;) text.replace(at, 2, "* /");
    return text;
}

std::string with_unit(const std::string& range, const std::string& unit) {
    return range + (unit.empty() ? "" : " " + unit);
}

// Enumerators IN_NAME or OUT_NAME, one a line, each with what it is.
std::string input_names(const ExportedModel& model, const C99Text& c) {
    std::string text = "enum {\n";
    for (const ExportedInput& input : model.inputs) {
        const ScaledColumn& column = input.column;
        text += "    " + c.capitals("IN_" + column.name) + ", /* trained from " +
                format_number(column.lower) + " to " + with_unit(format_number(column.upper), input.unit) +
                " */\n";
    }
    return text + "    " + c.capitals("INPUTS") + "\n};\n";
}

std::string output_names(const ExportedModel& model, const C99Text& c) {
    std::string text = "enum {\n";
    for (const ExportedOutput& output : model.outputs) {
        const ScaledColumn& column = output.column;
        const std::string values =
            output.predicted < 0
                ? "always " + with_unit(format_number(output.value), output.unit)
                : format_number(column.lower) + " to " + with_unit(format_number(column.upper), output.unit);
        text += "    " + c.capitals("OUT_" + column.name) + ", /* " + values + ": " +
                in_comment(output.help) + " */\n";
    }
    return text + "    " + c.capitals("OUTPUTS") + "\n};\n";
}

constexpr std::string_view header_text =
    R"(/* Optimal parameters of twin-field QKD links, protocol @protocol@, predicted by a @kind@.
@notes@   Written by 'tfqkd export'. C99; of libm only: @functions@. Thread-safe. */
#ifndef @P@_H
#define @P@_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Inputs, by their place. */
@input_names@
/* Outputs, by their place: each stays within its range. */
@output_names@
/* Outputs for inputs, both in physical units. Returns a mask: bit i is set when input i lies outside the range that
   the network was trained on (or is not a number), and the outputs are then not to be trusted. */
uint32_t @p@_predict(const @real@ inputs[@I@], @real@ outputs[@O@]);

#ifdef @P@_SELFTEST
/* What may be expected of @p@_selftest on another machine or with another libm. */
#define @P@_SELFTEST_TOLERANCE @tolerance@
/* Predicts for stored inputs. Returns the largest relative difference from the stored outputs: 0 when all are the same to
   the bit, as where they were made, and -1 when a mask is wrong. */
@real@ @p@_selftest(void);
#endif

#ifdef __cplusplus
}
#endif

#endif
)";

constexpr std::string_view self_test_function = R"(
@real@ @p@_selftest(void)
{
    @real@ outputs[@O@], largest = @0@;
    @real@ outside[@I@];
    uint32_t mask;
    int row, i;
    for (row = 0; row < @rows@; ++row) {
        if (@p@_predict(@p@_selftest_inputs[row], outputs) != 0)
            return @-1@;
        for (i = 0; i < @O@; ++i) {
            const @real@ expected = @p@_selftest_outputs[row][i];
            const @real@ difference = outputs[i] > expected ? outputs[i] - expected : expected - outputs[i];
            const @real@ size = expected < @0@ ? -expected : expected;
            if (!(difference <= largest * size))
                largest = size > @0@ ? difference / size : @1@;
        }
    }
    for (i = 0; i < @I@; ++i) {
        for (row = 0; row < @I@; ++row)
            outside[row] = @p@_selftest_inputs[0][row];
        outside[i] = @p@_selftest_outside[i];
        mask = @p@_predict(outside, outputs);
        if (mask != (uint32_t)1 << i)
            return @-1@;
    }
    return largest;
}
)";

template <class Real>
Matrix arithmetic_outputs(const ExportedModel& model, const Matrix& inputs) {
    Matrix outputs(inputs.rows(), static_cast<Eigen::Index>(model.outputs.size()));
    std::vector<Real> row(static_cast<std::size_t>(inputs.cols()));
    for (Eigen::Index r = 0; r < inputs.rows(); ++r) {
        for (std::size_t i = 0; i < row.size(); ++i)
            row[i] = static_cast<Real>(inputs(r, static_cast<Eigen::Index>(i)));
        const std::vector<Real> found = exported::predict<Real>(model, row);
        for (std::size_t o = 0; o < found.size(); ++o) outputs(r, static_cast<Eigen::Index>(o)) = found[o];
    }
    return outputs;
}

Matrix arithmetic_outputs(const ExportedModel& model, const Matrix& inputs, bool single_precision) {
    return single_precision ? arithmetic_outputs<float>(model, inputs)
                            : arithmetic_outputs<double>(model, inputs);
}

// One value a quarter of the range beyond each input's end.
Matrix beyond(const ExportedModel& model) {
    Matrix values(1, static_cast<Eigen::Index>(model.inputs.size()));
    for (std::size_t i = 0; i < model.inputs.size(); ++i) {
        const ScaledColumn& c = model.inputs[i].column;
        values(0, static_cast<Eigen::Index>(i)) =
            c.upper + std::max(0.25 * (c.upper - c.lower), 0.25 * std::abs(c.upper));
    }
    return values;
}

std::string self_test(const ExportedModel& model, const C99Text& c) {
    Matrix inputs = trained_inputs(model, self_test_rows);
    if (c.single_precision()) inputs = inputs.cast<float>().cast<double>();
    return c.filled("\n#ifdef @P@_SELFTEST\n") + c.array("selftest_inputs", inputs) +
           c.array("selftest_outputs", arithmetic_outputs(model, inputs, c.single_precision())) +
           c.array("selftest_outside", beyond(model)) +
           c.filled(self_test_function, {{"I", c.capitals("INPUTS")},
                                         {"O", c.capitals("OUTPUTS")},
                                         {"rows", std::to_string(self_test_rows)}}) +
           "#endif\n";
}

std::string header(const ExportedModel& model, const C99Text& c, const Operations& operations) {
    std::string notes, functions;
    for (const std::string& note : model.notes) notes += "   " + in_comment(note) + "\n";
    for (const auto& [name, count] :
         {std::pair{"exp", operations.exp}, {"tanh", operations.tanh}, {"log", operations.log}})
        if (count > 0) functions += (functions.empty() ? "" : ", ") + c.filled("@" + std::string(name) + "@");
    return c.filled(header_text, {{"protocol", in_comment(model.protocol)},
                                  {"kind", model.kind},
                                  {"notes", notes},
                                  {"functions", functions.empty() ? "nothing" : functions},
                                  {"input_names", input_names(model, c)},
                                  {"output_names", output_names(model, c)},
                                  {"tolerance", c.number(c.single_precision() ? 1e-5 : 1e-12)},
                                  {"I", c.capitals("INPUTS")},
                                  {"O", c.capitals("OUTPUTS")}});
}

std::string source(const ExportedModel& model, const C99Text& c, C99Export& result) {
    const C99Network network = c99_network(model, c);
    result.operations = network.operations;
    const C99Scaling scaling = c99_scaling(model, c, result.operations);
    const auto predicted = static_cast<std::size_t>(model.predicted());
    result.stack_bytes = (network.stack_numbers + model.inputs.size() + predicted) * c.bytes();
    return c.filled(
               "#include \"@p@.h\"\n\n#include <math.h>\n\n"
               "/* Each product and sum is rounded by itself, so that results are the same everywhere. */\n"
               "#ifdef __clang__\n#pragma STDC FP_CONTRACT OFF\n#endif\n\n") +
           network.text + scaling.functions +
           c.filled(
               "\nuint32_t @p@_predict(const @real@ inputs[@I@], @real@ outputs[@O@])\n{\n"
               "    @real@ x[@I@], y[@predicted@];\n    uint32_t outside = 0;\n",
               {{"I", c.capitals("INPUTS")},
                {"O", c.capitals("OUTPUTS")},
                {"predicted", std::to_string(predicted)}}) +
           scaling.in + c.filled("    @p@_network(x, y);\n") + scaling.out + "    return outside;\n}\n" +
           self_test(model, c);
}

// "sns-finite:sources=asymmetric" and "bpnn" -> "sns_finite_sources_asymmetric_bpnn"
std::string usual_name(const ExportedModel& model) {
    std::string name = model.protocol + "_" + model.kind;
    for (char& c : name)
        if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
    return name;
}

void check_size(const ExportedModel& model, const C99Text& text, const C99Options& options) {
    const std::size_t bytes = model.constants() * text.bytes();
    if (bytes > options.most_bytes)
        throw Error(ErrorKind::usage,
                    "the model's constants take " + std::to_string(bytes) +
                        " bytes, more than --max-bytes = " + std::to_string(options.most_bytes) +
                        "; allow more, take --precision float, or train "
                        "a smaller network");
}

}  // namespace

void C99Options::validate() const {
    constexpr std::string_view taken[] = {"auto",   "break",  "case",   "char",   "const",  "do",
                                          "double", "else",   "enum",   "extern", "float",  "for",
                                          "goto",   "if",     "int",    "long",   "return", "short",
                                          "static", "struct", "switch", "union",  "void",   "while"};
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    const bool sound =
        name.empty() ||
        (name[0] != '_' && name.size() <= 40 && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); }));
    if (!sound || std::find(std::begin(taken), std::end(taken), name) != std::end(taken))
        throw Error(ErrorKind::usage, "--name = " + in_quotes(name) +
                                          ", must be a C identifier of at most 40 letters, digits and '_' "
                                          "that begins with a letter");
}

C99Export export_c99(const Model& model, C99Options options) {
    options.validate();
    const ExportedModel exported = exported_model(model);
    C99Export result;
    result.name = options.name.empty() ? usual_name(exported) : options.name;
    const C99Text text(result.name, options.precision);
    check_size(exported, text, options);
    result.constant_bytes = exported.constants() * text.bytes();
    result.source = source(exported, text, result);
    result.header = header(exported, text, result.operations);
    Matrix inputs = trained_inputs(exported, compared_rows);
    if (text.single_precision()) inputs = inputs.cast<float>().cast<double>();
    result.largest_difference =
        output_difference(exported, arithmetic_outputs(exported, inputs, text.single_precision()),
                          own_outputs(model, exported, inputs));
    if (!(result.largest_difference <= most_difference_of_float))
        throw Error(ErrorKind::usage,
                    "the network loses too much in this precision: outputs differ by up to " +
                        format_number(result.largest_difference, 2) +
                        " from tfqkd's; take --precision double" +
                        (text.single_precision() ? "" : ", or train it anew"));
    return result;
}

}  // namespace tfqkd
