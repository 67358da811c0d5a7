#include <unistd.h>

#include <filesystem>

#include "cli/gnuplot.hpp"
#include "cli/model_library.hpp"
#include "cli/subcommands.hpp"
#include "report/table_builder.hpp"
#include "tfqkd/math/pack.hpp"
#include "tfqkd/math/parallel.hpp"
#include "tfqkd/report/export.hpp"

namespace tfqkd::cli {

namespace {

// One thing that was looked at: whether it is well, what there is, and what to do about it if not.
struct Finding {
    std::string what;
    bool well;
    std::string found, next_step;
};

Finding lanes() {
    return {
        "doubles a register", Pack::width >= 4, std::to_string(Pack::width),
        "build on this machine, or with -DTFQKD_ARCH=x86-64-v3 where it has AVX2: two lanes gain nothing"};
}

Finding processors() {
    return {"threads", true, std::to_string(default_threads()),
            "--threads N, TFQKD_THREADS or the batch system set another number"};
}

Finding models() {
    std::string list;
    for (const std::string& name : model_names()) list += (list.empty() ? "" : ", ") + name;
    return {"models by name", !list.empty(), list.empty() ? "none" : list,
            "install tfqkd with 'cmake --install', or let TFQKD_MODEL_DIR name their folder"};
}

Finding onnx() {
    return {"export to ONNX", onnx_is_built(), onnx_is_built() ? "built in" : "not built in",
            "install libonnx-dev, libprotobuf-dev and protobuf-compiler, and build again"};
}

Finding gnuplot() {
    const std::string found = gnuplot_path();
    return {"gnuplot", !found.empty(), found.empty() ? "not found" : found,
            "install the package gnuplot-nox; 'tfqkd plot' draws with it"};
}

Finding folder() {
    std::error_code error;
    const bool writable = access(".", W_OK) == 0;
    const auto space = std::filesystem::space(".", error);
    const std::string free = error ? "" : ", " + std::to_string(space.available >> 20) + " MiB free";
    return {"this folder", writable, (writable ? "can be written" : "can't be written") + free,
            "change to a folder of your own, or give --output a path in one"};
}

int run(const Arguments& arguments, Streams& streams) {
    TableBuilder table;
    bool well = true;
    for (const Finding& one : {lanes(), processors(), models(), onnx(), gnuplot(), folder()}) {
        table.add("what", one.what);
        table.add("state", one.well ? "ok" : "missing");
        table.add("found", one.found);
        table.add("next_step", one.well ? "" : one.next_step);
        well = well && one.well;
    }
    ResultSink sink(arguments, streams);
    sink.write(std::move(table).table());
    sink.finish();
    return arguments.has("--strict") && !well ? 1 : 0;
}

}  // namespace

Command doctor_command() {
    return {
        "doctor",
        "what this machine has for tfqkd, and what is missing",
        "Looks for what tfqkd can use: wide registers in this build, models, the export to ONNX, gnuplot, a "
        "folder to write to; and says what to do where something is missing. Key rates and searches need "
        "none of it.",
        {{"tfqkd doctor --format text", "as a table"}, {"tfqkd doctor --format json", "for a script"}},
        "",
        [](const std::vector<std::string>&) {
            const std::vector<Option> strict{
                {"--strict", "", "", "exit with 1 if anything is missing", "Output"}};
            return joined({output_options(), strict, general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
