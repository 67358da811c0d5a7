#include <algorithm>
#include <sstream>

#include "cli/contenders.hpp"
#include "cli/gnuplot.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/dataset/generate.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/convergence.hpp"
#include "tfqkd/report/figures.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

const std::vector<std::string> usual_protocols{"sns-finite", "aopp-finite", "cal-finite"};
const std::vector<std::string> usual_methods{"auto", "lsa", "nlopt:LN_SBPLX", "nlopt:LN_NELDERMEAD"};
constexpr const char* usual_sweep = "distance_km=0:500:5";
constexpr int usual_most_evaluations = 3000;

std::vector<std::string> given_or(const Arguments& arguments, const std::string& flag,
                                  const std::vector<std::string>& usual) {
    return arguments.has(flag) ? arguments.all(flag) : usual;
}

bool is_length_given(const Arguments& arguments) {
    const auto& inputs = link_inputs();
    return arguments.has("--links") || arguments.has("--sweep") ||
           std::any_of(inputs.begin(), inputs.end(), [&](const Quantity& q) {
               return is_length(q.name) && arguments.has(flag_of(q.name));
           });
}

// Every link of the arguments at once, the usual distances where none is given.
Table all_links(const Arguments& arguments, const ProtocolInfo& info, Streams& streams, Columns& links) {
    const Arguments swept = is_length_given(arguments) ? arguments : arguments.with("--sweep", {usual_sweep});
    LinkSource source(swept, info, streams);
    Table rows;
    if (!source.next(rows, links)) throw Error(ErrorKind::data, "there are no links to plot");
    Table more;
    if (Columns rest; source.next(more, rest))
        throw Error(ErrorKind::usage, "a figure is made of at most " +
                                          std::to_string(LinkSource::rows_a_block) +
                                          " links; optimise more with 'tfqkd compare --long' and plot its "
                                          "file");
    return rows;
}

// A protocol's optima over the links, as 'tfqkd optimize' writes them.
Table optimised(const std::string& spec, const Arguments& arguments, Streams& streams) {
    std::vector<Contender> one;
    one.push_back({make_protocol(spec), arguments.settings("--fix")});
    const ProtocolInfo& info = one.front().info();
    Columns links;
    Table table = without_results(all_links(arguments, info, streams, links), info);
    const auto search = make_search(arguments.text("--method"), search_settings(arguments));
    const Standings standings = run_all(one, *search, links, threads(arguments));
    table.properties = {{"protocol", info.spec()}};
    add_optima(table, info, standings.optima.front());
    return table;
}

std::vector<Table> read_files(const std::vector<std::string>& files, Streams& streams) {
    std::vector<Table> tables;
    for (const std::string& file : files) tables.push_back(read_table(file, streams.in));
    return tables;
}

std::vector<Table> optimised_or_read(const std::vector<std::string>& files, const Arguments& arguments,
                                     Streams& streams) {
    if (!files.empty()) return read_files(files, streams);
    std::vector<Table> tables;
    for (const std::string& spec : given_or(arguments, "--protocol", usual_protocols))
        tables.push_back(optimised(spec, arguments, streams));
    return tables;
}

Table convergence(const Arguments& arguments, Streams& streams) {
    const std::vector<std::string> specs = given_or(arguments, "--protocol", {"sns-finite"});
    if (specs.size() > 1)
        throw Error(ErrorKind::usage, "--protocol: a figure of convergence is of one protocol; found " +
                                          std::to_string(specs.size()));
    const auto protocol = make_protocol(specs.front());
    Columns links;
    all_links(arguments, protocol->info(), streams, links);
    SearchOptions settings = search_settings(arguments);
    if (!arguments.has("--max-evaluations")) settings.most_evaluations = usual_most_evaluations;
    return convergence_table(
        make_objective(*protocol, links, arguments.settings("--fix"), threads(arguments)),
        given_or(arguments, "--method", usual_methods), settings);
}

