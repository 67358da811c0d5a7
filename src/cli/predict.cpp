#include "cli/prediction.hpp"
#include "cli/row_job.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

PredictionOptions prediction_options(const Arguments& arguments) {
    PredictionOptions options;
    options.threads = threads(arguments);
    options.precision = precision_of(arguments);
    options.fallback = arguments.has("--fallback");
    options.polish_steps = static_cast<int>(arguments.count("--polish", 0, 10'000));
    return options;
}

void tell(const Predictor& predictor, std::ostream& err) {
    if (predictor.outside() > 0)
        err << "tfqkd: rows outside the trained range: " << predictor.outside()
            << "; the column 'outside' names the quantities\n";
    if (predictor.sparse() > 0)
        err << "tfqkd: rows where there were next to no training rows: " << predictor.sparse()
            << "; the column 'sparse' names the quantities\n";
    if (predictor.searched() > 0) err << "tfqkd: rows searched for instead: " << predictor.searched() << "\n";
}

int run(const Arguments& arguments, Streams& streams) {
    const PredictionOptions options = prediction_options(arguments);
    const Model model = load_model(arguments);
    const ProtocolInfo& info = model.protocol().info();
    RowJob job(arguments, streams, "links", [&] { return count_links(arguments, streams); });
    LinkSource source(arguments, info, streams, {}, job.items());
    std::size_t names = 0;  // the longest that 'outside' and 'sparse' can be
    for (const Quantity& q : link_quantities()) names += q.name.size() + 2;
    for (const char* column : {"outside", "sparse"}) job.reserve(column, names);
    job.reserve("method", 16);
    Predictor predictor(model, options);
    const int code = job.run([&](Table& result, std::size_t most) {
        Table rows;
        Columns links;
        if (!source.next(rows, links, most)) return false;
        result = without_results(rows, info);
        predictor.answer(links, result);
        result.properties.emplace_back("protocol", info.spec());
        return true;
    });
    if (code != 0) return code;
    if (!arguments.has("--quiet")) tell(predictor, streams.err);
    return arguments.has("--strict") && predictor.doubtful() ? 1 : 0;
}

}  // namespace

Command predict_command() {
    return {
        "predict",
        "optimal parameters for new links from a trained model",
        "Predicts all parameters at once and puts them through the full key-rate formula, so that the "
        "rate shown is the one that they give. The column "
        "'outside' names the quantities of a row that lie beyond what the model was trained on, 'sparse' two "
        "quantities that it has hardly seen together, and 'method' says what gave the row: the network, "
        "polish, or a search.",
        {{"tfqkd predict --model bpnn.json --distance-km 250 --pulses 1e13", "one link"},
         {"tfqkd predict --model bpnn.json --links links.csv -o parameters.csv", "a table of links"},
         {"tfqkd predict --model bpnn.json --links links.csv --polish 5 --fallback",
          "a few gradient steps on every row, and a search where the model does not know"},
         {"tail -f links.jsonl | tfqkd predict --model bpnn.json --links - --format jsonl",
          "row by row through a pipe"}},
        "",
        [](const std::vector<std::string>&) {
            const std::vector<Option> doubts{
                Option{"--precision", "TYPE", "double",
                       "double; float: a bpnn calculates in single precision, good to some 1e-6 of a "
                       "parameter's spread",
                       "Model"}
                    .offering({"double", "float"}),
                {"--polish", "N", "0", "gradient steps from each prediction; the better of the two is kept",
                 "Model"},
                {"--fallback", "", "",
                 "search, by method auto, for rows that are outside, sparse or without a key; the better of "
                 "the two is kept",
                 "Model"},
                {"--strict", "", "",
                 "exit with 1 if a row has no key, or is outside or sparse and was not searched for",
                 "Model"}};
            return joined({model_options(), doubts, link_options(), output_options(), row_job_options(),
                           general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
