#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/math/parallel.hpp"

namespace tfqkd::cli {

namespace {

// Predictions and the rates that they give, in slices on several threads.
struct Answer {
    Predictions predictions;
    Eigen::ArrayXd rate;
};

Answer answer(const Model& model, const Columns& links, int threads) {
    constexpr Eigen::Index slice = 1024;
    const auto parameters = static_cast<Eigen::Index>(model.protocol().info().parameters.size());
    Answer all{
        {Columns(links.rows(), parameters), std::vector<std::string>(static_cast<std::size_t>(links.rows()))},
        Eigen::ArrayXd(links.rows())};
    parallel_for(static_cast<std::size_t>((links.rows() + slice - 1) / slice), threads, [&](std::size_t k) {
        const Eigen::Index first = static_cast<Eigen::Index>(k) * slice,
                           rows = std::min(slice, links.rows() - first);
        const Columns some = links.middleRows(first, rows);
        Predictions part = model.predict(some);
        model.protocol().rates(some, part.points, Measure::rate, all.rate.segment(first, rows));
        all.predictions.points.middleRows(first, rows) = part.points;
        std::move(part.outside.begin(), part.outside.end(), all.predictions.outside.begin() + first);
    });
    return all;
}

int run(const Arguments& arguments, Streams& streams) {
    const Model model = load_model(arguments);
    const ProtocolInfo& info = model.protocol().info();
    LinkSource source(arguments, info, streams);
    ResultSink sink(arguments, streams);
    bool doubtful = false;
    std::size_t outside = 0;
    Table rows;
    for (Columns links; source.next(rows, links);) {
        Answer found = answer(model, links, threads(arguments));
        Table result = without_results(rows, info);
        for (std::size_t k = 0; k < info.parameters.size(); ++k) {
            const auto column = found.predictions.points.col(static_cast<Eigen::Index>(k));
            result.add(std::string(info.parameters[k].name), Table::Numbers(column.begin(), column.end()));
        }
        const Eigen::ArrayXd rate = found.rate.max(0.0);
        result.add("key_rate_bit_per_pulse", Table::Numbers(rate.begin(), rate.end()));
        for (std::size_t row = 0; row < found.predictions.outside.size(); ++row) {
            outside += !found.predictions.outside[row].empty();
            doubtful |=
                !found.predictions.outside[row].empty() || !(rate[static_cast<Eigen::Index>(row)] > 0);
        }
        result.add("outside", std::move(found.predictions.outside));
        result.properties.emplace_back("protocol", info.spec());
        sink.write(result);
    }
    sink.finish();
    if (outside > 0 && !arguments.has("--quiet"))
        streams.err << "tfqkd: rows outside the trained range: " << outside
                    << "; the column 'outside' names the quantities\n";
    return arguments.has("--strict") && doubtful ? 1 : 0;
}

}  // namespace

Command predict_command() {
    return {"predict",
            "optimal parameters for new links from a trained model",
            "Predicts all parameters at once and puts them through the full key-rate formula, so that the "
            "rate shown is the one that they give. The column "
            "'outside' names the quantities of a row that lie beyond what the model was trained on.",
            {{"tfqkd predict --model bpnn.json --distance-km 250 --pulses 1e13", "one link"},
             {"tfqkd predict --model bpnn.json --links links.csv -o parameters.csv", "a table of links"},
             {"tail -f links.jsonl | tfqkd predict --model bpnn.json --links - --format jsonl",
              "row by row through a pipe"}},
            "",
            [](const std::vector<std::string>&) {
                const std::vector<Option> strict{
                    {"--strict", "", "", "exit with 1 if a row lies outside the trained range or has no key",
                     "Model"}};
                return joined({model_options(), strict, link_options(), output_options(), general_options()});
            },
            run};
}

}  // namespace tfqkd::cli
