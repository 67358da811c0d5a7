#include "cli/network_options.hpp"

#include <algorithm>

#include "cli/common.hpp"
#include "tfqkd/error.hpp"
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

}  // namespace

std::vector<Option> network_options() {
    const RbfnnOptions rbfnn;
    const GrnnOptions grnn;
    return {
        {"--hidden", "WIDTHS", "32-16", "hidden layers", "bpnn"},
        Option{"--activation", "KIND", "tanh", "tanh or relu", "bpnn"}.offering({"tanh", "relu"}),
        Option{"--trainer", "NAME", "levenberg-marquardt", "levenberg-marquardt, lbfgs or adam", "bpnn"}
            .offering({"levenberg-marquardt", "lbfgs", "adam"}),
        {"--epochs", "N", "", "epochs or iterations at most; the trainer's default", "bpnn"},
        {"--first-weights", "N", "1", "trainings from different first weights, the best on check kept",
         "bpnn"},
        Option{"--centres", "KIND", "k-means", "k-means, greedy (orthogonal least squares) or every-sample",
               "rbfnn"}
            .offering({"k-means", "greedy", "every-sample"}),
        {"--max-centres", "N", std::to_string(rbfnn.max_centres), "centres at most", "rbfnn"},
        {"--order", "N", std::to_string(grnn.order),
         "0: weighted mean of the patterns (Specht); 1: weighted straight fit; 2: with squares too", "grnn"},
        {"--neighbours", "N", std::to_string(grnn.neighbours),
         "patterns that a prediction looks at, the nearest", "grnn"},
        {"--degree", "N", "5", "total degree, 1 to 8", "polynomial"}};
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
        options.centres = choice<Centres>(arguments, "--centres",
                                          {{"greedy", Centres::greedy},
                                           {"k-means", Centres::k_means},
                                           {"every-sample", Centres::every_sample}});
        options.max_centres = static_cast<int>(arguments.count("--max-centres", 1, 20'000));
        options.candidates = std::max(options.candidates, options.max_centres);
        return std::make_unique<Rbfnn>(options);
    }
    if (kind == "grnn") {
        GrnnOptions options;
        options.order = static_cast<int>(arguments.count("--order", 0, 2));
        options.neighbours = static_cast<int>(arguments.count("--neighbours", 1, 100'000));
        return std::make_unique<Grnn>(options);
    }
    PolynomialOptions options;
    options.degree = static_cast<int>(arguments.count("--degree", 1, 8));
    return std::make_unique<Polynomial>(options);
}

}  // namespace tfqkd::cli
