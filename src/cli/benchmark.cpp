#include "tfqkd/report/benchmark.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "cli/audit.hpp"
#include "cli/benchmark_gate.hpp"
#include "cli/model_library.hpp"
#include "cli/row_job.hpp"
#include "cli/subcommands.hpp"
#include "report/table_builder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/benchmark_pieces.hpp"
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
    options.precision = precision_of(arguments);
    options.validate();
    return options;
}

std::vector<std::pair<std::string, Model>> read_models(const Arguments& arguments) {
    std::vector<std::pair<std::string, Model>> models;
    for (const std::string& path : arguments.all("--model"))
        models.emplace_back(short_name(path), Model::load_file(model_path(path)));
    return models;
}

std::optional<TrainingRows> read_train(const Arguments& arguments, Streams& streams) {
    if (arguments.has("--train"))
        return read_training_rows(read_table(arguments.text("--train"), streams.in));
    if (!arguments.has("--quiet") && arguments.has("--model"))
        streams.err << "tfqkd: no --train FILE, so no plain rivals (polynomial, look-up table, nearest row, "
                       "fixed parameters) are measured\n";
    return std::nullopt;
}

// --show links: every row by itself, so that it can be a long run.
int run_links(const Arguments& arguments, Streams& streams, const BenchmarkOptions& options) {
    const auto models = read_models(arguments);
    std::optional<BenchmarkPieces> pieces;  // made behind the job's checks
    const auto make = [&]() -> const BenchmarkPieces& {
        if (!pieces) {
            std::vector<TestSet> sets = test_sets(arguments, streams.in);
            const auto train = read_train(arguments, streams);
            pieces.emplace(std::move(sets), models, train ? &*train : nullptr, options);
        }
        return *pieces;
    };
    RowJob job(arguments, streams, "rows", [&] { return make().items(); });
    Items items = job.items();
    bool any = false;
    return job.run([&](Table& block, std::size_t most) {
        Items start;  // for the columns, where there is no row
        const bool empty = items.below(make().items()) == 0;
        if (empty && any) return false;
        if (!std::exchange(any, true))
            for (const auto& [column, bytes] : make().text_bytes()) job.reserve(column, bytes);
        const BenchmarkPiece piece = make().next(empty ? start : items, empty ? 1 : most);
        block = links_table(piece.benchmark, piece.links);
        if (empty) block = some_rows(block, 0, 0);
        return true;
    });
}

// What an earlier --show links has measured.
Benchmark benchmark_from(const Arguments& arguments, Show show, std::istream& in) {
    for (const char* flag : {"--data", "--model", "--train", "--method"})
        if (arguments.has(flag))
            throw Error(ErrorKind::usage, std::string(flag) +
                                              " is for measuring, --from FILE shows what was " +
                                              "measured; leave out one of them");
    if (show == Show::residuals)
        throw Error(ErrorKind::usage,
                    "--show residuals needs the parameters, which the table of --from has not");
    return read_links_table(read_table(arguments.text("--from"), in));
}

Benchmark measured(const Arguments& arguments, Streams& streams, const BenchmarkOptions& options) {
    const auto models = read_models(arguments);
    std::vector<TestSet> sets = test_sets(arguments, streams.in);
    const auto train = read_train(arguments, streams);
    return run_benchmark(std::move(sets), models, train ? &*train : nullptr, options);
}

int run(const Arguments& arguments, Streams& streams) {
    const Show show = choice<Show>(arguments, "--show", std::vector(std::begin(shown), std::end(shown)));
    const bool from = arguments.has("--from"), rows = show == Show::links && !from;
    BenchmarkGate gate(arguments);
    if (gate.is_on() && show != Show::summary)
        throw Error(ErrorKind::usage, "--compare shows the comparison; leave out --show");
    for (const Option& option : row_job_options())
        if (arguments.has(option.flag) && !rows)
            throw Error(ErrorKind::usage, option.flag +
                                              " is for --show links; its table, whole or merged, is "
                                              "then shown in other ways by --from FILE");
    const BenchmarkOptions options = benchmark_options(arguments, show == Show::summary);
    if (rows) return run_links(arguments, streams, options);
    ResultSink sink(arguments, streams);
    const Benchmark benchmark =
        from ? benchmark_from(arguments, show, streams.in) : measured(arguments, streams, options);
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
        "integration: a baseline holds every rate and count of an earlier run. Long comparisons go in two "
        "steps: --show links, which can be cut into shards and gone on with, then --from for all other "
        "tables.",
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
          "exit with 1 when something got worse"},
         {"tfqkd benchmark --data heldout.csv --model bpnn.json --show links --resume -o ratios.csv && "
          "tfqkd benchmark --from ratios.csv --show intervals",
          "what can be stopped at any moment, then a table of it"}},
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
                Option{"--precision", "TYPE", "double",
                       "of a bpnn asked for many links at once: double, or float", "Comparison"}
                    .offering({"double", "float"}),
                {"--passes", "N", std::to_string(defaults.passes),
                 "timed passes of each method, on the first test set of a protocol; 0: no times",
                 "Comparison"},
                {"--search-links", "N", std::to_string(defaults.search_links),
                 "links that a search is timed on; it is judged on all; 0: no search", "Comparison"},
                {"--from", "FILE", "",
                 "instead of --data: what --show links has written, to show it in another way or compare it",
                 "Comparison"},
                {"--show", "TABLE", "summary", "what to print: " + choices, "Comparison"},
                {"--by", "QUANTITY", "",
                 "with --show bins: a quantity of the link, distance_km (at 0.2 dB/km) or loss_db of the "
                 "whole "
                 "link; without it distance_km and pulses",
                 "Comparison", true},
                {"--bins", "N", "5", "with --show bins: parts of each quantity's range", "Comparison"},
                {"--worst", "N", "5", "with --show worst: links of each method", "Comparison"}};
            return joined({what, for_benchmark(search_options("lsa")), gate_options(), output_options(),
                           row_job_options(), general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
