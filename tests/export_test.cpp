#include <regex>

#include "catch.hpp"
#include "process.hpp"
#include "report/c99_text.hpp"
#include "report/exported_model.hpp"
#include "small_models.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/export.hpp"
#include "tfqkd/table/number.hpp"

using namespace tfqkd;
using namespace tfqkd::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* strict =
    " -std=c99 -pedantic -Wall -Wextra -Werror -Wconversion -Wdouble-promotion -Wshadow ";

// What a shell says, line by line, and how it ends.
struct Said {
    int code;
    std::vector<std::string> lines;
};

Said shell(const std::string& command) {
    Process process("/bin/sh", {"-c", command + " 2>&1; echo done $?"});
    process.close_input();
    Said said{-1, {}};
    for (std::string line; !(line = process.read_line()).starts_with("done ");) {
        if (line.empty()) return said;
        said.lines.push_back(line);
        said.code = 0;
    }
    said.code = process.wait();
    return said;
}

bool is_there(const std::string& program) { return shell("command -v " + program).lines.size() == 1; }

// Reads rows of inputs, prints mask and outputs; with no rows, prints what the self-test says.
std::string driver(const std::string& name, const std::string& upper, const std::string& real) {
    return "#include <stdio.h>\n#include \"" + name + ".h\"\nint main(int c, char **v)\n{\n    " + real +
           " in[" + upper + "_INPUTS], out[" + upper +
           "_OUTPUTS];\n    double x;\n    int i = 0;\n    (void)v;\n    if (c > 1) {\n"
           "        printf(\"%.17g\\n\", (double)" +
           name +
           "_selftest());\n        return 0;\n    }\n"
           "    while (scanf(\"%lf\", &x) == 1) {\n        in[i++] = (" +
           real + ")x;\n        if (i < " + upper +
           "_INPUTS)\n            continue;\n        printf(\"%lu\", (unsigned long)" + name +
           "_predict(in, out));\n        for (i = 0; i < " + upper +
           "_OUTPUTS; ++i)\n            printf(\" %.17g\", (double)out[i]);\n        printf(\"\\n\");\n      "
           "  i = 0;\n    }\n"
           "    return 0;\n}\n";
}

std::string rows_text(const Matrix& rows) {
    std::string text;
    for (Eigen::Index row = 0; row < rows.rows(); ++row) {
        for (Eigen::Index col = 0; col < rows.cols(); ++col) text += format_number(rows(row, col)) + " ";
        text += "\n";
    }
    return text;
}

// Rows that are a little outside at one input each: first below, then above the trained range.
Matrix outside_rows(const ExportedModel& model) {
    const auto count = static_cast<Eigen::Index>(model.inputs.size());
    Matrix rows(2 * count, count);
    for (Eigen::Index i = 0; i < count; ++i) {
        const ScaledColumn& c = model.inputs[static_cast<std::size_t>(i)].column;
        const double low = to_scale(c.scale, c.lower), high = to_scale(c.scale, c.upper);
        rows.col(i).setConstant(from_scale(c.scale, 0.5 * (low + high)));
        rows(i, i) = from_scale(c.scale, low - 0.01 * (high - low));
        rows(count + i, i) = from_scale(c.scale, high + 0.01 * (high - low));
    }
    return rows;
}

// What rounding alone may change where large weights of radial networks cancel, in spreads of an output.
double rounding_of(const ExportedModel& exported) {
    const auto* radial = std::get_if<RadialNetwork>(&exported.network);
    return radial ? 0x1p-53 * radial->weights.cwiseAbs().colwise().sum().maxCoeff() : 0;
}

