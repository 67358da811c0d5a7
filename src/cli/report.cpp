#include "tfqkd/report/page.hpp"

#include <filesystem>

#include "cli/gnuplot.hpp"
#include "cli/model_library.hpp"
#include "cli/run_record.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/text_file.hpp"

namespace tfqkd::cli {

namespace {

// Every other file is a table.
bool is_model(const std::string& path) {
    std::error_code error;
    return path.ends_with(".json") && std::filesystem::is_regular_file(path, error) &&
           read_text_file(path).find("\"tfqkd.model/") != std::string::npos;
}

PageSection section_of(const std::string& path, Streams& streams) {
    PageSection section =
        is_model(path) ? page_section(Model::load_file(path), std::filesystem::path(path).filename().string())
                       : page_section(read_table(path, streams.in));
    std::error_code error;
    if (const std::string manifest = path + manifest_ending;
        std::filesystem::is_regular_file(manifest, error))
        section.manifest = read_text_file(manifest);
    return section;
}

void draw(std::vector<PageSection>& sections) {
    for (PageSection& section : sections)
        for (PageFigure& figure : section.figures)
            figure.svg = drawn_by_gnuplot(figure.figure, FigureFormat::svg, {});
}

int run(const Arguments& arguments, Streams& streams) {
    const std::vector<std::string> files = arguments.all("");
    if (files.empty())
        throw Error(ErrorKind::usage,
                    "what to report is missing: one or more FILEs, as in 'tfqkd report "
                    "benchmark.csv -o report.html'");
    const std::string path = arguments.text("--output");
    if (path.empty())
        throw Error(ErrorKind::usage, "--output FILE is missing: the page to write; '-' is standard output");
    std::unique_ptr<OutputFile> file;
    if (path != "-") file = std::make_unique<OutputFile>(path, arguments.has("--force"));
    std::vector<PageSection> sections;
    for (const std::string& name : files) sections.push_back(section_of(name, streams));
    if (!gnuplot_path().empty())
        draw(sections);
    else if (!arguments.has("--quiet"))
        streams.err << "tfqkd: gnuplot is not there (Debian's package is gnuplot-nox): the page has the "
                       "figures' data "
                       "without pictures\n";
    (file ? file->stream() : streams.out) << html_page(arguments.text("--title"), sections);
    if (file) file->commit();
    return 0;
}

}  // namespace

Command report_command() {
    return {
        "report",
        "results as one HTML page, with figures",
        "Writes one page that needs nothing else: what the results say in words, tables that sort, figures "
        "with "
        "their data to download, and how each file was made. FILE is a result of benchmark (its summary, or "
        "--show links, which gives figures too), optimize, compare --long, generate, rate or predict, a "
        "table of "
        "learning curves or convergence as 'tfqkd plot' takes it, or a model. Figures are drawn by gnuplot; "
        "without it the page has their data. Nothing is loaded from the network.",
        {{"tfqkd report training.csv bpnn.json -o report.html", "a data set of optima, and a model"},
         {"tfqkd report training.csv --title 'Network of the north' -o north.html",
          "a heading of one's own"}},
        "FILE...",
        [](const std::vector<std::string>&) {
            return std::vector<Option>{
                {"--title", "TEXT", "Results of tfqkd", "heading of the page", "Report"},
                {"--output", "FILE", "", "the page; written whole or not at all; '-' is standard output",
                 "Output", false, "-o", false},
                {"--force", "", "", "replace an existing file", "Output", false, "", false},
                {"--quiet", "", "", "no talk on standard error", "General", false, "-q", false}};
        },
        run};
}

}  // namespace tfqkd::cli
