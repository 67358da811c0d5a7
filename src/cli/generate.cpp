#include "tfqkd/dataset/generate.hpp"

#include <utility>

#include "cli/row_job.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

void check_set(const std::string& name, double value) {
    std::vector<std::string_view> names;
    for (const Quantity& q : link_inputs()) {
        if (q.name == name) return check_value(q, value);
        names.push_back(q.name);
    }
    throw Error(ErrorKind::usage, "--set: no link quantity " + in_quotes(name) + did_you_mean(name, names) +
                                      "; see 'tfqkd generate --help'");
}

GenerateOptions generate_options(const Arguments& arguments) {
    GenerateOptions options;
    options.protocol = arguments.text("--protocol");
    options.rows = arguments.count("--rows", 1, std::uint64_t{1} << 53);
    options.seed = arguments.count("--seed", 0, ~std::uint64_t{0});
    options.sampling = sampling_named(arguments.text("--sampling"));
    options.method = arguments.text("--method");
    options.search = search_settings(arguments);
    options.fixed = arguments.settings("--fix");
    options.near_edge = arguments.number("--near-edge", {0, 1});
    options.threads = threads(arguments);
    const std::vector<std::string> ranges = arguments.all("--range");
    options.domain = default_domain(*make_protocol(options.protocol));
    options.domain.set = arguments.settings("--set");
    for (const auto& [name, value] : options.domain.set) check_set(name, value);
    const auto replaced = [&](const DomainAxis& axis) {
        // Losses and distances state the same thing: a new one takes the place of the default one.
        const auto same = [&](const std::string& name) {
            return name == axis.name || (is_length(name) && is_length(axis.name));
        };
        for (const std::string& range : ranges)
            if (same(parse_axis(range).name)) return true;
        for (const auto& [name, value] : options.domain.set)
            if (same(name)) return true;
        return false;
    };
    std::erase_if(options.domain.axes, replaced);
    for (const std::string& range : ranges) {
        const DomainAxis axis = parse_axis(range);
        for (const DomainAxis& other : options.domain.axes)
            if (other.name == axis.name)
                throw Error(ErrorKind::usage, "--range names " + axis.name + " twice; leave one");
        for (const auto& [name, value] : options.domain.set)
            if (name == axis.name)
                throw Error(ErrorKind::usage, "both --set and --range name " + name + "; leave one");
        options.domain.axes.push_back(axis);
    }
    return options;
}

int run(const Arguments& arguments, Streams& streams) {
    const Generator generator(generate_options(arguments));
    RowJob job(arguments, streams, "links", [&] { return generator.rows(); });
    Items items = job.items();
    std::uint64_t with_key = 0;
    bool any = false;
    job.close_with([&] { return std::to_string(with_key) + " with a key"; });
    return job.run([&](Table& block, std::size_t most) {
        const std::uint64_t count = std::min<std::uint64_t>(items.below(generator.rows()), most);
        if (count == 0 && std::exchange(any, true)) return false;
        any = true;
        block = generator.rows(items.first, items.first + count * items.step, items.step);
        items.first += count * items.step;
        for (const double rate : block.numbers("key_rate_bit_per_pulse")) with_key += rate > 0;
        return true;
    });
}

}  // namespace

Command generate_command() {
    return {
        "generate",
        "draw links from a domain and optimise them: a data set of optima",
        "Draws links at random (or along a Sobol series, or on a grid) from the default domain or from "
        "--range, finds the best parameters of each one, and "
        "writes a row each. A row depends on the settings, the seed and its index alone. Links without any "
        "key are kept and marked.",
        {{"tfqkd generate --rows 20000 -o training.csv", "a training set on the default domain"},
         {"tfqkd generate --rows 5000 --range distance_km=0:200 --set pulses=1e12 -o short.csv",
          "another domain: short links, one number of pulses"},
         {"tfqkd generate --rows 20000 --seed 3 --resume --max-time 55m -o long.csv",
          "a long run: the same command again goes on with what is there"},
         {"tfqkd generate --sampling grid --range distance_km=0:400:41 --range pulses=1e10:1e16:7 --set "
          "detector_efficiency=0.5 --set misalignment=0.03 "
          "--set dark_count_probability=1e-8 --set error_correction_inefficiency=1.1 -o grid.csv",
          "every combination on a grid"}},
        "",
        [](const std::vector<std::string>&) {
            const std::vector<Option> domain{
                {"--rows", "N", "1000", "number of links; a grid has its own", "Domain"},
                {"--seed", "N", "1", "seed of the draws, 0 to 2^64-1", "Domain"},
                Option{"--sampling", "KIND", "random", "random, sobol or grid", "Domain"}.offering(
                    {"random", "sobol", "grid"}),
                {"--near-edge", "SHARE", "0",
                 "part of the links that are moved close to the end of their key, where the best parameters "
                 "change "
                 "fastest: for training, not for tests; 0 to 1",
                 "Domain"},
                {"--range", "NAME=A:B", "",
                 "range of a link quantity in place of the default domain's; NAME=A:B:STEPS for a grid",
                 "Domain", true},
                {"--set", "NAME=VALUE", "", "one value of a link quantity for all links", "Domain", true}};
            return joined({protocol_options(), domain, search_options(), output_options(), row_job_options(),
                           general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