// Exports a model, compiles it, and holds its predictions against tfqkd's own.
void check_compiled(const std::string& compiler, const std::string& model_name, const std::string& precision,
                    double tolerance) {
    CAPTURE(compiler, model_name, precision);
    const std::string name = model_name + "_" + precision;
    REQUIRE(run_line("export --model " + model_name + ".json --to c99 --precision " + precision + " --name " +
                     name + " --quiet --force -o c99")
                .code == 0);
    put_file("c99/main.c", driver(name, C99Text(name, Precision::double_precision).capitals(""), precision));
    const std::string define = " -D" + C99Text(name, Precision::double_precision).capitals("SELFTEST");
    const Said compiled = shell(compiler + strict + define + " -O2 c99/" + name + ".c c99/main.c -lm -o run");
    for (const std::string& line : compiled.lines) UNSCOPED_INFO(line);
    REQUIRE(compiled.lines.empty());
    CHECK(shell("./run selftest").lines == std::vector<std::string>{"0"});

    const Model model = Model::load_file(model_name + ".json");
    const ExportedModel exported = exported_model(model);
    Matrix inputs = trained_inputs(exported, 60);
    if (precision == "float") inputs = inputs.cast<float>().cast<double>();
    put_file("rows", rows_text(inputs));
    const Said said = shell("./run < rows");
    REQUIRE(said.lines.size() == 60);
    Matrix found(60, static_cast<Eigen::Index>(exported.outputs.size()));
    for (Eigen::Index row = 0; row < 60; ++row) {
        std::istringstream line(said.lines[static_cast<std::size_t>(row)]);
        unsigned long mask = 1;
        line >> mask;
        CHECK(mask == 0);
        for (Eigen::Index col = 0; col < found.cols(); ++col) line >> found(row, col);
    }
    CHECK(output_difference(exported, found, own_outputs(model, exported, inputs)) <
          std::max(tolerance, rounding_of(exported)));

    put_file("rows", rows_text(outside_rows(exported)));
    const Said outside = shell("./run < rows");
    REQUIRE(outside.lines.size() == 2 * exported.inputs.size());
    for (std::size_t k = 0; k < outside.lines.size(); ++k)
        CHECK(outside.lines[k].starts_with(std::to_string(1 << k % exported.inputs.size()) + " "));
    const std::string row = rows_text(outside_rows(exported).row(1));
    put_file("rows", "nan" + row.substr(row.find(' ')));
    CHECK(shell("./run < rows").lines.at(0).starts_with("3 "));
}

}  // namespace

TEST_CASE("exported C compiles without warnings and predicts what tfqkd predicts", "[export]") {
    const WorkFolder folder;
    put_small_models();
    int compilers = 0;
    for (const std::string compiler : {"gcc", "clang"}) {
        if (!is_there(compiler)) continue;
        ++compilers;
        for (const char* model : {"bpnn", "relu", "rbfnn", "grnn", "grnn0"})
            check_compiled(compiler, model, "double", 1e-12);
        for (const char* model : {"bpnn", "relu", "grnn0"}) check_compiled(compiler, model, "float", 1e-5);
    }
    if (compilers == 0) WARN("neither gcc nor clang is there: exported C was not compiled");
}

TEST_CASE("exported C compiles for controllers", "[export]") {
    const WorkFolder folder;
    put_small_models();
    const std::string flags = std::string(strict) + "-Os -c c99/";
    const std::vector<std::pair<std::string, std::string>> cross{
        {"arm-none-eabi-gcc", " -mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16"},
        {"riscv64-unknown-elf-gcc", " --specs=picolibc.specs -march=rv32imafc -mabi=ilp32f"}};
    for (const auto& [compiler, target] : cross) {
        if (!is_there(compiler)) {
            WARN(compiler << " is not there: exported C was not compiled with it");
            continue;
        }
        for (const std::string model : {"bpnn", "rbfnn", "grnn", "grnn0"}) {
            CAPTURE(compiler, model);
            REQUIRE(run_line("export --model " + model + ".json --to c99 --name " + model +
                             " --quiet --force -o c99")
                        .code == 0);
            CHECK(shell(compiler + target + flags + model + ".c -o " + model + ".o").lines.empty());
            CHECK(fs::exists(model + ".o"));
        }
    }
}

TEST_CASE("the default perceptron takes less than 32 kB", "[export]") {
    const WorkFolder folder;
    put_small_models();
    REQUIRE(run_line("train --data data.csv --epochs 1 --quiet -o usual.json").code == 0);
    const C99Export made = export_c99(Model::load_file("usual.json"), {});
    CHECK(made.name == "sns_finite_bpnn");
    CHECK(made.constant_bytes < 16384);
    CHECK(made.stack_bytes < 1024);
    CHECK(made.operations.tanh == 48);
    if (!is_there("gcc")) return;
    put_file("sns_finite_bpnn.h", made.header);
    put_file("sns_finite_bpnn.c", made.source);
    REQUIRE(shell("gcc -std=c99 -Os -c sns_finite_bpnn.c").lines.empty());
    CHECK(fs::file_size("sns_finite_bpnn.o") < 32768);
}

