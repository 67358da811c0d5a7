#include <chrono>

#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/nn/polynomial.hpp"
#include "tfqkd/nn/rbfnn.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

// "32-16" -> {32, 16}
std::vector<int> parse_layers(const std::string& text) {
    std::vector<int> layers;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('-', begin), text.size());
        const auto width = parse_count(std::string_view(text).substr(begin, end - begin));
        if (!width || *width < 1 || *width > 10000)
            throw Error(ErrorKind::usage,
                        "--hidden = " + in_quotes(text) +
                            ", must be layer widths from 1 to 10000 joined by '-', as in 32-16");
        layers.push_back(static_cast<int>(*width));
        begin = end + 1;
    }
    return layers;
}

std::unique_ptr<Regressor> make_network(const Arguments& arguments) {
    const std::string kind = choice<std::string>(
        arguments, "--network",
        {{"bpnn", "bpnn"}, {"rbfnn", "rbfnn"}, {"grnn", "grnn"}, {"polynomial", "polynomial"}});
    if (kind == "bpnn") {
        BpnnOptions options;
        options.hidden = parse_layers(arguments.text("--hidden"));
        options.activation = choice<Activation>(arguments, "--activation",
                                                {{"tanh", Activation::tanh}, {"relu", Activation::relu}});
        options.trainer = choice<Trainer>(arguments, "--trainer",
                                          {{"levenberg-marquardt", Trainer::levenberg_marquardt},
                                           {"adam", Trainer::adam},
                                           {"lbfgs", Trainer::lbfgs}});
        options.restarts = static_cast<int>(arguments.count("--first-weights", 1, 1000));
        if (arguments.has("--epochs")) {
            const int epochs = static_cast<int>(arguments.count("--epochs", 1, 1'000'000));
            options.adam.epochs = options.lbfgs.iterations = options.levenberg_marquardt.iterations = epochs;
        }
        return std::make_unique<Bpnn>(options);
    }
    if (kind == "rbfnn") {
        RbfnnOptions options;
        options.centres = choice<Centres>(
            arguments, "--centres", {{"greedy", Centres::greedy}, {"every-sample", Centres::every_sample}});
        options.max_centres = static_cast<int>(arguments.count("--max-centres", 1, 100'000));
        return std::make_unique<Rbfnn>(options);
    }
    if (kind == "grnn") {
        GrnnOptions options;
        options.order = static_cast<int>(arguments.count("--order", 0, 1));
        return std::make_unique<Grnn>(options);
    }
    PolynomialOptions options;
    options.degree = static_cast<int>(arguments.count("--degree", 1, 8));
    return std::make_unique<Polynomial>(options);
}

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
            const RbfnnOptions rbfnn;
            const std::vector<Option> training{
                {"--data", "FILE", "", "optima as 'tfqkd generate' writes them", "Training", false, "-d"},
                {"--network", "KIND", "bpnn", "bpnn, rbfnn, grnn or polynomial", "Training"},
                {"--seed", "N", "1", "seed of first weights, splits and draws, 0 to 2^64-1", "Training"},
                {"--protocol", "NAME", "", "protocol of the data, when the file does not say", "Training"},
                {"--hidden", "WIDTHS", "32-16", "hidden layers", "bpnn"},
                {"--activation", "KIND", "tanh", "tanh or relu", "bpnn"},
                {"--trainer", "NAME", "levenberg-marquardt", "levenberg-marquardt, lbfgs or adam", "bpnn"},
                {"--epochs", "N", "", "epochs or iterations at most; the trainer's default", "bpnn"},
                {"--first-weights", "N", "1",
                 "trainings from different first weights, the best on check kept", "bpnn"},
                {"--centres", "KIND", "greedy", "greedy (orthogonal least squares) or every-sample", "rbfnn"},
                {"--max-centres", "N", std::to_string(rbfnn.max_centres), "centres at most", "rbfnn"},
                {"--order", "N", "1", "0: weighted mean of the patterns (Specht); 1: weighted straight fit",
                 "grnn"},
                {"--degree", "N", "5", "total degree, 1 to 8", "polynomial"},
                {"--output", "FILE", "", "the model; written whole or not at all", "Output", false, "-o"},
                {"--force", "", "", "replace an existing file", "Output"}};
            return joined({training, general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
