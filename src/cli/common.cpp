#include "cli/common.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>

#include "tfqkd/error.hpp"
#include "tfqkd/math/parallel.hpp"
#include "tfqkd/optimize/search.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

constexpr std::size_t rows_a_block = 4096;
constexpr std::size_t most_sweep_rows = 10'000'000;

std::string words_with_unit(const Quantity& q, const Interval& range) {
    return range.text() + (q.unit.empty() ? "" : " " + std::string(q.unit));
}

struct Sweep {
    std::string name;
    std::vector<double> values;
};

// "distance_km=0:500:10": from 0 to 500 in steps of 10.
Sweep parse_sweep(const std::string& text) {
    const auto refuse = [&](const std::string& why) -> Sweep {
        throw Error(ErrorKind::usage, "--sweep = " + in_quotes(text) + ": " + why +
                                          "; write NAME=START:STOP:STEP, as in distance_km=0:500:10");
    };
    const std::size_t equals = text.find('='), first = text.find(':'), second = text.find(':', first + 1);
    if (equals == std::string::npos || first == std::string::npos || second == std::string::npos ||
        first < equals)
        return refuse("not a sweep");
    Sweep sweep{text.substr(0, equals), {}};
    if (!is_link_input(sweep.name)) {
        std::vector<std::string_view> names;
        for (const Quantity& q : link_inputs()) names.push_back(q.name);
        return refuse("no link quantity " + in_quotes(sweep.name) + did_you_mean(sweep.name, names));
    }
    const auto start = parse_number(std::string_view(text).substr(equals + 1, first - equals - 1));
    const auto stop = parse_number(std::string_view(text).substr(first + 1, second - first - 1));
    const auto step = parse_number(std::string_view(text).substr(second + 1));
    if (!start || !stop || !step) return refuse("START, STOP and STEP must be numbers");
    if (*stop < *start || !(*step > 0))
        return refuse("STOP must not be below START, and STEP must be above 0");
    const double count = std::floor((*stop - *start) / *step * (1 + 1e-12)) + 1;
    if (count > static_cast<double>(most_sweep_rows)) return refuse("it has more than 10 million values");
    for (double i = 0; i < count; ++i) sweep.values.push_back(*start + i * *step);
    for (const Quantity& q : link_inputs())
        for (const double end : {sweep.values.front(), sweep.values.back()})
            if (q.name == sweep.name && !q.valid.contains(end))
                return refuse(format_number(end) + " is not in " + words_with_unit(q, q.valid));
    return sweep;
}

// Every combination of the sweeps' values, the last one varying fastest, and the quantities that flags set.
Table made_table(const std::vector<Sweep>& sweeps, const std::vector<std::pair<std::string, double>>& flags) {
    std::size_t rows = 1;
    for (const Sweep& sweep : sweeps) rows *= sweep.values.size();
    if (rows > most_sweep_rows)
        throw Error(ErrorKind::usage, "the sweeps have more than 10 million combinations");
    Table table;
    std::size_t repeat = rows;
    for (const Sweep& sweep : sweeps) {
        repeat /= sweep.values.size();
        Table::Numbers cells(rows);
        for (std::size_t row = 0; row < rows; ++row)
            cells[row] = sweep.values[row / repeat % sweep.values.size()];
        table.add(sweep.name, std::move(cells));
    }
    for (const auto& [name, value] : flags)
        if (!table.has(name)) table.add(name, Table::Numbers(rows, value));
    return table;
}

// The link quantities that flags set, checked; with the input's own name.
std::vector<std::pair<std::string, double>> quantities_from_flags(const Arguments& arguments) {
    std::vector<std::pair<std::string, double>> values;
    for (const Quantity& q : link_inputs())
        if (const std::string flag = flag_of(q.name); arguments.has(flag))
            values.emplace_back(q.name, arguments.number(flag, q.valid));
    return values;
}

// What flags say of all rows of a file stands in the rows too, so that results tell the whole link.
void add_flags(Table& rows, const std::vector<std::pair<std::string, double>>& flags) {
    for (const auto& [name, value] : flags) {
        if (rows.has(name) || !rows.property("link." + name).empty())
            throw Error(ErrorKind::usage, "both " + flag_of(name) + " and " + rows.source + " set " + name +
                                              "; leave out one of them");
        rows.add(name, Table::Numbers(rows.rows(), value));
    }
}

