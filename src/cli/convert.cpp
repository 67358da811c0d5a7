#include <algorithm>

#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

constexpr std::size_t rows_a_block = 4096;

// One row as wide as any of the file: the kind of each column, and its longest text.
Table widest_row(const std::string& path, std::istream& in) {
    TableReader reader(path, in);
    Table block;
    std::vector<std::size_t> longest;
    std::vector<bool> is_text;
    for (bool more = true; more;) {
        more = reader.next(block, rows_a_block);
        longest.resize(block.columns().size());
        is_text.resize(block.columns().size());
        for (std::size_t k = 0; k < block.columns().size(); ++k) {
            const Table::Column& column = block.columns()[k];
            is_text[k] = is_text[k] || std::holds_alternative<Table::Text>(column.cells);
            for (const std::string& cell : block.text(column.name))
                longest[k] = std::max(longest[k], cell.size());
        }
    }
    Table row;
    row.properties = block.properties;
    for (std::size_t k = 0; k < longest.size(); ++k) {
        const std::string& name = block.columns()[k].name;
        is_text[k] ? row.add(name, Table::Text{std::string(longest[k], 'x')})
                   : row.add(name, Table::Numbers{0});
    }
    return row;
}

int run(const Arguments& arguments, Streams& streams) {
    const std::vector<std::string> operands = arguments.all("");
    if (operands.empty())
        throw Error(ErrorKind::usage,
                    "which table? Name its file, as in 'tfqkd convert data.csv -o data.npy'");
    const std::string& path = operands.front();
    ResultSink sink(arguments, streams);
    sink.keep_header();
    if (path != "-") sink.begin(widest_row(path, streams.in));
    TableReader reader(path, streams.in);
    Table block;
    bool any = false;
    while (reader.next(block, rows_a_block) || !any) {
        any = true;
        sink.write(block);
    }
    sink.finish();
    return 0;
}

}  // namespace

Command convert_command() {
    return {"convert",
            "copy a table into another format",
            "Copies a table with its properties. NPY files (numpy.load gives an array with a field for each "
            "column) "
            "are the smallest and fastest for large sets; train, predict and the other commands read them in "
            "place. From CSV to NPY and back nothing is lost.",
            {{"tfqkd generate --rows 5000 -o data.csv && tfqkd convert data.csv -o data.npy",
              "a data set for numpy, or for quick reading"},
             {"tfqkd convert data.npy -o - --format jsonl", "the same as JSON Lines"}},
            "TABLE",
            [](const std::vector<std::string>&) {
                return joined({output_options(), general_options()});
            },
            run};
}

}  // namespace tfqkd::cli
