#include "cli/subcommands.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

Table list() {
    Table::Text names, titles, security;
    for (const std::string_view name : protocol_names()) {
        const auto protocol = make_protocol(name);
        names.push_back(protocol->info().name);
        titles.push_back(protocol->info().title);
        security.push_back(protocol->info().security);
    }
    Table table;
    table.add("protocol", std::move(names));
    table.add("what", std::move(titles));
    table.add("security", std::move(security));
    return table;
}

// A row for each quantity: the link's that the protocol depends on, then its parameters.
Table quantities(const ProtocolInfo& info) {
    Table::Text names, kinds, units, valid, search, help;
    Table::Numbers starts;
    const auto add = [&](const Quantity& q, const std::string& kind) {
        names.emplace_back(q.name);
        kinds.push_back(kind);
        units.emplace_back(q.unit);
        valid.push_back(q.valid.text());
        search.push_back(q.search.text());
        starts.push_back(q.start);
        help.emplace_back(q.help);
    };
    for (std::size_t k = 0; k < link_quantities().size(); ++k)
        if (info.uses[k]) add(link_quantities()[k], "link");
    for (const Quantity& q : info.parameters) add(q, q.optimised ? "optimised" : "input");
    Table table;
    table.add("name", std::move(names));
    table.add("kind", std::move(kinds));
    table.add("unit", std::move(units));
    table.add("valid", std::move(valid));
    table.add("search", std::move(search));
    table.add("default", std::move(starts));
    table.add("meaning", std::move(help));
    return table;
}

void describe(const ProtocolInfo& info, std::ostream& out) {
    out << info.spec() << ": " << info.title << "\n\n"
        << info.description << "\n\nSecurity: " << info.security << "\n";
    if (!info.options.empty())
        out << "\nOptions (as in " << info.name << ":" << info.options.front().name << "="
            << info.options.front().choices.back() << "):\n";
    for (const ProtocolOption& option : info.options) {
        out << "  " << option.name << " = ";
        for (std::size_t i = 0; i < option.choices.size(); ++i) out << (i ? " | " : "") << option.choices[i];
        out << " [" << info.chosen.at(option.name) << "]: " << option.help << "\n";
    }
    out << "\nEquations:";
    for (const std::string& equation : info.equations) out << " " << equation;
    out << "\n\nReferences:\n";
    for (const std::string& reference : info.references) out << "  " << reference << "\n";
    out << "\nQuantities:\n";
}

int run(const Arguments& arguments, Streams& streams) {
    const std::string name = arguments.text("");
    if (name.empty()) {
        ResultSink sink(arguments, streams);
        sink.write(list());
        sink.finish();
        return 0;
    }
    const auto protocol = make_protocol(name);
    const bool for_people = !arguments.has("--format") && !arguments.has("--output");
    if (for_people) {
        describe(protocol->info(), streams.out);
        write_table(streams.out, TableFormat::text, quantities(protocol->info()));
        return 0;
    }
    ResultSink sink(arguments, streams);
    sink.write(quantities(protocol->info()));
    sink.finish();
    return 0;
}

}  // namespace

Command protocols_command() {
    return {"protocols",
            "the protocols, and what one of them depends on",
            "Without a name: the list. With a name: what the protocol is and is proved against, its options, "
            "the link quantities and parameters with units, "
            "ranges and defaults, the equations and the papers.",
            {{"tfqkd protocols", "the list"},
             {"tfqkd protocols sns-finite:sources=asymmetric", "one protocol with an option chosen"}},
            "[NAME]",
            [](const std::vector<std::string>&) { return joined({output_options()}); },
            run};
}

}  // namespace tfqkd::cli
