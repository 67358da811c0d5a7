#include "cli/link_source.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <ostream>

#include "cli/common.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

constexpr std::uint64_t most_sweep_rows = 10'000'000;

std::string words_with_unit(const Quantity& q, const Interval& range) {
    return range.text() + (q.unit.empty() ? "" : " " + std::string(q.unit));
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

SweptLinks::Sweep SweptLinks::read(const std::string& text) {
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

SweptLinks::SweptLinks(const std::vector<std::string>& sweeps,
                       std::vector<std::pair<std::string, double>> set)
    : set_(std::move(set)) {
    for (const std::string& text : sweeps) {
        Sweep sweep = read(text);
        for (const Sweep& other : sweeps_)
            if (other.name == sweep.name)
                throw Error(ErrorKind::usage, "--sweep names " + sweep.name + " twice; leave one");
        if (std::any_of(set_.begin(), set_.end(), [&](const auto& flag) { return flag.first == sweep.name; }))
            throw Error(ErrorKind::usage, "both --sweep and " + flag_of(sweep.name) + " set " + sweep.name +
                                              "; give one of them");
        rows_ *= sweep.values.size();
        if (rows_ > most_sweep_rows)
            throw Error(ErrorKind::usage, "the sweeps have more than 10 million combinations");
        sweeps_.push_back(std::move(sweep));
    }
}

Table SweptLinks::rows(const Items& items, std::uint64_t count) const {
    Table table;
    std::uint64_t repeat = rows_;
    for (const Sweep& sweep : sweeps_) {
        repeat /= sweep.values.size();
        Table::Numbers cells(count);
        for (std::uint64_t k = 0; k < count; ++k)
            cells[k] = sweep.values[(items.first + k * items.step) / repeat % sweep.values.size()];
        table.add(sweep.name, std::move(cells));
    }
    for (const auto& [name, value] : set_)
        if (!table.has(name)) table.add(name, Table::Numbers(count, value));
    return table;
}

LinkSource::LinkSource(const Arguments& arguments, const ProtocolInfo& info, Streams& streams,
                       const std::vector<std::pair<std::string, double>>& also, const Items& items)
    : info_(info),
      flags_(quantities_from_flags(arguments)),
      defaults_(flags_),
      items_(items),
      err_(streams.err),
      quiet_(arguments.has("--quiet")) {
    const SweptLinks checked(arguments.all("--sweep"), flags_);
    defaults_.insert(defaults_.end(), also.begin(), also.end());
    if (!arguments.has("--links")) {
        made_ = SweptLinks(arguments.all("--sweep"), defaults_);
        return;
    }
    if (arguments.has("--sweep"))
        throw Error(ErrorKind::usage, "--links and --sweep both say which links; give one of them");
    reader_ = std::make_unique<TableReader>(arguments.text("--links"), streams.in);
}

LinkSource::~LinkSource() = default;

bool LinkSource::next_made(Table& rows, std::size_t most) {
    const std::uint64_t count = std::min<std::uint64_t>(items_.below(made_->rows()), most);
    if (count == 0 && any_) return false;
    rows = made_->rows(items_, count);
    items_.first += count * items_.step;
    return true;
}

// Files are read in blocks of one size, whatever part of them is asked for: whether a column of a block holds
// numbers or texts must not hang on that.
bool LinkSource::next_read(Table& rows, std::size_t most) {
    while (items_.below(read_) == 0) {
        if (reader_->next(block_, rows_a_block)) {
            block_first_ = read_;
            read_ += block_.rows();
            continue;
        }
        if (read_ == 0) throw Error(ErrorKind::data, block_.source + ": the table has a header but no rows");
        rows = block_;
        return !any_;
    }
    const std::uint64_t count = std::min<std::uint64_t>(items_.below(read_), most);
    rows = count == block_.rows()
               ? std::move(block_)
               : some_rows(block_, items_.first - block_first_,
                           items_.first - block_first_ + (count - 1) * items_.step + 1, items_.step);
    items_.first += count * items_.step;
    return true;
}

bool LinkSource::next(Table& rows, Columns& links, std::size_t most) {
    if (!(made_ ? next_made(rows, most) : next_read(rows, most))) return false;
    if (!made_) add_flags(rows, flags_);
    any_ = true;
    std::vector<std::string> assumed;
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

std::uint64_t count_links(const Arguments& arguments, Streams& streams) {
    if (!arguments.has("--links")) return SweptLinks(arguments.all("--sweep"), {}).rows();
    if (links_stream(arguments))
        throw Error(ErrorKind::usage, "--links = " + in_quotes(arguments.text("--links")) +
                                          " can't be counted without being used up; give the name of a file");
    TableReader reader(arguments.text("--links"), streams.in);
    std::uint64_t rows = 0;
    for (Table block; reader.next(block, LinkSource::rows_a_block);) rows += block.rows();
    return rows;
}

bool links_stream(const Arguments& arguments) {
    std::error_code error;
    return arguments.has("--links") && !std::filesystem::is_regular_file(arguments.text("--links"), error);
}

}  // namespace tfqkd::cli
