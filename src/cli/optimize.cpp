#include "cli/audit.hpp"
#include "cli/find.hpp"
#include "cli/row_job.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/dataset/generate.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/optimize/search.hpp"

namespace tfqkd::cli {

namespace {

int run(const Arguments& arguments, Streams& streams) {
    if (arguments.has("--find") && arguments.has("--audit"))
        throw Error(ErrorKind::usage, "--find and --audit are two tables; ask for one of them");
    if (arguments.has("--find")) return run_find(arguments, streams);
    if (arguments.has("--audit")) {
        for (const Option& option : row_job_options())
            if (arguments.has(option.flag))
                throw Error(ErrorKind::usage, option.flag + " is for one row a link, which --audit has not");
        return run_audit(arguments, streams);
    }
    const auto protocol = make_protocol(arguments.text("--protocol"));
    const auto search = make_search(arguments.text("--method"), search_settings(arguments));
    const auto fixed = arguments.settings("--fix");
    make_objective(*protocol, Columns(0, 0), fixed, 1);  // mistakes in --fix, before anything is opened
    RowJob job(arguments, streams, "links", [&] { return count_links(arguments, streams); });
    LinkSource source(arguments, protocol->info(), streams, {}, job.items());
    return job.run([&](Table& result, std::size_t most) {
        Table rows;
        Columns links;
        if (!source.next(rows, links, most)) return false;
        const Optima optima = search->maximize(make_objective(*protocol, links, fixed, threads(arguments)));
        result = without_results(rows, protocol->info());
        add_optima(result, protocol->info(), optima);
        result.properties.emplace_back("protocol", protocol->info().spec());
        return true;
    });
}

}  // namespace

Command optimize_command() {
    return {
        "optimize",
        "find the parameters with the highest key rate",
        "Optimises a protocol's parameters for one link (from flags), for links along sweeps, or for a table "
        "of links. Every row says "
        "how its search ended. Parameters that are not optimised keep their default, or the value of --fix.",
        {{"tfqkd optimize --distance-km 300", "one link of 300 km with default devices"},
         {"tfqkd optimize --sweep distance_km=0:500:10 --pulses 1e13 -o sweep.csv", "51 links, into a file"},
         {"tfqkd optimize --links links.csv --protocol sns-finite:sources=asymmetric --format json",
          "a table of links with unequal arms"},
         {"tfqkd optimize --find max-distance --pulses 1e13", "the last distance with a key"},
         {"tfqkd optimize --find crossing --sweep pulses=1e12:1e13:1e12",
          "where the rate exceeds the bound without a repeater"},
         {"tfqkd optimize --sweep distance_km=0:500:1 --audit 50 --format text",
          "how good the search is, on 50 of these links"}},
        "",
        [](const std::vector<std::string>&) {
            return joined({protocol_options(), link_options(), search_options(), find_options(),
                           audit_options(), output_options(), row_job_options(), general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
