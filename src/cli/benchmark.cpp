#include "tfqkd/report/benchmark.hpp"

#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

// A model's file name without folder and ending.
std::string short_name(const std::string& path) {
    const std::size_t begin = path.find_last_of('/') + 1, end = path.find_last_of('.');
    return path.substr(begin, end == std::string::npos || end <= begin ? std::string::npos : end - begin);
}

// A held parameter has no meaning here: the data set's own optima are the measure.
std::vector<Option> without_fix(std::vector<Option> options) {
    std::erase_if(options, [](const Option& option) { return option.flag == "--fix"; });
    return options;
}

int run(const Arguments& arguments, Streams& streams) {
    if (!arguments.has("--data"))
        throw Error(ErrorKind::usage,
                    "--data FILE is missing: held-out optima as 'tfqkd generate' writes them");
    BenchmarkOptions options;
    options.search = search_settings(arguments);
    options.method = arguments.text("--method");
    options.passes = static_cast<int>(arguments.count("--passes", 1, 1000));
    options.search_links = arguments.count("--search-links", 0, 1'000'000);
    make_search(options.method, options.search);
    std::vector<std::pair<std::string, Model>> models;
    for (const std::string& path : arguments.all("--model"))
        models.emplace_back(short_name(path), Model::load_file(path));
    ResultSink sink(arguments, streams);
    const TrainingRows held_out = read_training_rows(read_table(arguments.text("--data"), streams.in));
    std::optional<TrainingRows> train;
    if (arguments.has("--train")) {
        train = read_training_rows(read_table(arguments.text("--train"), streams.in));
        if (train->protocol != held_out.protocol)
            throw Error(ErrorKind::data, arguments.text("--train") + " is of " + train->protocol + ", " +
                                             arguments.text("--data") + " of " + held_out.protocol);
    } else if (!arguments.has("--quiet")) {
        streams.err << "tfqkd: no --train FILE, so no plain rivals (fixed parameters, nearest row, "
                       "polynomial) are measured\n";
    }
    sink.write(benchmark_table(run_benchmark(held_out, models, train ? &*train : nullptr, options)));
    sink.finish();
    return 0;
}

}  // namespace

Command benchmark_command() {
    return {
        "benchmark",
        "compare search, networks and plain rivals on held-out links",
        "For each method: the share of the optimal key rate that it keeps (mean, median, 1st percentile, "
        "minimum, links lost altogether), by the full formula on "
        "links with a key, and the time a link takes on one core, asked one by one and in one batch "
        "(minimum and median of passes that take turns). "
        "times_faster compares batch times with the first row's.",
        {{"tfqkd benchmark --data heldout.csv --train training.csv --model bpnn.json --model rbfnn.json "
          "--model grnn.json",
          "the whole comparison"},
         {"tfqkd benchmark --data heldout.csv --model bpnn.json --format markdown",
          "one model, as a table for a report"}},
        "",
        [](const std::vector<std::string>&) {
            const BenchmarkOptions defaults;
            const std::vector<Option> what{
                {"--data", "FILE", "", "held-out optima as 'tfqkd generate' writes them", "Comparison", false,
                 "-d"},
                {"--model", "FILE", "", "a model as 'tfqkd train' writes it", "Comparison", true, "-m"},
                {"--train", "FILE", "", "the optima that the models learned from: for the plain rivals",
                 "Comparison"},
                {"--passes", "N", std::to_string(defaults.passes), "timed passes of each method",
                 "Comparison"},
                {"--search-links", "N", std::to_string(defaults.search_links),
                 "links that the search is timed on; 0 leaves it out", "Comparison"}};
            return joined({what, without_fix(search_options("lsa")), output_options(), general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
