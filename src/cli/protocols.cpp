#include "cli/describe.hpp"
#include "cli/subcommands.hpp"
#include "cli/words.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/protocol/conversions.hpp"

namespace tfqkd::cli {

namespace {

Table list() {
    Table::Text names, kinds, titles, security;
    for (const std::string_view name : protocol_names()) {
        const auto protocol = make_protocol(name);
        names.push_back(protocol->info().name);
        kinds.emplace_back(kind_name(protocol->info().kind));
        titles.push_back(protocol->info().title);
        security.push_back(protocol->info().security);
    }
    Table table;
    table.add("protocol", std::move(names));
    table.add("kind", std::move(kinds));
    table.add("what", std::move(titles));
    table.add("security", std::move(security));
    return table;
}

// A row for each quantity: the link's that the protocol depends on, then its parameters.
Table quantities(const ProtocolInfo& info) {
    Table::Text names, kinds, units, valid, search, help, reasons;
    Table::Numbers starts;
    const auto add = [&](const Quantity& q, const std::string& kind) {
        names.emplace_back(q.name);
        kinds.push_back(kind);
        units.emplace_back(q.unit);
        valid.push_back(q.valid.text());
        search.push_back(q.search.text());
        starts.push_back(q.start);
        help.emplace_back(q.help);
        reasons.emplace_back(q.input_reason);
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
    table.add("why_not_searched", std::move(reasons));
    return table;
}

Table conversion_table() {
    Table::Text quantities, stated, how, remarks;
    for (const Conversion& one : conversions()) {
        quantities.push_back(one.quantity);
        stated.push_back(one.stated_as);
        how.push_back(one.conversion);
        remarks.push_back(one.remark);
    }
    Table table;
    table.add("quantity", std::move(quantities));
    table.add("stated_as", std::move(stated));
    table.add("conversion", std::move(how));
    table.add("remark", std::move(remarks));
    return table;
}

void print_conversions(std::ostream& out) {
    constexpr std::size_t width = 100;
    out << "Links stated in other words, and the link quantities that they become\n";
    for (const Conversion& one : conversions())
        out << "\n"
            << wrapped(one.quantity + ", from " + one.stated_as, 0, width) << "\n    "
            << wrapped(one.conversion, 4, width) << "\n    " << wrapped(one.remark, 4, width) << "\n";
}

// Where text goes that is no table: a file, written whole or not at all, or standard output.
void write_text(const Arguments& arguments, Streams& streams,
                const std::function<void(std::ostream&)>& write) {
    const std::string path = arguments.text("--output");
    if (path.empty() || path == "-") return write(streams.out);
    OutputFile file(path, arguments.has("--force"));
    write(file.stream());
    file.commit();
}

void write_rows(const Arguments& arguments, Streams& streams, const Table& table) {
    ResultSink sink(arguments, streams);
    sink.write(table);
    sink.finish();
}

// What a format asks for: "json", "text", or "" for rows.
std::string wanted_form(const Arguments& arguments) {
    const std::string path = arguments.text("--output"), format = arguments.text("--format");
    if (format == "json" || format == "text") return format;
    if (!format.empty()) return "";
    if (path.empty() || path == "-") return "text";
    const auto by_name = format_of_file(path);
    return by_name == TableFormat::json ? "json" : by_name == TableFormat::text ? "text" : "";
}

int run(const Arguments& arguments, Streams& streams) {
    const std::string name = arguments.text(""), form = wanted_form(arguments);
    const bool ask_conversions = arguments.has("--conversions");
    if (ask_conversions && !name.empty())
        throw Error(ErrorKind::usage, "--conversions holds for all protocols; leave '" + name + "' out");
    if (ask_conversions && form == "text") {
        write_text(arguments, streams, print_conversions);
    } else if (ask_conversions || name.empty()) {
        write_rows(arguments, streams, ask_conversions ? conversion_table() : list());
    } else {
        const auto protocol = make_protocol(name);
        if (form.empty())
            write_rows(arguments, streams, quantities(protocol->info()));
        else
            write_text(arguments, streams, [&](std::ostream& out) {
                form == "json" ? describe_as_json(protocol->info(), out) : describe(protocol->info(), out);
            });
    }
    return 0;
}

}  // namespace

Command protocols_command() {
    return {"protocols",
            "the protocols, and what one of them depends on",
            "Without a name: the list. With a name: what the protocol is and is proved against, its options, "
            "the link quantities and parameters with units, ranges and defaults, the equations, how far each "
            "is verified, what is open, and the papers. As text or json all of it, in other formats a row "
            "for each quantity.",
            {{"tfqkd protocols", "the list"},
             {"tfqkd protocols sns-finite:sources=asymmetric", "one protocol with an option chosen"},
             {"tfqkd protocols cal-finite --format json", "all that is known of a protocol, for programs"},
             {"tfqkd protocols --conversions",
              "how losses, errors and intensities stated otherwise become link quantities"}},
            "[NAME]",
            [](const std::vector<std::string>&) {
                const std::vector<Option> views{{"--conversions", "", "",
                                                 "links stated in other words, and how they are converted",
                                                 "Output"}};
                return joined({output_options(), views});
            },
            run};
}

}  // namespace tfqkd::cli