bool states_length(const Table& rows) {
    return std::any_of(link_inputs().begin(), link_inputs().end(), [&](const Quantity& q) {
        return is_length(q.name) &&
               (rows.has(q.name) || !rows.property("link." + std::string(q.name)).empty());
    });
}

}  // namespace

bool is_length(std::string_view input) { return input.starts_with("distance") || input.starts_with("loss"); }

std::vector<Option> joined(std::vector<std::vector<Option>> parts) {
    std::vector<Option> all;
    for (auto& part : parts) all.insert(all.end(), part.begin(), part.end());
    return all;
}

Option quantity_option(const Quantity& q, const std::string& group, bool with_default) {
    return {flag_of(q.name), q.unit.empty() ? "NUMBER" : std::string(q.unit),
            with_default ? format_number(q.start) : "", std::string(q.help) + ", " + q.valid.text(), group};
}

std::vector<Option> protocol_options() {
    return {{"--protocol", "NAME", "sns-finite",
             "protocol, with options as NAME:OPTION=CHOICE,...; see 'tfqkd protocols'", "Protocol"}};
}

std::vector<Option> model_options() {
    return {{"--model", "FILE", "", "a model as 'tfqkd train' writes it", "Model", false, "-m"}};
}

std::vector<Option> link_options() {
    std::vector<Option> options{
        {"--links", "FILE", "",
         "table of links (CSV, JSON, JSON Lines), a column for each quantity; '-' is standard input", "Links",
         false, "-l"},
        {"--sweep", "NAME=A:B:STEP", "", "links along a link quantity; several give every combination",
         "Links", true}};
    for (const Quantity& q : link_inputs()) {
        const bool length = q.name.starts_with("distance") || q.name.starts_with("loss");
        options.push_back(quantity_option(q, "Links", !length));
    }
    return options;
}

std::vector<Option> output_options() {
    return {{"--output", "FILE", "", "where results go; written whole or not at all; '-' is standard output",
             "Output", false, "-o"},
            {"--format", "FORMAT", "",
             "text, csv, json, jsonl or markdown; by the ending of --output, else text on a terminal, csv in "
             "a pipe",
             "Output"},
            {"--force", "", "", "replace an existing file", "Output"}};
}

std::vector<Option> general_options() {
    return {{"--threads", "N", "", "threads to use; all CPUs of this process", "General"},
            {"--quiet", "", "", "no talk on standard error", "General", false, "-q"}};
}

std::vector<Option> search_options(const std::string& method) {
    const SearchOptions defaults;
    return {{"--method", "NAME", method,
             "auto (gradient search with local search to help), gradient, lsa (the field's local search), or "
             "nlopt:NAME such as "
             "nlopt:LN_BOBYQA, nlopt:LD_LBFGS, nlopt:GN_CRS2_LM",
             "Search"},
            {"--fix", "NAME=VALUE", "", "hold a parameter at a value", "Search", true},
            {"--tolerance", "NUMBER", format_number(defaults.tolerance),
             "relative gain in rate below which lsa and nlopt end, (0, 1)", "Search"},
            {"--slope-tolerance", "NUMBER", format_number(defaults.slope_tolerance),
             "|d ln R / d parameter| x range below which gradient search ends, (0, 1)", "Search"},
            {"--max-evaluations", "N", std::to_string(defaults.most_evaluations),
             "evaluations of a link at most", "Search"},
            {"--restarts", "N", std::to_string(defaults.restarts), "further starts where no key was found",
             "Search"}};
}

int threads(const Arguments& arguments) {
    return arguments.has("--threads") ? static_cast<int>(arguments.count("--threads", 1, 4096))
                                      : default_threads();
}

Model load_model(const Arguments& arguments) {
    if (!arguments.has("--model"))
        throw Error(ErrorKind::usage, "--model FILE is missing: a model as 'tfqkd train' writes it");
    return Model::load_file(arguments.text("--model"));
}

