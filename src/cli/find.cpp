#include "cli/find.hpp"

#include <algorithm>
#include <array>

#include "cli/row_job.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/optimize/distance.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

constexpr std::array<std::string_view, 2> subjects{"max-distance", "crossing"};

[[noreturn]] void refuse_length(const std::string& what) {
    throw Error(ErrorKind::usage, what +
                                      " states the length of the link, which --find looks for; leave it "
                                      "out (--attenuation-db-per-km counts)");
}

void refuse_lengths(const Arguments& arguments) {
    for (const Quantity& q : link_inputs())
        if (is_length(q.name) && arguments.has(flag_of(q.name))) refuse_length(flag_of(q.name));
    for (const std::string& sweep : arguments.all("--sweep"))
        if (is_length(sweep)) refuse_length("--sweep " + sweep);
}

void refuse_lengths(const Table& rows) {
    for (const Quantity& q : link_inputs()) {
        const std::string name(q.name);
        if (is_length(name) && (rows.has(name) || !rows.property("link." + name).empty()))
            refuse_length(rows.source + ": " + name);
    }
}

// What is asked for, checked before any work is done.
struct Question {
    std::string subject;
    std::unique_ptr<const Protocol> protocol, bound;
    std::unique_ptr<Search> search;
    std::vector<std::pair<std::string, double>> fixed;
    double arm_difference_km;
    DistanceOptions options;
};

Question read_question(const Arguments& arguments) {
    Question q{arguments.text("--find"),
               make_protocol(arguments.text("--protocol")),
               make_protocol(arguments.text("--bound")),
               make_search(arguments.text("--method"), search_settings(arguments)),
               arguments.settings("--fix"),
               arguments.number("--arm-difference-km", {-600, 600}),
               {}};
    if (std::find(subjects.begin(), subjects.end(), q.subject) == subjects.end())
        throw Error(ErrorKind::usage, "--find = '" + q.subject + "', must be max-distance or crossing" +
                                          did_you_mean(q.subject, subjects));
    if (!q.bound->info().parameters.empty())
        throw Error(ErrorKind::usage, "--bound = '" + arguments.text("--bound") +
                                          "', must be plob, plob:detector=with, repeater or "
                                          "repeater:detector=with");
    make_objective(*q.protocol, Columns(0, 0), q.fixed, 1);
    refuse_lengths(arguments);
    return q;
}

Table::Numbers numbers(const Eigen::ArrayXd& values) { return {values.begin(), values.end()}; }

void add_status(Table& table, const std::vector<int>& evaluations,
                const std::vector<DistanceStatus>& status) {
    Table::Text names;
    for (const DistanceStatus one : status) names.emplace_back(distance_status_name(one));
    table.add("evaluations", Table::Numbers(evaluations.begin(), evaluations.end()));
    table.add("status", std::move(names));
}

void add_answer(Table& table, const Question& question, const FibreLinks& fibres) {
    table.properties.emplace_back("protocol", question.protocol->info().spec());
    table.properties.emplace_back("arm_difference_km", format_number(question.arm_difference_km));
    table.properties.emplace_back("resolution_km", format_number(question.options.resolution_km));
    if (question.subject == "max-distance") {
        const MaxDistances found = find_max_distance(*question.search, fibres, question.options);
        table.add("max_distance_km", numbers(found.distance_km));
        table.add("key_rate_bit_per_pulse", numbers(found.rate));
        return add_status(table, found.evaluations, found.status);
    }
    table.properties.emplace_back("bound", question.bound->info().spec());
    const Crossings found = find_crossings(*question.search, fibres, *question.bound, question.options);
    table.add("first_crossing_km", numbers(found.first_km));
    table.add("last_crossing_km", numbers(found.last_km));
    add_status(table, found.evaluations, found.status);
}

}  // namespace

std::vector<Option> find_options() {
    return {{"--find", "WHAT", "",
             "instead of optima, a distance to 10 m: max-distance, the last one with a key; crossing, the "
             "first and the last one where the optimised rate exceeds --bound",
             "Distances"},
            {"--bound", "NAME", "plob",
             "the bound that is crossed: plob, -log2(1 - eta) of the fibre alone; plob:detector=with, "
             "repeater",
             "Distances"},
            {"--arm-difference-km", "km", "0", "distance_a_km - distance_b_km, the same at any distance",
             "Distances"}};
}

int run_find(const Arguments& arguments, Streams& streams) {
    const Question question = read_question(arguments);
    const ProtocolInfo& info = question.protocol->info();
    // Links of 1 km: what they lose is the attenuation.
    RowJob job(arguments, streams, "links", [&] { return count_links(arguments, streams); });
    LinkSource source(arguments, info, streams, {{"distance_km", 1}}, job.items());
    return job.run([&](Table& result, std::size_t most) {
        Table rows;
        Columns links;
        if (!source.next(rows, links, most)) return false;
        if (arguments.has("--links")) refuse_lengths(rows);
        const FibreLinks fibres{*question.protocol,         links,          links.col(0) + links.col(1),
                                question.arm_difference_km, question.fixed, threads(arguments)};
        result = without(without_results(rows, info),
                         {"distance_km", "max_distance_km", "first_crossing_km", "last_crossing_km"});
        add_answer(result, question, fibres);
        return true;
    });
}

}  // namespace tfqkd::cli