Figure make_figure(const std::string& kind, const std::vector<std::string>& files, const Arguments& arguments,
                   Streams& streams) {
    const auto along = [&](const std::vector<Table>& tables) {
        return arguments.has("--x") ? arguments.text("--x") : varying_quantity(tables.front());
    };
    if (kind == "rate" || kind == "parameters") {
        const std::vector<Table> tables = optimised_or_read(files, arguments, streams);
        return kind == "rate" ? rate_figure(tables, along(tables)) : parameters_figure(tables, along(tables));
    }
    if (kind == "convergence")
        return convergence_figure(files.empty() ? std::vector<Table>{convergence(arguments, streams)}
                                                : read_files(files, streams));
    if (files.empty())
        throw Error(ErrorKind::usage,
                    kind == "ratio" ? "plot ratio needs a FILE: what 'tfqkd benchmark --show links' writes"
                                    : "plot learning needs a FILE: columns network, rows, mean_ratio");
    const std::vector<Table> tables = read_files(files, streams);
    return kind == "ratio" ? ratio_figure(tables, arguments.has("--x") ? arguments.text("--x") : "")
                           : learning_figure(tables);
}

FigureSize figure_size(const Arguments& arguments) {
    FigureSize size;
    size.width_cm = arguments.number("--width", {3, 100});
    if (arguments.has("--height")) size.height_cm = arguments.number("--height", {3, 100});
    return size;
}

enum class Drawn { svg, pdf, png, text, csv };

Drawn drawn_format(const Arguments& arguments) {
    const std::vector<std::pair<std::string_view, Drawn>> formats{{"svg", Drawn::svg},
                                                                  {"pdf", Drawn::pdf},
                                                                  {"png", Drawn::png},
                                                                  {"text", Drawn::text},
                                                                  {"csv", Drawn::csv}};
    if (arguments.has("--format")) return choice(arguments, "--format", formats);
    const std::string path = arguments.text("--output");
    for (const auto& [name, format] : formats)
        if (path.ends_with("." + std::string(name))) return format;
    if (path.empty() || path == "-") return Drawn::text;
    throw Error(ErrorKind::usage, "--output = " + in_quotes(path) +
                                      ", must end in .svg, .pdf, .png or .csv, or --format say what it is");
}

std::string drawn(const Figure& figure, Drawn format, const FigureSize& size) {
    switch (format) {
        case Drawn::svg:
            return drawn_by_gnuplot(figure, FigureFormat::svg, size);
        case Drawn::pdf:
            return drawn_by_gnuplot(figure, FigureFormat::pdf, size);
        case Drawn::png:
            return drawn_by_gnuplot(figure, FigureFormat::png, size);
        case Drawn::text:
            return drawn_by_gnuplot(figure, FigureFormat::text, size);
        case Drawn::csv:
            break;
    }
    std::ostringstream text;
    write_table(text, TableFormat::csv, figure_data(figure));
    return text.str();
}

// What gnuplot draws of the kept script, beside it.
FigureFormat script_format(Drawn format) {
    return format == Drawn::pdf   ? FigureFormat::pdf
           : format == Drawn::png ? FigureFormat::png
                                  : FigureFormat::svg;
}