SearchOptions search_settings(const Arguments& arguments) {
    SearchOptions options;
    options.tolerance = arguments.number("--tolerance", {0, 1, true, true});
    options.slope_tolerance = arguments.number("--slope-tolerance", {0, 1, true, true});
    options.most_evaluations = static_cast<int>(arguments.count("--max-evaluations", 10, 1'000'000'000));
    options.restarts = static_cast<int>(arguments.count("--restarts", 0, 1000));
    return options;
}

LinkSource::LinkSource(const Arguments& arguments, const ProtocolInfo& info, Streams& streams,
                       const std::vector<std::pair<std::string, double>>& also)
    : info_(info),
      flags_(quantities_from_flags(arguments)),
      defaults_(flags_),
      err_(streams.err),
      quiet_(arguments.has("--quiet")) {
    defaults_.insert(defaults_.end(), also.begin(), also.end());
    std::vector<Sweep> sweeps;
    for (const std::string& text : arguments.all("--sweep")) {
        sweeps.push_back(parse_sweep(text));
        const auto& name = sweeps.back().name;
        if (std::any_of(sweeps.begin(), sweeps.end() - 1, [&](const Sweep& s) { return s.name == name; }))
            throw Error(ErrorKind::usage, "--sweep names " + name + " twice; leave one");
        if (std::any_of(flags_.begin(), flags_.end(), [&](const auto& flag) { return flag.first == name; }))
            throw Error(ErrorKind::usage,
                        "both --sweep and " + flag_of(name) + " set " + name + "; give one of them");
    }
    if (!arguments.has("--links")) {
        made_ = made_table(sweeps, defaults_);
        return;
    }
    if (!sweeps.empty())
        throw Error(ErrorKind::usage, "--links and --sweep both say which links; give one of them");
    reader_ = std::make_unique<TableReader>(arguments.text("--links"), streams.in);
}

LinkSource::~LinkSource() = default;

bool LinkSource::next(Table& rows, Columns& links) {
    std::vector<std::string> assumed;
    if (made_) {
        if (any_) return false;
        rows = std::move(*made_);
    } else if (!reader_->next(rows, rows_a_block)) {
        if (!any_) throw Error(ErrorKind::data, rows.source + ": the table has a header but no rows");
        return false;
    } else {
        add_flags(rows, flags_);
    }
    any_ = true;
    refuse_mistyped(rows, info_.parameters);
    links = read_links(rows, states_length(rows) ? flags_ : defaults_, &assumed);
    if (!made_ && !told_ && !quiet_) tell_defaults(assumed);
    return true;
}

void LinkSource::tell_defaults(const std::vector<std::string>& assumed) {
    std::string list;
    for (std::size_t k = 0; k < link_quantities().size(); ++k) {
        const Quantity& q = link_quantities()[k];
        if (info_.uses[k] && std::find(assumed.begin(), assumed.end(), q.name) != assumed.end())
            list += " " + std::string(q.name) + "=" + format_number(q.start);
    }
    if (!list.empty()) err_ << "tfqkd: not in the table, so at its default:" << list << "\n";
    told_ = true;
}

ResultSink::ResultSink(const Arguments& arguments, Streams& streams, TableFormat terminal_default)
    : out_(streams.out) {
    const std::string path = arguments.text("--output");
    to_file_ = !path.empty() && path != "-";
    TableFormat format = TableFormat::csv;
    if (arguments.has("--format")) {
        const std::string name = arguments.text("--format");
        constexpr std::string_view names[] = {"text", "csv", "json", "jsonl", "markdown"};
        const auto found = std::find(std::begin(names), std::end(names), name);
        if (found == std::end(names))
            throw Error(ErrorKind::usage, "--format = " + in_quotes(name) +
                                              ", must be text, csv, json, jsonl or markdown" +
                                              did_you_mean(name, names));
        format = static_cast<TableFormat>(found - std::begin(names));
    } else if (to_file_) {
        format = format_of_file(path).value_or(TableFormat::csv);
    } else if (&streams.out == &std::cout && isatty(STDOUT_FILENO)) {
        format = terminal_default;
    }
    format_ = format;
    if (to_file_) file_ = std::make_unique<OutputFile>(path, arguments.has("--force"));
    writer_ = std::make_unique<TableWriter>(to_file_ ? file_->stream() : out_, format);
}

ResultSink::~ResultSink() = default;

void ResultSink::write(const Table& block) { writer_->write(block); }

bool ResultSink::for_people() const {
    return format_ == TableFormat::text || format_ == TableFormat::markdown;
}

void ResultSink::finish() {
    writer_->finish();
    if (file_) file_->commit();
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
