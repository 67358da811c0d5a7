#include "cli/tuning.hpp"

#include <algorithm>
#include <map>

#include "cli/common.hpp"
#include "cli/network_options.hpp"
#include "cli/row_job.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/folds.hpp"
#include "tfqkd/math/parallel.hpp"
#include "tfqkd/report/accuracy.hpp"

namespace tfqkd::cli {

namespace {

const std::map<std::string, std::vector<std::string>> usual_space{
    {"bpnn", {"hidden=16,32-16,48-24"}},
    {"rbfnn", {"max-centres=300,1000,2000"}},
    {"grnn", {"order=0,1,2", "neighbours=32,64,128"}},
    {"polynomial", {"degree=3,4,5,6"}}};

std::vector<std::string> split(const std::string& text, char mark) {
    std::vector<std::string> parts{""};
    for (const char letter : text)
        if (letter == mark)
            parts.emplace_back();
        else
            parts.back() += letter;
    return parts;
}

// "order=2 neighbours=64" laid over the arguments.
Arguments with_setting(Arguments arguments, const std::string& setting) {
    const std::vector<Option> known = network_options();
    for (const std::string& part : split(setting, ' ')) {
        const auto equals = part.find('=');
        const std::string flag = "--" + part.substr(0, equals);
        if (equals == std::string::npos ||
            std::none_of(known.begin(), known.end(), [&](const Option& o) { return o.flag == flag; }))
            throw Error(ErrorKind::usage, "--try " + in_quotes(part) +
                                              ", must be SETTING=VALUE,... with a setting of a network, such "
                                              "as hidden=16,32-16");
        arguments = arguments.with(flag, {part.substr(equals + 1)});
    }
    return arguments;
}

// Every combination of the values that --try names, each one checked.
std::vector<std::string> settings_of(const Arguments& arguments) {
    const std::string network = arguments.text("--network");
    make_network(arguments);  // a mistake in --network
    std::vector<std::string> settings{""};
    const auto usual = usual_space.find(network);
    if (usual == usual_space.end() && !arguments.has("--try"))
        throw Error(ErrorKind::usage, "--try SETTING=V1,V2,... is missing: nothing is usual for " + network);
    for (const std::string& axis : arguments.has("--try") ? arguments.all("--try") : usual->second) {
        const auto equals = std::min(axis.find('='), axis.size());
        std::vector<std::string> more;
        for (const std::string& setting : settings)
            for (const std::string& value : split(axis.substr(std::min(equals + 1, axis.size())), ','))
                more.push_back((setting.empty() ? "" : setting + " ") + axis.substr(0, equals) + "=" + value);
        settings = std::move(more);
    }
    for (const std::string& setting : settings) make_network(with_setting(arguments, setting));
    return settings;
}

// What a network with this setting keeps of the key rate in the rows that it has not seen.
Accuracy accuracy_of(const Fold& fold, std::unique_ptr<Regressor> network, std::uint64_t seed) {
    const Model model = Model::train(fold.training, std::move(network), seed);
    const Predictions predictions = model.predict(fold.held_out.links);
    Eigen::ArrayXd rate(fold.held_out.rate.size());
    model.protocol().rates(fold.held_out.links, predictions.points, Measure::rate, rate);
    return measure_accuracy(rate, fold.held_out.rate);
}

}  // namespace

std::vector<Option> tuning_options() {
    const std::string group = "Choice of settings";
    return {{"--tune", "", "",
             "write a table instead of a model: what each setting keeps of the key rate on each fold of "
             "--data",
             group},
            {"--try", "SETTING=V1,V2,...", "",
             "values to try; several give every combination [bpnn: hidden=16,32-16,48-24; rbfnn: "
             "max-centres=300,1000,2000; grnn: order=0,1,2 and neighbours=32,64,128; polynomial: "
             "degree=3,4,5,6]",
             group, true},
            {"--folds", "K", "5", "parts of --data, each held out once", group},
            {"--tuned", "FILE", "", "train with the best settings of a table that --tune wrote", group}};
}

int run_tuning(const Arguments& arguments, Streams& streams) {
    const auto folds = arguments.count("--folds", 2, 100),
               seed = arguments.count("--seed", 0, ~std::uint64_t{0});
    const std::vector<std::string> settings = settings_of(arguments);
    const std::uint64_t total = settings.size() * folds;
    RowJob job(arguments, streams, "trainings", [&] { return total; });
    const TrainingRows rows =
        read_training_rows(read_table(arguments.text("--data"), streams.in), arguments.text("--protocol"));
    Items items = job.items();
    bool any = false;
    return job.run([&](Table& block, std::size_t most) {
        const auto at_once = std::min(most, static_cast<std::size_t>(threads(arguments)));
        const std::uint64_t count = std::min<std::uint64_t>(items.below(total), at_once);
        if (count == 0 && std::exchange(any, true)) return false;
        any = true;
        std::vector<Accuracy> found(count);
        const auto item = [&](std::size_t k) { return items.first + k * items.step; };
        parallel_for(count, threads(arguments), [&](std::size_t k) {
            const Fold fold = fold_of(rows, static_cast<int>(item(k) % folds), static_cast<int>(folds), seed);
            found[k] =
                accuracy_of(fold, make_network(with_setting(arguments, settings[item(k) / folds])), seed);
        });
        Table::Text network(count, arguments.text("--network")), setting;
        Table::Numbers number, fold, links, mean, percentile, failures;
        for (std::size_t k = 0; k < count; ++k) {
            setting.push_back(settings[item(k) / folds]);
            number.push_back(static_cast<double>(item(k)));
            fold.push_back(static_cast<double>(item(k) % folds));
            links.push_back(static_cast<double>(found[k].links));
            mean.push_back(found[k].mean);
            percentile.push_back(found[k].percentile_1);
            failures.push_back(static_cast<double>(found[k].failures));
        }
        block = Table();
        block.add("index", std::move(number));
        block.add("network", std::move(network));
        block.add("setting", std::move(setting));
        block.add("fold", std::move(fold));
        block.add("links", std::move(links));
        block.add("mean_ratio", std::move(mean));
        block.add("percentile_1_ratio", std::move(percentile));
        block.add("failures", std::move(failures));
        items.first += count * items.step;
        return true;
    });
}

Arguments with_best_settings(const Arguments& arguments, Streams& streams) {
    const Table table = read_table(arguments.text("--tuned"), streams.in);
    const Table::Text networks = table.text("network"), settings = table.text("setting");
    const Table::Numbers& mean = table.numbers("mean_ratio");
    struct Sum {
        double sum = 0;
        std::size_t folds = 0;
        std::string network;
        double mean() const { return sum / static_cast<double>(folds); }
    };
    std::map<std::string, Sum> sums;
    for (std::size_t row = 0; row < mean.size(); ++row) {
        Sum& sum = sums[networks[row] + " " + settings[row]];
        sum.sum += mean[row];
        ++sum.folds;
        sum.network = networks[row];
    }
    const auto better = [](const auto& a, const auto& b) { return a.second.mean() < b.second.mean(); };
    const auto best = std::max_element(sums.begin(), sums.end(), better);
    if (best == sums.end() || std::any_of(sums.begin(), sums.end(), [&](const auto& one) {
            return one.second.folds != best->second.folds;
        }))
        throw Error(ErrorKind::data, table.source +
                                         ": not every setting has every fold; finish it with --resume, or "
                                         "join its shards with 'tfqkd merge'");
    const std::string setting = best->first.substr(best->second.network.size() + 1);
    if (!arguments.has("--quiet"))
        streams.err << "tfqkd: " << best->second.network << " " << setting << " is the best of "
                    << sums.size() << " settings: " << best->second.mean()
                    << " of the key rate in the mean\n";
    return with_setting(arguments.with("--network", {best->second.network}), setting);
}

}  // namespace tfqkd::cli