int run(const Arguments& arguments, Streams& streams) {
    static const std::vector<std::string_view> kinds{"rate", "parameters", "ratio", "learning",
                                                     "convergence"};
    std::vector<std::string> words = arguments.all("");
    if (words.empty())
        throw Error(ErrorKind::usage,
                    "what to plot is missing: rate, parameters, ratio, learning or convergence");
    const std::string kind = words.front();
    words.erase(words.begin());
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end())
        throw Error(ErrorKind::usage, in_quotes(kind) +
                                          " is no figure; there are rate, parameters, ratio, "
                                          "learning and convergence" +
                                          did_you_mean(kind, kinds));
    const Drawn format = drawn_format(arguments);
    const FigureSize size = figure_size(arguments);
    const std::string path = arguments.text("--output");
    std::unique_ptr<OutputFile> file, script;
    if (!path.empty() && path != "-") file = std::make_unique<OutputFile>(path, arguments.has("--force"));
    if (arguments.has("--script"))
        script = std::make_unique<OutputFile>(arguments.text("--script"), arguments.has("--force"));
    const Figure figure = make_figure(kind, words, arguments, streams);
    if (figure.empty() && !arguments.has("--quiet"))
        streams.err << "tfqkd: nothing here can be shown: no row has a key, or a table is empty\n";
    if (script) {
        const FigureFormat to = script_format(format);
        const char* ending = to == FigureFormat::pdf ? ".pdf" : to == FigureFormat::png ? ".png" : ".svg";
        script->stream() << gnuplot_script(figure, to, size, "figure" + std::string(ending));
        script->commit();
        if (!file && !arguments.has("--format") && path.empty()) return 0;
    }
    (file ? file->stream() : streams.out) << drawn(figure, format, size);
    if (file) file->commit();
    return 0;
}

}  // namespace

Command plot_command() {
    const FigureSize size;
    return {
        "plot",
        "draw a figure: rates, parameters, accuracy, learning, convergence",
        "Draws one of five figures with gnuplot: as SVG, PDF or PNG for a paper, or in the terminal. rate: "
        "key "
        "rate against distance, with the repeaterless bounds, and the last point with a key marked. "
        "parameters: "
        "the best parameters, a panel each. ratio: what models and searches lose of the best key rate, by "
        "distance and as a histogram. learning: that loss against the number of training rows. convergence: "
        "that loss against the evaluations that a search may use. Without FILE, rate, parameters and "
        "convergence optimise the links given by flags (else 0 to 500 km); FILE is a result of optimize, "
        "compare --long, generate, rate or predict (rate, parameters), of benchmark --show links (ratio), or "
        "a "
        "table with columns network, rows, mean_ratio (learning) or method, evaluations, loss (convergence). "
        "Colours can be told apart by everybody, dashes in grey.",
        {{"tfqkd plot rate --sweep distance_km=0:500:50 --format csv", "the figure's data"},
         {"tfqkd plot parameters --protocol sns-finite --sweep distance_km=0:400:100 --script parameters.gp",
          "what gnuplot draws, to be changed by hand"}},
        "KIND [FILE...]",
        [size](const std::vector<std::string>&) {
            std::vector<Option> what{
                {"--x", "NAME", "", "column that goes along x; the length of the link, else what varies",
                 "Figure"},
                Option{"--protocol", "NAME", "",
                       "a protocol, with options as NAME:OPTION=CHOICE,...; may be repeated [sns-finite, "
                       "aopp-finite, "
                       "cal-finite; sns-finite for convergence]",
                       "Figure", true}
                    .offering(protocol_choices()),
                {"--width", "CM", format_number(size.width_cm), "width; a journal's column is 8.5", "Figure"},
                {"--height", "CM", "", "height; 10, or 6 for each row of panels", "Figure"},
                {"--script", "FILE", "", "keep what gnuplot is told, with the data in it", "Output", false,
                 "", false},
                {"--output", "FILE", "",
                 "the figure, .svg, .pdf, .png, or its data, .csv; '-' is standard output", "Output", false,
                 "-o", false},
                Option{"--format", "FORMAT", "",
                       "svg, pdf, png, text or csv; by the ending of --output, else text", "Output", false,
                       "", false}
                    .offering({"svg", "pdf", "png", "text", "csv"}),
                {"--force", "", "", "replace existing files", "Output", false, "", false}};
            auto search = search_options();
            for (Option& option : search)
                if (option.flag == "--method") {
                    option.many = true;
                    option.help +=
                        "; for convergence may be repeated [auto, lsa, nlopt:LN_SBPLX, nlopt:LN_NELDERMEAD]";
                }
            return joined({what, link_options(), search, general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
