#include <algorithm>
#include <limits>
#include <ostream>

#include "cli/contenders.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr Kind kinds_of_proof[] = {Kind::finite, Kind::gaussian, Kind::asymptotic};
constexpr std::string_view rate_head = "rate_bit_per_pulse", best_head = "best_";

// The input's columns that no result takes the name of.
Table labels(const Table& rows, const std::vector<Contender>& contenders) {
    std::vector<std::string> taken{"protocol", "kind", "over_plob", "best", std::string(rate_head)};
    for (const Table::Column& column : rows.columns())
        if (column.name.starts_with(std::string(rate_head) + ".") || column.name.starts_with(best_head))
            taken.push_back(column.name);
    ProtocolInfo all;
    all.parameters = all_parameters(contenders);
    return without_results(without(rows, taken), all);
}

void add_best(Table& table, const std::vector<Contender>& contenders, const Standings& standings, Kind kind) {
    Table::Text names;
    Table::Numbers over_plob;
    for (std::size_t row = 0; row < standings.links(); ++row) {
        const auto best = best_of(contenders, standings, kind, row);
        names.push_back(best ? contenders[*best].info().spec() : "none");
        over_plob.push_back(best ? standings.over_plob(standings.rate(*best, row), row) : 0);
    }
    const std::string head = std::string(best_head) + std::string(kind_name(kind));
    table.add(head, std::move(names));
    table.add(head + "_over_plob", std::move(over_plob));
}

// A row a link: every rate, then for each kind of proof the best protocol.
Table wide(const Table& rows, const std::vector<Contender>& contenders, const Standings& standings,
           bool for_people) {
    Table table = labels(rows, contenders);
    const auto links = standings.links();
    for (std::size_t k = 0; k < contenders.size(); ++k) {
        Table::Numbers rates;
        for (std::size_t row = 0; row < links; ++row) rates.push_back(standings.rate(k, row));
        const std::string spec = contenders[k].info().spec();
        table.add(for_people ? spec : std::string(rate_head) + "." + spec, std::move(rates));
    }
    for (const Kind kind : kinds_of_proof)
        if (std::any_of(contenders.begin(), contenders.end(),
                        [&](const Contender& c) { return c.info().kind == kind; }))
            add_best(table, contenders, standings, kind);
    return table;
}

// Each row of a table `times` times, one after the other.
Table repeated(const Table& table, std::size_t times) {
    Table result;
    result.properties = table.properties;
    for (const Table::Column& column : table.columns())
        std::visit(
            [&](const auto& cells) {
                std::decay_t<decltype(cells)> all;
                for (const auto& cell : cells) all.insert(all.end(), times, cell);
                result.add(column.name, std::move(all));
            },
            column.cells);
    return result;
}

// "signal_intensity=0.45 sending_probability=0.039"
std::string parameters_in_words(const ProtocolInfo& info, const Columns& points, std::size_t row) {
    std::string text;
    for (std::size_t k = 0; k < info.parameters.size(); ++k)
        text += (k ? " " : "") + std::string(info.parameters[k].name) + "=" +
                format_number(points(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(k)), 4);
    return text;
}

// A parameter over all links and contenders; missing where a contender has none of that name.
Table::Numbers parameter_column(const Quantity& parameter, const std::vector<Contender>& contenders,
                                const Standings& standings) {
    Table::Numbers cells;
    for (Eigen::Index row = 0; row < standings.plob.size(); ++row)
        for (std::size_t k = 0; k < contenders.size(); ++k) {
            const auto column = contenders[k].parameter(parameter.name);
            cells.push_back(column ? standings.optima[k].points(row, *column) : missing);
        }
    return cells;
}

// What a search found at one link, for every link and contender, as text columns.
struct Findings {
    Table::Text protocol, kind, best, stop, status, parameters;
    Table::Numbers rate, over_plob, evaluations;

    void take(const std::vector<Contender>& contenders, const Standings& standings, std::size_t k,
              std::size_t row) {
        const ProtocolInfo& info = contenders[k].info();
        const Optima& optima = standings.optima[k];
        protocol.push_back(info.spec());
        kind.emplace_back(kind_name(info.kind));
        rate.push_back(standings.rate(k, row));
        over_plob.push_back(standings.over_plob(rate.back(), row));
        best.emplace_back(is_proved(info.kind) && best_of(contenders, standings, info.kind, row) == k ? "yes"
                                                                                                      : "");
        evaluations.push_back(optima.evaluations[row]);
        stop.emplace_back(stop_name(optima.stop[row]));
        status.emplace_back(status_name(optima.status[row]));
        parameters.push_back(parameters_in_words(info, optima.points, row));
    }
};

// A row for each link and protocol.
Table long_form(const Table& rows, const std::vector<Contender>& contenders, const Standings& standings,
                bool for_people) {
    Findings all;
    for (std::size_t row = 0; row < standings.links(); ++row)
        for (std::size_t k = 0; k < contenders.size(); ++k) all.take(contenders, standings, k, row);
    Table table = repeated(labels(rows, contenders), contenders.size());
    table.add("protocol", std::move(all.protocol));
    table.add("kind", std::move(all.kind));
    table.add(std::string(rate_head), std::move(all.rate));
    table.add("over_plob", std::move(all.over_plob));
    table.add("best", std::move(all.best));
    if (!for_people)
        for (const Quantity& q : all_parameters(contenders))
            table.add(std::string(q.name), parameter_column(q, contenders, standings));
    table.add("evaluations", std::move(all.evaluations));
    table.add("stop", std::move(all.stop));
    table.add("status", std::move(all.status));
    if (for_people) table.add("parameters", std::move(all.parameters));
    return table;
}

