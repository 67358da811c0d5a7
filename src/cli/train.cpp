#include <chrono>

#include "cli/network_options.hpp"
#include "cli/row_job.hpp"
#include "cli/subcommands.hpp"
#include "cli/tuning.hpp"
#include "tfqkd/dataset/generate.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

// How a model is trained beside the network's own settings.
struct Lesson {
    bool key_rate, labels;
    KeyRateOptions options;
    std::uint64_t rows, seed;
};

Lesson lesson_of(const Arguments& arguments) {
    Lesson lesson;
    lesson.labels = choice<bool>(arguments, "--labels", {{"optima", true}, {"none", false}});
    lesson.key_rate = choice<bool>(arguments, "--loss", {{"mean-square", false}, {"key-rate", true}});
    if (!lesson.labels && arguments.has("--loss") && !lesson.key_rate)
        throw Error(ErrorKind::usage,
                    "--loss mean-square needs optima to compare with; leave out --labels none, or --loss");
    lesson.options.iterations = static_cast<int>(arguments.count("--rate-iterations", 1, 1'000'000));
    lesson.options.epochs = static_cast<int>(arguments.count("--rate-epochs", 1, 1'000'000));
    lesson.rows = arguments.count("--rows", 20, 10'000'000);
    lesson.seed = arguments.count("--seed", 0, ~std::uint64_t{0});
    if (lesson.labels && arguments.has("--rows"))
        throw Error(ErrorKind::usage, "--rows draws links for --labels none; --data has its own rows");
    if (lesson.labels && !arguments.has("--data"))
        throw Error(ErrorKind::usage,
                    "--data FILE is missing: the optima to learn from, as 'tfqkd generate' writes them");
    if (arguments.has("--rows") && arguments.has("--data"))
        throw Error(ErrorKind::usage, "--rows and --data both say which links; give one of them");
    return lesson;
}

// Links to learn from without optima: those of --data, or drawn from the protocol's default domain.
TrainingRows links_to_learn(const Arguments& arguments, const Lesson& lesson, Streams& streams) {
    if (!arguments.has("--data")) {
        GenerateOptions options;
        options.protocol = arguments.has("--protocol") ? arguments.text("--protocol") : "sns-finite";
        options.rows = lesson.rows;
        options.seed = lesson.seed;
        return unlabelled_rows(options.protocol, read_links(Generator(options).links(0, lesson.rows)));
    }
    const Table data = read_table(arguments.text("--data"), streams.in);
    TrainingRows rows = unlabelled_rows(protocol_of(data, arguments.text("--protocol")), read_links(data));
    if (!data.source.empty()) rows.source = data.source;
    return rows;
}

// How many rows were left out of a training.
struct LeftOut {
    std::size_t without_key = 0, outside = 0;
};

Model model_of(const Arguments& arguments, const Lesson& lesson, std::unique_ptr<Regressor> network,
               Streams& streams, LeftOut& left_out) {
    if (!lesson.labels)
        return Model::train_without_labels(links_to_learn(arguments, lesson, streams), std::move(network),
                                           lesson.options, lesson.seed, threads(arguments));
    TrainingRows rows =
        read_training_rows(read_table(arguments.text("--data"), streams.in), arguments.text("--protocol"));
    left_out.without_key = rows.without_key;
    const auto model_to_train = [&] {
        if (!arguments.has("--model"))
            return Model::train(rows, std::move(network), lesson.seed, threads(arguments));
        Model model = load_model(arguments);
        const auto all = rows.links.rows();
        rows = model.rows_within(rows);
        left_out.outside = static_cast<std::size_t>(all - rows.links.rows());
        return model;
    };
    Model model = model_to_train();
    if (lesson.key_rate) model.train_on_key_rate(rows, lesson.options, lesson.seed, threads(arguments));
    return model;
}

// A model that is trained on has its network already.
void check_model(const Arguments& arguments, const Lesson& lesson) {
    if (!arguments.has("--model")) return;
    if (!lesson.key_rate)
        throw Error(ErrorKind::usage, "--model is trained further on the key rate: add --loss key-rate");
    std::vector<Option> only = network_options();
    for (const char* flag : {"--network", "--labels", "--tune", "--tuned"})
        only.push_back({flag, "", "", ""});
    for (const Option& option : only)
        if (arguments.has(option.flag))
            throw Error(ErrorKind::usage, option.flag + " is for a new network; --model has one already");
}

void check_tuning(const Arguments& arguments, const Lesson& lesson) {
    if (arguments.has("--tune") && (lesson.key_rate || !lesson.labels))
        throw Error(ErrorKind::usage, "--tune is for --loss mean-square, on optima");
    if (arguments.has("--tune") && arguments.has("--tuned"))
        throw Error(ErrorKind::usage, "--tune makes the table that --tuned takes; give one of them");
    if (arguments.has("--tune")) return;
    std::vector<Option> only = row_job_options();
    for (const char* flag : {"--try", "--folds", "--format"}) only.push_back({flag, "", "", ""});
    for (const Option& option : only)
        if (arguments.has(option.flag))
            throw Error(ErrorKind::usage, option.flag + " is for --tune: a model is one piece");
}

