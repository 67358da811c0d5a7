#include <chrono>

#include "cli/network_options.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

int run(const Arguments& arguments, Streams& streams) {
    if (!arguments.has("--data"))
        throw Error(ErrorKind::usage,
                    "--data FILE is missing: the optima to learn from, as 'tfqkd generate' writes them");
    if (!arguments.has("--output"))
        throw Error(ErrorKind::usage, "--output FILE is missing: where the model goes");
    auto network = make_network(arguments);
    const std::uint64_t seed = arguments.count("--seed", 0, ~std::uint64_t{0});
    const std::string path = arguments.text("--output");
    std::unique_ptr<OutputFile> file;
    if (path != "-") file = std::make_unique<OutputFile>(path, arguments.has("--force"));
    const Table data = read_table(arguments.text("--data"), streams.in);
    const TrainingRows rows =
        read_training_rows(data, arguments.has("--protocol") ? arguments.text("--protocol") : "");
    const auto start = std::chrono::steady_clock::now();
    const Model model = Model::train(rows, std::move(network), seed);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    model.save(file ? file->stream() : streams.out);
    if (file) file->commit();
    if (!arguments.has("--quiet"))
        streams.err << model.network().kind() << " for " << model.protocol().info().spec() << ": "
                    << model.record().train_rows << " rows trained on, " << model.record().check_rows
                    << " to check, " << rows.without_key
                    << " without a key left out; mean square error (in spreads) "
                    << format_number(model.record().train_loss, 3) << " trained, "
                    << format_number(model.record().check_loss, 3) << " checked; "
                    << format_number(seconds, 3) << " s\n";
    return 0;
}

}  // namespace

Command train_command() {
    return {
        "train",
        "train a network on a data set of optima",
        "Learns all of a protocol's parameters jointly as a function of the link. Inputs are each arm's "
        "total loss (detector included) and the other link "
        "quantities that vary in the data; rows without a key are left out; a tenth of the rows decides when "
        "to stop. The same data, settings and seed "
        "give the same file.",
        {{"tfqkd train --data training.csv --network bpnn -o bpnn.json",
          "a multilayer perceptron 32-16, trained by Levenberg-Marquardt"},
         {"tfqkd train --data training.csv --network rbfnn --max-centres 300 -o rbfnn.json",
          "a radial basis network with at most 300 centres"},
         {"tfqkd train --data training.csv --network grnn --order 0 -o grnn.json",
          "Specht's general regression network"}},
        "",
        [](const std::vector<std::string>&) {
            const std::vector<Option> training{
                {"--data", "FILE", "", "optima as 'tfqkd generate' writes them", "Training", false, "-d"},
                {"--network", "KIND", "bpnn", "bpnn, rbfnn, grnn or polynomial", "Training"},
                {"--seed", "N", "1", "seed of first weights, splits and draws, 0 to 2^64-1", "Training"},
                {"--protocol", "NAME", "", "protocol of the data, when the file does not say", "Training"}};
            const std::vector<Option> output{
                {"--output", "FILE", "", "the model; written whole or not at all", "Output", false, "-o"},
                {"--force", "", "", "replace an existing file", "Output"}};
            return joined({training, network_options(), output, general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