std::size_t failed_searches(const Standings& standings) {
    std::size_t failed = 0;
    for (const Optima& optima : standings.optima)
        failed += static_cast<std::size_t>(
            std::count(optima.status.begin(), optima.status.end(), RowStatus::failed));
    return failed;
}

// Says which of the contenders can't be the best although they are proved, and what would help.
void tell_who_is_left_out(const std::vector<Contender>& contenders, std::ostream& err) {
    for (const Contender& contender : contenders) {
        const ProtocolInfo& info = contender.info();
        if (!is_proved(info.kind) || competes(info)) continue;
        err << "tfqkd: " << info.spec()
            << " leaves the link's misalignment out, so it is never called the best";
        if (!info.compared_as.empty()) err << "; " << info.compared_as << " counts it";
        err << "\n";
    }
}

// Says who is better off because a constant phase difference does not count for them. True once said.
bool tell_of_phase_mismatch(const std::vector<Contender>& contenders, const Columns& links,
                            std::ostream& err) {
    const auto& quantities = link_quantities();
    const auto phase = std::find_if(quantities.begin(), quantities.end(),
                                    [](const Quantity& q) { return q.name == "phase_mismatch"; });
    if (!(links.col(phase - quantities.begin()) > 0).any()) return false;
    std::string without;
    bool with = false;
    for (const Contender& contender : contenders) {
        if (!competes(contender.info())) continue;
        const bool counts = contender.info().uses_link("phase_mismatch");
        with |= counts;
        if (!counts) without += (without.empty() ? "" : ", ") + contender.info().spec();
    }
    if (!with || without.empty()) return false;
    err << "tfqkd: phase_mismatch does not count for " << without
        << "; to weigh all alike join it to misalignment, see 'tfqkd protocols --conversions'\n";
    return true;
}

int run(const Arguments& arguments, Streams& streams) {
    const std::vector<Contender> contenders = chosen_contenders(arguments);
    const auto search = make_search(arguments.text("--method"), search_settings(arguments));
    const bool long_rows = arguments.has("--long");
    ProtocolInfo all;  // what columns may be called and which quantities matter, over all contenders
    all.parameters = all_parameters(contenders);
    all.uses.assign(link_quantities().size(), false);
    for (const Contender& contender : contenders)
        for (std::size_t k = 0; k < all.uses.size(); ++k)
            all.uses[k] = all.uses[k] || contender.info().uses[k];
    LinkSource source(arguments, all, streams);
    ResultSink sink(arguments, streams);
    if (!arguments.has("--quiet")) tell_who_is_left_out(contenders, streams.err);
    bool told = arguments.has("--quiet");
    std::size_t failed = 0;
    Table rows;
    for (Columns links; source.next(rows, links);) {
        const Standings standings = run_all(contenders, *search, links, threads(arguments));
        failed += failed_searches(standings);
        if (!told) told = tell_of_phase_mismatch(contenders, links, streams.err);
        sink.write(long_rows ? long_form(rows, contenders, standings, sink.for_people())
                             : wide(rows, contenders, standings, sink.for_people()));
    }
    sink.finish();
    if (failed > 0 && !arguments.has("--quiet"))
        streams.err << "tfqkd: " << failed << " searches failed; the column 'status' of --long names them\n";
    return 0;
}

}  // namespace

Command compare_command() {
    return {
        "compare",
        "optimise every protocol at each link and name the best one",
        "Finds the best parameters of every protocol, or of those given by --protocol, and writes one row a "
        "link: the rate of each protocol [bit per pulse], then for each kind of security statement the "
        "protocol with the highest rate and that rate over the PLOB bound (fibre only, without detection "
        "efficiency). Rates of different kinds are different statements, so each kind has its own best: "
        "best_finite (composable, finite data), best_gaussian (finite data, not composable), best_asymptotic "
        "(infinite data). Bounds, estimates without a proof and protocols that leave the link's misalignment "
        "out are shown and are never the best; 'none' means that no protocol of that kind has a key. "
        "Protocols without free parameters are evaluated. Each protocol has its default options, except that "
        "PM counts the link's misalignment; on unequal arms name the forms made for them, such as "
        "sources=asymmetric. In text and markdown, columns of rates are headed by the protocol alone.",
        {{"tfqkd compare --distance-km 300 --long",
          "every protocol at one link, a row each, with parameters"},
         {"tfqkd compare --sweep distance_km=0:500:50 -o compare.csv", "the best protocol by distance"},
         {"tfqkd compare --links links.csv --protocol sns-finite:sources=asymmetric --protocol "
          "aopp-finite:sources=asymmetric --protocol plob",
          "three of them, with options, on a table of links"}},
        "",
        [](const std::vector<std::string>&) {
            const std::vector<Option> compared{
                Option{"--protocol", "NAME", "every protocol",
                       "a protocol, with options as NAME:OPTION=CHOICE,...; may be repeated", "Comparison",
                       true}
                    .offering(protocol_choices()),
                {"--long", "", "",
                 "a row for each link and protocol, with its parameters and how its search ended",
                 "Comparison"}};
            auto search = search_options();
            for (Option& option : search)
                if (option.flag == "--fix")
                    option.help = "hold a parameter at a value in every protocol that has it";
            return joined({compared, link_options(), search, output_options(), general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
