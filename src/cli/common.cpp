#include "cli/common.hpp"

#include <algorithm>

#include "cli/model_library.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/math/parallel.hpp"
#include "tfqkd/optimize/search.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

std::vector<Option> joined(std::vector<std::vector<Option>> parts) {
    std::vector<Option> all;
    for (auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

Option quantity_option(const Quantity& q, const std::string& group, bool with_default) {
    return {flag_of(q.name), q.unit.empty() ? "NUMBER" : std::string(q.unit),
            with_default ? format_number(q.start) : "", std::string(q.help) + ", " + q.valid.text(), group};
}

std::vector<std::string> protocol_choices() {
    const auto names = protocol_names();
    return {names.begin(), names.end()};
}

std::vector<Option> protocol_options() {
    return {Option{"--protocol", "NAME", "sns-finite",
                   "protocol, with options as NAME:OPTION=CHOICE,...; see 'tfqkd protocols'", "Protocol"}
                .offering(protocol_choices())};
}

std::vector<Option> model_options() {
    return {{"--model", "FILE", "",
             "a model as 'tfqkd train' writes it: a file, or the name of one in TFQKD_MODEL_DIR or among "
             "those that come with the program",
             "Model", false, "-m"}};
}

std::vector<Option> link_options() {
    std::vector<Option> options{
        {"--links", "FILE", "",
         "table of links (CSV, JSON, JSON Lines), a column for each quantity; '-' is standard input", "Links",
         false, "-l"},
        {"--sweep", "NAME=A:B:STEP", "", "links along a link quantity; several give every combination",
         "Links", true}};
    for (const Quantity& q : link_inputs())
        options.push_back(quantity_option(q, "Links", !is_length(q.name)));
    return options;
}

std::vector<Option> output_options() {
    return {
        {"--output", "FILE", "", "where results go; written whole or not at all; '-' is standard output",
         "Output", false, "-o", false},
        Option{"--format", "FORMAT", "",
               "text, csv, json, jsonl, markdown or npy; by the ending of --output, else text on a terminal, "
               "csv in "
               "a pipe",
               "Output", false, "", false}
            .offering({"text", "csv", "json", "jsonl", "markdown", "npy"}),
        {"--force", "", "", "replace an existing file", "Output", false, "", false}};
}

std::vector<Option> general_options() {
    return {{"--threads", "N", "", "threads to use; all CPUs of this process", "General", false, "", false},
            {"--quiet", "", "", "no talk on standard error", "General", false, "-q", false}};
}

std::vector<Option> search_options(const std::string& method) {
    const SearchOptions defaults;
    return {
        Option{
            "--method", "NAME", method,
            "auto (gradient search with local search to help), gradient, lsa (the field's local search), or "
            "nlopt:NAME such as "
            "nlopt:LN_BOBYQA, nlopt:LD_LBFGS, nlopt:GN_CRS2_LM",
            "Search"}
            .offering(search_methods()),
        {"--fix", "NAME=VALUE", "", "hold a parameter at a value", "Search", true},
        {"--tolerance", "NUMBER", format_number(defaults.tolerance),
         "relative gain in rate below which lsa and nlopt end, (0, 1)", "Search"},
        {"--slope-tolerance", "NUMBER", format_number(defaults.slope_tolerance),
         "|d ln R / d parameter| x range below which gradient search ends, (0, 1)", "Search"},
        {"--max-evaluations", "N", std::to_string(defaults.most_evaluations), "evaluations of a link at most",
         "Search"},
        {"--restarts", "N", std::to_string(defaults.restarts),
         "further tries where no key was found: followed from less loss, then from samples", "Search"}};
}

int threads(const Arguments& arguments) {
    return arguments.has("--threads") ? static_cast<int>(arguments.count("--threads", 1, 4096))
                                      : default_threads();
}

Model load_model(const Arguments& arguments) {
    if (!arguments.has("--model"))
        throw Error(ErrorKind::usage,
                    "--model FILE is missing: a model as 'tfqkd train' writes it, or the name of one that is "
                    "installed");
    return Model::load_file(model_path(arguments.text("--model")));
}

Precision precision_of(const Arguments& arguments) {
    return choice<Precision>(
        arguments, "--precision",
        {{"double", Precision::double_precision}, {"float", Precision::single_precision}});
}

SearchOptions search_settings(const Arguments& arguments) {
    SearchOptions options;
    options.tolerance = arguments.number("--tolerance", {0, 1, true, true});
    options.slope_tolerance = arguments.number("--slope-tolerance", {0, 1, true, true});
    options.most_evaluations = static_cast<int>(arguments.count("--max-evaluations", 10, 1'000'000'000));
    options.restarts = static_cast<int>(arguments.count("--restarts", 0, 1000));
    return options;
}

Table without(const Table& table, const std::vector<std::string>& but) {
    Table rest;
    rest.properties = table.properties;
    rest.source = table.source;
    rest.lines = table.lines;
    for (const Table::Column& column : table.columns())
        if (std::find(but.begin(), but.end(), column.name) == but.end())
            std::visit([&](const auto& cells) { rest.add(column.name, cells); }, column.cells);
    return rest;
}

}  // namespace tfqkd::cli