int run(const Arguments& given, Streams& streams) {
    const Lesson lesson = lesson_of(given);
    check_tuning(given, lesson);
    check_model(given, lesson);
    if (given.has("--tune")) return run_tuning(given, streams);
    const Arguments arguments = given.has("--tuned") ? with_best_settings(given, streams) : given;
    if (!arguments.has("--output"))
        throw Error(ErrorKind::usage, "--output FILE is missing: where the model goes");
    auto network = arguments.has("--model") ? nullptr : make_network(arguments);
    if (network && (lesson.key_rate || !lesson.labels)) require_key_rate_trainable(*network, lesson.labels);
    const std::string path = arguments.text("--output");
    std::unique_ptr<OutputFile> file;
    std::optional<RunRecord> record;
    if (path != "-") {
        file = std::make_unique<OutputFile>(path, arguments.has("--force"));
        if (!file->partial_path().empty()) record.emplace(arguments);
    }
    const auto start = std::chrono::steady_clock::now();
    LeftOut left_out;
    const Model model = model_of(arguments, lesson, std::move(network), streams, left_out);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    model.save(file ? file->stream() : streams.out);
    if (file) file->commit();
    if (record) {
        record->count("train_rows", static_cast<std::uint64_t>(model.record().train_rows));
        record->count("check_rows", static_cast<std::uint64_t>(model.record().check_rows));
        record->write_manifest(path);
    }
    if (!arguments.has("--quiet"))
        streams.err << model.network().kind() << " for " << model.protocol().info().spec() << ": "
                    << model.record().train_rows << " rows trained on, " << model.record().check_rows
                    << " to check, " << left_out.without_key << " without a key"
                    << (left_out.outside
                            ? " and " + std::to_string(left_out.outside) + " outside of the trained range"
                            : "")
                    << " left out; "
                    << (model.record().loss == TrainingLoss::key_rate ? "minus mean ln of key rate, bounded, "
                                                                      : "mean square error (in spreads) ")
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
         {"tfqkd train --data training.csv --loss key-rate -o rate.json",
          "the same, then trained on, on the key rate itself"},
         {"tfqkd train --labels none --rows 1000 --protocol aopp-finite --rate-iterations 50 -o free.json",
          "from links alone: no optimum is ever searched"},
         {"tfqkd train --data training.csv --model rate.json --loss key-rate -o more.json",
          "an existing model, trained further"},
         {"tfqkd train --data training.csv --network rbfnn --max-centres 300 -o rbfnn.json",
          "a radial basis network with at most 300 centres"},
         {"tfqkd train --data training.csv --network grnn --order 0 -o grnn.json",
          "Specht's general regression network"},
         {"tfqkd train --data training.csv --network polynomial --tune --try degree=1,2 --folds 3 -o "
          "tuning.csv",
          "what each setting keeps of the key rate, by cross-validation"},
         {"tfqkd train --data training.csv --tuned tuning.csv -o tuned.json", "with the best of them"}},
        "",
        [](const std::vector<std::string>&) {
            const KeyRateOptions rate;
            const std::vector<Option> training{
                {"--data", "FILE", "", "optima as 'tfqkd generate' writes them", "Training", false, "-d"},
                Option{"--network", "KIND", "bpnn", "bpnn, rbfnn, grnn or polynomial", "Training"}.offering(
                    {"bpnn", "rbfnn", "grnn", "polynomial"}),
                {"--seed", "N", "1", "seed of first weights, splits and draws, 0 to 2^64-1", "Training"},
                Option{"--protocol", "NAME", "", "protocol of the data, when the file does not say",
                       "Training"}
                    .offering(protocol_choices()),
                Option{"--loss", "KIND", "mean-square",
                       "mean-square: of the parameters; key-rate: after that, the key rate itself that the "
                       "parameters give, through its exact slopes (bpnn, and the linear layer of rbfnn)",
                       "Key rate"}
                    .offering({"mean-square", "key-rate"}),
                Option{"--labels", "KIND", "optima",
                       "optima: those in --data; none: links alone, of --data or --rows drawn from the "
                       "protocol's "
                       "default domain, and the key rate as the only teacher (bpnn)",
                       "Key rate"}
                    .offering({"optima", "none"}),
                {"--rows", "N", "20000", "links drawn for --labels none", "Key rate"},
                {"--model", "FILE", "",
                 "a model to train further, on the key rate of --data, in place of a new one: a file, or the "
                 "name of one that comes with tfqkd; it keeps its trained range, and rows outside of that "
                 "are left out",
                 "Key rate", false, "-m"},
                {"--rate-iterations", "N", std::to_string(rate.iterations),
                 "iterations of L-BFGS on the key rate at most", "Key rate"},
                {"--rate-epochs", "N", std::to_string(rate.epochs),
                 "epochs of Adam on the key rate ahead of that, with --labels none", "Key rate"}};
            auto output = output_options();
            for (Option& option : output)
                if (option.flag == "--output")
                    option.help = "the model, or the table of --tune; written whole or not at all";
            return joined({training, network_options(), tuning_options(), output, row_job_options(),
                           general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
