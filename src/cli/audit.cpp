#include "cli/audit.hpp"

#include <limits>

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

constexpr std::uint64_t most_rows = 1'000'000;
constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// All links of the input, then N of them, evenly spread; `rows` are their places, counted from 0.
Columns audited_links(const Arguments& arguments, const ProtocolInfo& info, Streams& streams,
                      std::vector<std::size_t>& rows) {
    LinkSource source(arguments, info, streams);
    Table block;
    std::vector<Columns> blocks;
    Eigen::Index count = 0;
    for (Columns links; source.next(block, links); count += links.rows()) blocks.push_back(links);
    Columns all(count, static_cast<Eigen::Index>(link_quantities().size()));
    Eigen::Index first = 0;
    for (const Columns& links : blocks) {
        all.middleRows(first, links.rows()) = links;
        first += links.rows();
    }
    rows = spread_rows(static_cast<std::size_t>(count), arguments.count("--audit", 1, most_rows));
    Columns chosen(static_cast<Eigen::Index>(rows.size()), all.cols());
    for (std::size_t k = 0; k < rows.size(); ++k)
        chosen.row(static_cast<Eigen::Index>(k)) = all.row(static_cast<Eigen::Index>(rows[k]));
    return chosen;
}

std::string flag(const std::string& name, const std::string& value) { return " " + name + " " + value; }

// The command that repeats the search under audit on one row.
std::string search_command(const Arguments& arguments, const ProtocolInfo& info, const Columns& links,
                           Eigen::Index row) {
    std::string command = "tfqkd optimize" + flag("--protocol", info.spec()) + link_flags(links, row);
    for (const Option& option : search_options())
        if (!option.many && (arguments.has(option.flag) || option.flag == "--method"))
            command += flag(option.flag, arguments.text(option.flag));
    for (const std::string& fixed : arguments.all("--fix")) command += flag("--fix", fixed);
    return command;
}

// The command that shows the better rate.
std::string rate_command_of(const ProtocolInfo& info, const Columns& links, const Columns& points,
                            Eigen::Index row) {
    std::string command = "tfqkd rate" + flag("--protocol", info.spec()) + link_flags(links, row);
    for (std::size_t k = 0; k < info.parameters.size(); ++k)
        command +=
            flag(flag_of(info.parameters[k].name), format_number(points(row, static_cast<Eigen::Index>(k))));
    return command;
}

// One line for each measure of the distribution, then one for each of the worst rows. `shortfall` is what a
// ratio lacks of 1: the ratio itself would be shown as 1.
class AuditTable {
  public:
    void add_ratio(const std::string& what, double ratio, double row = missing,
                   const std::string& method = "", const std::string& command = "",
                   const std::string& better = "") {
        add(what, ratio, 1 - ratio, row, method, command, better);
    }
    void add(const std::string& what, double value, double shortfall = missing, double row = missing,
             const std::string& method = "", const std::string& command = "",
             const std::string& better = "") {
        what_.push_back(what);
        value_.push_back(value);
        shortfall_.push_back(shortfall);
        row_.push_back(row);
        method_.push_back(method);
        command_.push_back(command);
        better_.push_back(better);
    }
    Table table() && {
        Table table;
        table.add("measure", std::move(what_));
        table.add("value", std::move(value_));
        table.add("shortfall", std::move(shortfall_));
        table.add("row", std::move(row_));
        table.add("best_method", std::move(method_));
        table.add("command", std::move(command_));
        table.add("better", std::move(better_));
        return table;
    }

  private:
    Table::Text what_, method_, command_, better_;
    Table::Numbers value_, shortfall_, row_;
};

void add_summary(AuditTable& table, const AuditSummary& summary) {
    table.add("links", static_cast<double>(summary.links));
    table.add("links_with_key", static_cast<double>(summary.with_key));
    table.add("zeros_where_another_finds_key", static_cast<double>(summary.zeros));
    table.add_ratio("minimum_ratio", summary.minimum);
    table.add_ratio("percentile_1_ratio", summary.percentile_1);
    table.add_ratio("percentile_5_ratio", summary.percentile_5);
    table.add_ratio("median_ratio", summary.median);
}

}  // namespace

std::string link_flags(const Columns& links, Eigen::Index row) {
    std::string flags;
    for (std::size_t k = 0; k < link_quantities().size(); ++k)
        flags +=
            flag(flag_of(link_quantities()[k].name), format_number(links(row, static_cast<Eigen::Index>(k))));
    return flags;
}

std::vector<Option> audit_options() {
    const AuditOptions defaults;
    return {{"--audit", "N", "",
             "instead of optima, how far --method stays behind the best of several global searches and "
             "restarts, on N rows that are evenly spread; the worst rows as commands",
             "Audit"},
            {"--audit-evaluations", "N", std::to_string(defaults.evaluations),
             "evaluations of a link for each of the other searches", "Audit"},
            {"--audit-restarts", "N", std::to_string(defaults.restarts),
             "further starts of each local search that takes part", "Audit"},
            {"--audit-worst", "N", "5", "rows that are listed", "Audit"}};
}

int run_audit(const Arguments& arguments, Streams& streams) {
    const auto protocol = make_protocol(arguments.text("--protocol"));
    const ProtocolInfo& info = protocol->info();
    const std::string method = arguments.text("--method");
    const auto search = make_search(method, search_settings(arguments));
    const auto fixed = arguments.settings("--fix");
    make_objective(*protocol, Columns(0, 0), fixed, 1);
    AuditOptions options;
    options.evaluations = static_cast<int>(arguments.count("--audit-evaluations", 10, 1'000'000'000));
    options.restarts = static_cast<int>(arguments.count("--audit-restarts", 0, 10000));
    const std::size_t worst = arguments.count("--audit-worst", 0, most_rows);
    ResultSink sink(arguments, streams);
    std::vector<std::size_t> rows;
    const Columns links = audited_links(arguments, info, streams, rows);
    const Audit audit =
        audit_search(*search, method, make_objective(*protocol, links, fixed, threads(arguments)), options);
    AuditTable result;
    add_summary(result, summarise(audit));
    for (const std::size_t k : worst_rows(audit, worst)) {
        const auto row = static_cast<Eigen::Index>(k);
        result.add_ratio("worst_ratio", audit.ratio[row], static_cast<double>(rows[k]), audit.best_method[k],
                         search_command(arguments, info, links, row),
                         rate_command_of(info, links, audit.best_points, row));
    }
    Table table = std::move(result).table();
    table.properties = {{"protocol", info.spec()},
                        {"method", method},
                        {"audit_evaluations", std::to_string(options.evaluations)},
                        {"audit_restarts", std::to_string(options.restarts)}};
    sink.write(table);
    sink.finish();
    return 0;
}

}  // namespace tfqkd::cli
