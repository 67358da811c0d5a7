#include "cli/bench.hpp"
#include "tfqkd/report/search_times.hpp"

namespace tfqkd::cli {

namespace {

// All links of the input at once.
Columns all_links(LinkSource& source) {
    Columns all(0, static_cast<Eigen::Index>(link_quantities().size()));
    Table rows;
    for (Columns links; source.next(rows, links);) {
        const Eigen::Index first = all.rows();
        all.conservativeResize(first + links.rows(), Eigen::NoChange);
        all.bottomRows(links.rows()) = links;
    }
    return all;
}

int run(const Arguments& arguments, Streams& streams) {
    const auto protocol = make_protocol(arguments.text("--protocol"));
    SearchTimesOptions options;
    if (arguments.has("--method")) options.methods = arguments.all("--method");
    options.passes = static_cast<int>(arguments.count("--passes", 1, 1000));
    options.nlopt_links = static_cast<Eigen::Index>(arguments.count("--nlopt-links", 1, 1'000'000'000));
    options.search.most_evaluations =
        static_cast<int>(arguments.count("--max-evaluations", 10, 1'000'000'000));
    LinkSource source(arguments, protocol->info(), streams);
    ResultSink sink(arguments, streams);
    std::vector<OtherSearch> others;
    for (const std::string& file : arguments.all("--other")) {
        const auto found = read_other_searches(read_table(file, streams.in), *protocol);
        others.insert(others.end(), found.begin(), found.end());
    }
    Table table = search_times_table(time_searches(*protocol, all_links(source), others, options));
    table.properties = {{"protocol", protocol->info().spec()}};
    sink.write(table);
    sink.finish();
    return 0;
}

}  // namespace

Command bench_searches_command() {
    return {
        "searches",
        "searches side by side, on the same links",
        "Optimises the same links by each method on one core: processor time a link (minimum and median of "
        "passes that take turns), evaluations a link, and the share of the best rate that any of the methods "
        "found.",
        {{"tfqkd-bench searches --links links.csv --format markdown", "all methods"},
         {"tfqkd-bench searches --links links.csv --method auto --method lsa", "two of them"}},
        "",
        [](const std::vector<std::string>&) {
            const SearchTimesOptions defaults;
            const std::vector<Option> what{
                {"--method", "NAME", "", "a method as of 'tfqkd optimize'; all when none is given",
                 "Measurement", true},
                {"--other", "FILE", "",
                 "optima of another program for the first links, a row for each method and link: method, "
                 "us_per_link, evaluations and the parameters",
                 "Measurement", true},
                {"--passes", "N", std::to_string(defaults.passes), "timed passes", "Measurement"},
                {"--nlopt-links", "N", std::to_string(defaults.nlopt_links),
                 "links that NLopt's methods are run on", "Measurement"},
                {"--max-evaluations", "N", std::to_string(defaults.search.most_evaluations),
                 "evaluations of a link at most", "Measurement"},
                {"--quiet", "", "", "no talk on standard error", "Measurement", false, "-q"}};
            return joined({protocol_options(), link_options(), what, output_options()});
        },
        run};
}

}  // namespace tfqkd::cli
