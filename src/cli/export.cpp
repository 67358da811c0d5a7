#include <filesystem>
#include <ostream>

#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/export.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

namespace fs = std::filesystem;

enum class Target { c99, onnx };

std::string summary(const C99Export& made) {
    const Operations& n = made.operations;
    return made.name + ": " + std::to_string(made.constant_bytes) + " bytes of constants, " +
           std::to_string(made.stack_bytes) + " bytes of stack; a prediction takes at most " +
           std::to_string(n.sums_and_products) + " sums and products, " + std::to_string(n.divisions) +
           " divisions, " + std::to_string(n.exp) + " exp, " + std::to_string(n.tanh) + " tanh, " +
           std::to_string(n.log) + " log; differs from tfqkd by at most " +
           format_number(made.largest_difference, 2) + " of a parameter's range, over the trained range\n";
}

void run_c99(const Model& model, const Arguments& arguments, std::ostream& talk) {
    const std::string folder = arguments.text("--output");
    if (folder == "-")
        throw Error(ErrorKind::usage, "--output = -: C99 is two files; give the folder that they go to");
    C99Options options;
    options.precision = precision_of(arguments);
    options.most_bytes = arguments.count("--max-bytes", 1, std::uint64_t{1} << 30);
    if (arguments.has("--name")) options.name = arguments.text("--name");
    const C99Export made = export_c99(model, options);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error && !fs::is_directory(folder))
        throw Error(ErrorKind::io, folder + ": can't be made a folder: " + error.message());
    OutputFile header((fs::path(folder) / (made.name + ".h")).string(), arguments.has("--force"));
    OutputFile source((fs::path(folder) / (made.name + ".c")).string(), arguments.has("--force"));
    header.stream() << made.header;
    source.stream() << made.source;
    header.commit();
    source.commit();
    if (!arguments.has("--quiet")) talk << summary(made);
}

void run_onnx(const Model& model, const Arguments& arguments, Streams& streams) {
    for (const char* flag : {"--name", "--max-bytes"})
        if (arguments.has(flag)) throw Error(ErrorKind::usage, std::string(flag) + " is for --to c99 only");
    const std::string path = arguments.text("--output");
    const std::string bytes = export_onnx(model, precision_of(arguments));
    if (path == "-") {
        streams.out << bytes;
        return;
    }
    OutputFile file(path, arguments.has("--force"));
    file.stream() << bytes;
    file.commit();
    if (!arguments.has("--quiet")) streams.err << path << ": " << bytes.size() << " bytes\n";
}

int run(const Arguments& arguments, Streams& streams) {
    for (const auto& [flag, what] :
         {std::pair{"--to", "FORMAT is missing: c99 or onnx"},
          {"--output", "PATH is missing: the folder (c99) or file (onnx) to write"}})
        if (!arguments.has(flag)) throw Error(ErrorKind::usage, std::string(flag) + " " + what);
    const auto target = choice<Target>(arguments, "--to", {{"c99", Target::c99}, {"onnx", Target::onnx}});
    precision_of(arguments);  // a mistake is told before the model is read
    const Model model = load_model(arguments);
    if (target == Target::c99)
        run_c99(model, arguments, streams.err);
    else
        run_onnx(model, arguments, streams);
    return 0;
}

}  // namespace

Command export_command() {
    return {
        "export",
        "a trained model as C99 source or as ONNX",
        "Writes a model so that it runs without tfqkd: as C99 for controllers (NAME.h and NAME.c; no memory "
        "is "
        "allocated, nothing is global, of libm only exp, tanh and log are used; returns a mask of inputs "
        "outside "
        "the trained range; NAME_selftest() with -DNAME_SELFTEST, NAME in capitals), or as ONNX for its many "
        "runtimes. Inputs and outputs are in physical units; an input of an arm is its loss with the "
        "detector, "
        "channel loss - 10 log10(detector efficiency). The key rate is not part of it: 'tfqkd predict' and "
        "'tfqkd serve' check each prediction by the full formula.",
        {{"tfqkd export --model bpnn.json --to c99 --name sns -o firmware",
          "sns.h and sns.c in the folder firmware, in double precision"},
         {"tfqkd export --model bpnn.json --to c99 --precision float --max-bytes 32768 -o firmware",
          "in single precision, for a controller with little memory"}},
        "",
        [](const std::vector<std::string>&) {
            const C99Options defaults;
            const std::vector<Option> what{
                Option{"--to", "FORMAT", "", "c99 (bpnn, rbfnn, grnn) or onnx (bpnn, rbfnn, grnn of order 0)",
                       "Export"}
                    .offering({"c99", "onnx"}),
                Option{"--precision", "TYPE", "double", "double or float", "Export"}.offering(
                    {"double", "float"}),
                {"--name", "PREFIX", "", "c99: prefix of files and symbols; made of protocol and network",
                 "Export"},
                {"--max-bytes", "N", std::to_string(defaults.most_bytes), "c99: bytes of constants at most",
                 "Export"},
                {"--output", "PATH", "",
                 "c99: a folder, made if need be; onnx: a file; written whole or not at all", "Output", false,
                 "-o"},
                {"--force", "", "", "replace existing files", "Output"},
                {"--quiet", "", "", "no talk on standard error", "General", false, "-q"}};
            return joined({model_options(), what});
        },
        run};
}

}  // namespace tfqkd::cli