TEST_CASE("the self-test finds a changed weight and a changed range", "[export]") {
    const WorkFolder folder;
    if (!is_there("gcc")) {
        WARN("gcc is not there");
        return;
    }
    put_small_models();
    REQUIRE(run_line("export --model bpnn.json --to c99 --name net --quiet -o .").code == 0);
    put_file("main.c", driver("net", "NET", "double"));
    const std::string source = file_text("net.c");
    const auto self_test = [&](const std::string& changed) {
        put_file("net.c", changed);
        REQUIRE(shell("gcc -std=c99 -DNET_SELFTEST net.c main.c -lm -o run").lines.empty());
        return parse_number(shell("./run selftest").lines.at(0)).value();
    };
    CHECK(self_test(source) == 0);
    std::string weight = source;
    weight.replace(weight.find("{{") == std::string::npos ? weight.find("    {") + 5 : weight.find("{{") + 2,
                   1, "9");
    CHECK(self_test(weight) > 1e-6);
    CHECK(self_test(std::regex_replace(source, std::regex("outside \\|= 0x2u"), "outside |= 0x4u")) == -1);
}

TEST_CASE("exports are the same each time, and hold no more than C99's exp, tanh and log", "[export]") {
    const WorkFolder folder;
    put_small_models();
    for (const std::string kind : {"bpnn", "rbfnn", "grnn", "grnn0"}) {
        const Model model = Model::load_file(kind + ".json");
        const C99Export first = export_c99(model, {}), second = export_c99(model, {});
        CHECK(first.source == second.source);
        CHECK(first.header == second.header);
        for (const char* word : {"malloc", "printf", "stdio", "stdlib", "pow(", "sqrt(", "expm1", "fabs("})
            CHECK(first.source.find(word) == std::string::npos);
    }
}

TEST_CASE("an export that can't be is refused", "[export]") {
    const WorkFolder folder;
    put_small_models();
    REQUIRE(
        run_line("train --data data.csv --network polynomial --degree 2 --quiet -o polynomial.json").code ==
        0);
    const auto refused = [](const std::string& line, const std::string& part) {
        CAPTURE(line);
        const Outcome outcome = run_line("export " + line);
        CHECK(outcome.code == 2);
        CHECK_THAT(outcome.err, contains_text(part));
    };
    refused("--model polynomial.json --to c99 -o c99", "bpnn, rbfnn and grnn");
    refused("--model grnn.json --to c99 --max-bytes 1000 -o c99", "--max-bytes = 1000");
    refused("--model bpnn.json --to c99 --name 2x -o c99", "--name = '2x'");
    refused("--model bpnn.json --to c99 --name double -o c99", "--name = 'double'");
    refused("--model bpnn.json --to c99 -o -", "two files");
    refused("--model grnn.json --to onnx -o x.onnx", onnx_is_built() ? "--order 0" : "libonnx-dev");
    CHECK_FALSE(fs::exists("c99"));
    CHECK_FALSE(fs::exists("x.onnx"));
}

TEST_CASE("ONNX files hold the names of inputs and outputs", "[export]") {
    if (!onnx_is_built()) {
        WARN("this build has no ONNX");
        return;
    }
    const WorkFolder folder;
    put_small_models();
    for (const char* model : {"bpnn", "rbfnn", "grnn0"})
        for (const char* precision : {"double", "float"}) {
            REQUIRE(run_line("export --to onnx --quiet --force -o x.onnx --precision " +
                             std::string(precision) + " --model " + model + ".json")
                        .code == 0);
            const std::string bytes = file_text("x.onnx");
            for (const char* word : {"arm_a_loss_db", "signal_intensity", "sns-finite", "trained_from"})
                CHECK_THAT(bytes, contains_text(word));
        }
}
