#include "cli/bench.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/math/pack.hpp"
#include "tfqkd/report/rate_times.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

int run(const Arguments& arguments, Streams& streams) {
    RateTimesOptions options;
    options.passes = static_cast<int>(arguments.count("--passes", 1, 100000));
    options.points = arguments.count("--points", 1, 1'000'000);
    std::vector<std::string> protocols = arguments.all("--protocol");
    if (protocols.empty()) protocols = all_protocol_specs();
    ResultSink sink(arguments, streams);
    Table table = rate_times_table(time_rates(protocols, options));
    table.properties = {{"pack_width", std::to_string(Pack::width)},
                        {"points", std::to_string(options.points)},
                        {"passes", std::to_string(options.passes)}};
    sink.write(table);
    sink.finish();
    return 0;
}

}  // namespace

Command bench_rates_command() {
    return {
        "rates",
        "time of one key rate, for every protocol",
        "Processor time of one point on one core, in nanoseconds: in double, in a batch (a register of "
        "points at a time), and in a batch with the exact slopes by all parameters. Minimum and median "
        "of passes that take turns.",
        {{"tfqkd-bench rates --format markdown", "all protocols"},
         {"tfqkd-bench rates --protocol sns-finite --protocol cal-finite", "two of them"}},
        "",
        [](const std::vector<std::string>&) {
            const RateTimesOptions defaults;
            const std::vector<Option> what{
                {"--protocol", "NAME", "", "a protocol; all when none is given", "Measurement", true},
                {"--passes", "N", std::to_string(defaults.passes), "timed passes", "Measurement"},
                {"--points", "N", std::to_string(defaults.points), "points of a protocol", "Measurement"}};
            return joined({what, output_options()});
        },
        run};
}

}  // namespace tfqkd::cli
