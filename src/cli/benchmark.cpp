#include "tfqkd/report/benchmark.hpp"

#include <algorithm>
#include <numeric>

#include "cli/audit.hpp"
#include "cli/benchmark_gate.hpp"
#include "cli/model_library.hpp"
#include "cli/subcommands.hpp"
#include "report/table_builder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/benchmark_tables.hpp"

namespace tfqkd::cli {

namespace {

// A model's file name without folder and ending.
std::string short_name(const std::string& path) {
    const std::size_t begin = path.find_last_of('/') + 1, end = path.find_last_of('.');
    return path.substr(begin, end == std::string::npos || end <= begin ? std::string::npos : end - begin);
}

// A held parameter has no meaning here: the data set's own optima are the measure. And any number of searches
// can be compared.
std::vector<Option> for_benchmark(std::vector<Option> options) {
    std::erase_if(options, [](const Option& option) { return option.flag == "--fix"; });
    for (Option& option : options)
        if (option.flag == "--method") option.many = true;
    return options;
}

// The test sets, each called as its file is.
std::vector<TestSet> test_sets(const Arguments& arguments, std::istream& in) {
    if (!arguments.has("--data"))
        throw Error(ErrorKind::usage,
                    "--data FILE is missing: held-out optima as 'tfqkd generate' writes them");
    std::vector<TestSet> sets;
    for (const std::string& path : arguments.all("--data")) {
        sets.push_back({short_name(path), read_training_rows(read_table(path, in))});
        for (std::size_t k = 0; k + 1 < sets.size(); ++k)
            if (sets[k].name == sets.back().name)
                throw Error(ErrorKind::usage,
                            "--data names two files " + in_quotes(sets.back().name) + "; rename one");
    }
    return sets;
}

enum class Show { summary, intervals, bins, residuals, worst, links };
constexpr std::pair<std::string_view, Show> shown[] = {
    {"summary", Show::summary},     {"intervals", Show::intervals}, {"bins", Show::bins},
    {"residuals", Show::residuals}, {"worst", Show::worst},         {"links", Show::links}};

// The links that each method keeps least of, and the command that optimises each.
Table worst_table(const Benchmark& benchmark, std::size_t count) {
    TableBuilder table;
    for (const MethodResult& result : benchmark.results) {
        const TestSet& set = benchmark.sets[result.set];
        const Eigen::ArrayXd ratio = result.rate.max(0) / set.optima.rate;
        std::vector<Eigen::Index> order(static_cast<std::size_t>(ratio.size()));
        std::iota(order.begin(), order.end(), Eigen::Index{0});
        std::stable_sort(order.begin(), order.end(),
                         [&](Eigen::Index a, Eigen::Index b) { return ratio[a] < ratio[b]; });
        order.resize(std::min(order.size(), count));
        for (const Eigen::Index row : order) {
            table.add("test_set", set.name);
            table.add("method", result.method);
            table.add("row", static_cast<double>(row));
            table.add("ratio", ratio[row]);
            table.add("best_rate", set.optima.rate[row]);
            table.add("command",
                      "tfqkd optimize --protocol " + set.optima.protocol + link_flags(set.optima.links, row));
        }
    }
    return std::move(table).table();
}

Table table_of(const Benchmark& benchmark, Show show, const Arguments& arguments) {
    switch (show) {
        case Show::summary:
            return summary_table(benchmark);
        case Show::intervals:
            return intervals_table(benchmark, threads(arguments));
        case Show::bins: {
            std::vector<std::string> along = arguments.all("--by");
            if (along.empty()) along = {"distance_km", "pulses"};
            return bins_table(benchmark, along, arguments.count("--bins", 1, 1000));
        }
        case Show::residuals:
            return residuals_table(benchmark);
        case Show::worst:
            return worst_table(benchmark, arguments.count("--worst", 1, 1'000'000));
        case Show::links:
            break;
    }
    return links_table(benchmark);
}

BenchmarkOptions benchmark_options(const Arguments& arguments, bool timed) {
    BenchmarkOptions options;
    options.search = search_settings(arguments);
    options.methods = arguments.all("--method");
    if (options.methods.empty()) options.methods = BenchmarkOptions().methods;
    options.passes = timed ? static_cast<int>(arguments.count("--passes", 0, 1000)) : 0;
    options.search_links = arguments.count("--search-links", 0, 1'000'000);
    if (options.search_links == 0) options.methods.clear();
    options.threads = threads(arguments);
    options.validate();
    return options;
}

int run(const Arguments& arguments, Streams& streams) {
    const Show show = choice<Show>(arguments, "--show", std::vector(std::begin(shown), std::end(shown)));
    BenchmarkGate gate(arguments);
    const BenchmarkOptions options = benchmark_options(arguments, show == Show::summary);
    if (gate.is_on() && show != Show::summary)
        throw Error(ErrorKind::usage, "--compare shows the comparison; leave out --show");
    std::vector<std::pair<std::string, Model>> models;
    for (const std::string& path : arguments.all("--model"))
        models.emplace_back(short_name(path), Model::load_file(model_path(path)));
    ResultSink sink(arguments, streams);
    std::vector<TestSet> sets = test_sets(arguments, streams.in);
    std::optional<TrainingRows> train;
    if (arguments.has("--train"))
        train = read_training_rows(read_table(arguments.text("--train"), streams.in));
    else if (!arguments.has("--quiet") && !models.empty())
        streams.err << "tfqkd: no --train FILE, so no plain rivals (polynomial, look-up table, nearest row, "
                       "fixed parameters) are measured\n";
    const Benchmark benchmark = run_benchmark(std::move(sets), models, train ? &*train : nullptr, options);
    if (gate.is_on()) return gate.judge(benchmark, sink, streams.err);
    sink.write(table_of(benchmark, show, arguments));
    sink.finish();
    return 0;
}

}  // namespace

Command benchmark_command() {
    return {
        "benchmark",
        "compare search, networks and plain rivals on held-out links",
        "For each test set and method: the share of the optimal key rate that it keeps (mean, median, 1st "
        "percentile, minimum, links lost altogether), by the full formula on links with a key, and the "
        "processor time a link takes on one core, asked one by one and in one batch (minimum and median of "
        "passes that take turns). times_faster compares batch times with the first row's. Links outside a "
        "model's trained range are a test set of their own. With --compare it is a gate for continuous "
        "integration: a baseline holds every rate and count of an earlier run.",
        {{"tfqkd benchmark --data heldout.csv --train training.csv --model bpnn.json --model rbfnn.json "
          "--model grnn.json",
          "the whole comparison"},
         {"tfqkd benchmark --data heldout.csv --model bpnn.json --show bins --by distance_km --by pulses",
          "where a model loses"},
         {"tfqkd benchmark --data heldout.csv --method lsa --method auto --model bpnn.json --compare "
          "baseline.json --update-baseline",
          "keep what searches and a model reach today"},
         {"tfqkd benchmark --data heldout.csv --method lsa --method auto --model bpnn.json --compare "
          "baseline.json --junit gate.xml",
          "exit with 1 when something got worse"}},
        "",
        [](const std::vector<std::string>&) {
            const BenchmarkOptions defaults;
            std::string choices;
            for (const auto& [name, show] : shown)
                choices += (choices.empty() ? "" : ", ") + std::string(name);
            const std::vector<Option> what{
                {"--data", "FILE", "",
                 "a test set: held-out optima as 'tfqkd generate' writes them, of any protocol", "Comparison",
                 true, "-d"},
                {"--model", "FILE", "",
                 "a model as 'tfqkd train' writes it, or the name of one that comes with tfqkd", "Comparison",
                 true, "-m"},
                {"--train", "FILE", "", "the optima that the models learned from: for the plain rivals",
                 "Comparison"},
                {"--passes", "N", std::to_string(defaults.passes),
                 "timed passes of each method, on the first test set of a protocol; 0: no times",
                 "Comparison"},
                {"--search-links", "N", std::to_string(defaults.search_links),
                 "links that a search is timed on; it is judged on all; 0: no search", "Comparison"},
                {"--show", "TABLE", "summary", "what to print: " + choices, "Comparison"},
                {"--by", "QUANTITY", "",
                 "with --show bins: a quantity of the link, distance_km (at 0.2 dB/km) or loss_db of the "
                 "whole "
                 "link; without it distance_km and pulses",
                 "Comparison", true},
                {"--bins", "N", "5", "with --show bins: parts of each quantity's range", "Comparison"},
                {"--worst", "N", "5", "with --show worst: links of each method", "Comparison"}};
            return joined({what, for_benchmark(search_options("lsa")), gate_options(), output_options(),
                           general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
