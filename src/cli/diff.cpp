#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/difference.hpp"

namespace tfqkd::cli {

namespace {

Table table_of(const Difference& difference) {
    Table::Text column, a, b;
    Table::Numbers cells, differing, worst, row;
    for (const ColumnDifference& one : difference.columns) {
        column.push_back(one.column);
        cells.push_back(static_cast<double>(one.cells));
        differing.push_back(static_cast<double>(one.differing));
        worst.push_back(one.worst);
        row.push_back(one.row > 0 ? static_cast<double>(one.row) : std::numeric_limits<double>::quiet_NaN());
        a.push_back(one.a);
        b.push_back(one.b);
    }
    Table table;
    table.add("column", std::move(column));
    table.add("cells", std::move(cells));
    table.add("differing", std::move(differing));
    table.add("worst_relative_difference", std::move(worst));
    table.add("row", std::move(row));
    table.add("a", std::move(a));
    table.add("b", std::move(b));
    return table;
}

void say_missing(std::ostream& err, const std::vector<std::string>& columns, const std::string& path) {
    for (const std::string& column : columns)
        err << "tfqkd: only " << path << " has " << in_quotes(column) << ", or another number of it\n";
}

int run(const Arguments& arguments, Streams& streams) {
    const std::vector<std::string> files = arguments.all("");
    if (files.size() != 2)
        throw Error(ErrorKind::usage,
                    "two files are compared, as in 'tfqkd diff before.csv after.csv'; found " +
                        std::to_string(files.size()));
    const double tolerance = arguments.number("--tolerance", {0, 1});
    ResultSink sink(arguments, streams);
    const Difference difference = compare_files(files[0], files[1], tolerance);
    sink.write(table_of(difference));
    sink.finish();
    say_missing(streams.err, difference.only_a, files[0]);
    say_missing(streams.err, difference.only_b, files[1]);
    if (difference.rows_a != difference.rows_b)
        streams.err << "tfqkd: " << files[0] << " has " << difference.rows_a << " rows, " << files[1] << " "
                    << difference.rows_b << "\n";
    return difference.same() ? 0 : 1;
}

}  // namespace

Command diff_command() {
    return {
        "diff",
        "compare two result files, models or baselines",
        "Compares tables column by column, whatever their formats and the order of their columns, and JSON "
        "documents value by value; for each column it shows how many cells differ by more than the "
        "tolerance, and the one that differs most. Exit code 1 when anything differs.",
        {{"tfqkd generate --rows 20000 -o before.csv && cp before.csv after.csv && tfqkd diff before.csv "
          "after.csv",
          "rows of two runs of a program"},
         {"tfqkd diff bpnn.json bpnn.json --tolerance 1e-12", "two models"}},
        "A B",
        [](const std::vector<std::string>&) {
            const std::vector<Option> comparison{{"--tolerance", "NUMBER", "1e-9",
                                                  "numbers may differ by so much of the larger one, [0, 1]",
                                                  "Comparison"}};
            return joined({comparison, output_options(), general_options()});
        },
        run};
}

}  // namespace tfqkd::cli
