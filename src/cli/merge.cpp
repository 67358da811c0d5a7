#include "tfqkd/dataset/merge.hpp"

#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

TableFormat format_of(const std::string& path) {
    constexpr std::string_view unfinished = ".partial";  // said so by merge_shards
    const std::size_t end = path.ends_with(unfinished) ? path.size() - unfinished.size() : path.size();
    const auto format = format_of_file(path.substr(0, end));
    if (format == TableFormat::csv || format == TableFormat::jsonl) return *format;
    throw Error(ErrorKind::usage, path + ": shards are .csv or .jsonl files");
}

int run(const Arguments& arguments, Streams& streams) {
    const std::vector<std::string> paths = arguments.all("");
    if (paths.empty())
        throw Error(ErrorKind::usage,
                    "nothing to merge: name the files of all shards, as in 'tfqkd merge "
                    "part-*.csv -o whole.csv'");
    if (!arguments.has("--output"))
        throw Error(ErrorKind::usage, "--output FILE is missing: where the whole goes");
    const TableFormat format = format_of(paths.front());
    const std::string output = arguments.text("--output");
    for (const std::string& path : paths)
        if (format_of(path) != format)
            throw Error(ErrorKind::usage, paths.front() + " and " + path + " have different formats");
    if (output != "-" && format_of(output) != format)
        throw Error(ErrorKind::usage, "--output = " + in_quotes(output) + " must end as the shards do");
    if (output == "-") {
        merge_shards(paths, format, streams.out);
        return 0;
    }
    RunRecord record(arguments);
    OutputFile file(output, arguments.has("--force"));
    const Merged merged = merge_shards(paths, format, file.stream());
    file.commit();
    record.take_line(merged.run);
    record.count("rows", merged.rows);
    record.count("shards", merged.shards);
    record.write_manifest(output);
    if (arguments.has("--quiet")) return 0;
    for (const std::string& path : merged.duplicates)
        streams.err << "tfqkd: " << path << " is left out: its shard is there already, with the same rows\n";
    streams.err << merged.rows << " rows of " << merged.shards << " shards\n";
    return 0;
}

}  // namespace

Command merge_command() {
    return {
        "merge",
        "join the shards of one run",
        "Joins the files that runs with --shard 1/N to N/N wrote into the one that the run without --shard "
        "writes, byte for byte. Shards of different runs, or of the same number but with different rows, "
        "and missing shards or rows are refused. Memory does not grow with the number of rows.",
        {{"tfqkd generate --rows 5000 --shard 1/2 -o part-1.csv && tfqkd generate --rows 5000 --shard 2/2 "
          "-o part-2.csv && tfqkd merge part-1.csv part-2.csv -o whole.csv",
          "a data set in two parts, which could be made on two machines"},
         {"tfqkd merge part-1.csv part-2.csv -o - | tail -n 1", "the same into a pipe"}},
        "FILE...",
        [](const std::vector<std::string>&) {
            return std::vector<Option>{
                {"--output", "FILE", "", "the whole; written whole or not at all; '-' is standard output",
                 "Output", false, "-o", false},
                {"--force", "", "", "replace an existing file", "Output", false, "", false},
                {"--quiet", "", "", "no talk on standard error", "General", false, "-q", false}};
        },
        run};
}

}  // namespace tfqkd::cli
