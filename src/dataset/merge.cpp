#include "tfqkd/dataset/merge.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>

#include "tfqkd/dataset/run_line.hpp"
#include "tfqkd/dataset/shard.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"
#include "tfqkd/table/row_file.hpp"

namespace tfqkd {

namespace {

constexpr std::size_t memory_bytes = std::size_t{1} << 26, most_part = std::size_t{1} << 20,
                      least_part = std::size_t{1} << 14;

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::data, message); }

std::size_t part_bytes(std::size_t files) { return std::clamp(memory_bytes / files, least_part, most_part); }

// A file and what its header says of its part in the run.
struct Part {
    RowFile file;
    Shard shard;
    std::string header;                 // as the whole run's: without the shard
    std::optional<std::uint64_t> rows;  // of the whole run, where the header says it
    bool indexed;                       // the first column is the item's number
};

void remove_shard(std::string& header, const Shard& shard, TableFormat format) {
    const std::string line = format == TableFormat::csv ? "# shard: " + shard.text() + "\n"
                                                        : ", \"shard\": \"" + shard.text() + "\"";
    if (const std::size_t place = header.find(line); place != std::string::npos)
        header.erase(place, line.size());
}

Part open_part(const std::string& path, TableFormat format, std::size_t bytes) {
    if (path.ends_with(".partial"))
        refuse(path + " is not finished; go on with the run that writes it (--resume), then merge");
    Part part{RowFile(path, format, bytes), {}, {}, {}, false};
    const Table& head = part.file.head();
    if (part.file.header().empty()) refuse(path + ": the file ends before its first row");
    if (head.property(run_id_property).empty() || head.property(run_property).empty())
        refuse(path + " has no run_id; only files that tfqkd wrote with --output can be merged");
    if (run_id(head.property(run_property)) != head.property(run_id_property))
        refuse(path + ": run_id and run do not fit each other; the header was changed");
    const std::string_view shard = head.property(shard_property);
    try {
        if (!shard.empty()) part.shard = parse_shard(shard == "auto" ? "" : shard);
    } catch (const Error&) {
        refuse(path + ": the property shard = " + in_quotes(shard) + ", must be K/N such as 2/7");
    }
    part.header = part.file.header();
    remove_shard(part.header, part.shard, format);
    part.indexed = head.property("schema") == "tfqkd.dataset/1";
    if (part.indexed) part.rows = parse_count(head.property("rows"));
    return part;
}

void check_same_run(const Part& first, const Part& other) {
    const Table &a = first.file.head(), &b = other.file.head();
    const std::string &name_a = first.file.path(), &name_b = other.file.path();
    if (a.property(run_id_property) != b.property(run_id_property))
        refuse("these are not parts of one run: " +
               run_difference(a.property(run_property), b.property(run_property), name_a, name_b));
    if (first.shard.of != other.shard.of)
        refuse("the run was cut in two ways: " + name_a + " is shard " + first.shard.text() + ", " + name_b +
               " is shard " + other.shard.text());
    if (first.header != other.header)
        refuse(name_a + " and " + name_b + " have different columns or properties");
}

// Throws unless both files hold the same rows.
void check_duplicate(const std::string& path, const std::string& other, TableFormat format,
                     const Shard& shard) {
    RowFile a(path, format), b(other, format);
    std::string_view row_a, row_b;
    for (;;) {
        const bool more_a = a.next(row_a), more_b = b.next(row_b);
        if (!more_a && !more_b && a.torn() == b.torn()) return;
        if (!more_a || !more_b || row_a != row_b)
            refuse(path + " and " + other + " are both shard " + shard.text() + ", but differ from row " +
                   std::to_string(std::max(a.rows(), b.rows())) + " on; leave out the one that is wrong");
    }
}

// Whether a row begins with its item's number, as rows of a data set do.
bool begins_with(std::string_view row, std::uint64_t item, TableFormat format) {
    const std::string head = format == TableFormat::csv ? "" : "{\"index\": ";
    if (!row.starts_with(head)) return false;
    const std::string_view cell = row.substr(head.size(), row.find(',') - head.size());
    const auto number = parse_number(cell);
    return number && *number == static_cast<double>(item);
}

std::string place_of(const Part& part) {
    return part.file.path() + ", row " + std::to_string(part.file.rows());
}

void check_row(const Part& part, std::string_view row, std::uint64_t item, TableFormat format) {
    if (part.indexed && !begins_with(row, item, format))
        refuse(place_of(part) + ": expected the row with index " + std::to_string(item) + ", found " +
               in_quotes(row.substr(0, row.find_first_of("\r\n"))));
    const bool object = row.starts_with('{') && row.ends_with("}\n");
    if (format == TableFormat::jsonl && !object) refuse(place_of(part) + ": not a row of JSON Lines");
    // A row with quotes is left to whoever reads it.
    const auto cells = static_cast<std::size_t>(std::count(row.begin(), row.end(), ',')) + 1;
    if (format == TableFormat::csv && row.find('"') == std::string_view::npos &&
        cells != part.file.head().columns().size())
        refuse(place_of(part) + ": found " + std::to_string(cells) + " cells, expected " +
               std::to_string(part.file.head().columns().size()) + " as in the header");
}

using Parts = std::map<std::uint64_t, Part>;  // by shard number

Parts open_parts(const std::vector<std::string>& paths, TableFormat format, Merged& merged) {
    Parts parts;
    for (const std::string& path : paths) {
        Part part = open_part(path, format, part_bytes(paths.size()));
        if (!parts.empty()) check_same_run(parts.begin()->second, part);
        const auto [place, added] = parts.try_emplace(part.shard.number, std::move(part));
        if (added) continue;
        check_duplicate(place->second.file.path(), path, format, place->second.shard);
        merged.duplicates.push_back(path);
    }
    return parts;
}

void check_all_there(const Parts& parts) {
    const std::uint64_t of = parts.begin()->second.shard.of;
    std::string list;
    std::uint64_t missing = 0;
    for (std::uint64_t number = 1; number <= of; ++number)
        if (!parts.contains(number) && ++missing <= 10)
            list += (list.empty() ? "" : ", ") + Shard{number, of}.text();
    if (missing == 0) return;
    refuse((missing == 1 ? "a shard is missing: " : std::to_string(missing) + " shards are missing: ") +
           list + (missing > 10 ? ", ..." : "") + "; run with --shard K/N --resume for each");
}

// After the last row no shard may have further ones.
void check_ends(Parts& parts, std::uint64_t rows) {
    const std::uint64_t of = parts.begin()->second.shard.of;
    const std::string lacking = "shard " + Shard{rows % of + 1, of}.text() + " ends too early";
    std::string surplus;
    std::string_view row;
    for (auto& [number, part] : parts) {
        const bool more = part.file.next(row);
        if (part.file.torn()) refuse(part.file.path() + ": the last row is torn; run it again with --resume");
        surplus = surplus.empty() && more ? part.file.path() : surplus;
    }
    if (!surplus.empty()) refuse(surplus + " has more rows than fit: " + lacking);
    const auto& expected = parts.begin()->second.rows;
    if (expected && *expected != rows)
        refuse("the run has " + std::to_string(*expected) + " rows, but the files end after " +
               std::to_string(rows) + "; " + lacking);
}

}  // namespace

Merged merge_shards(const std::vector<std::string>& paths, TableFormat format, std::ostream& out) {
    Merged merged;
    if (paths.empty()) throw Error(ErrorKind::usage, "nothing to merge; name the files of the shards");
    Parts parts = open_parts(paths, format, merged);
    check_all_there(parts);
    const Part& first = parts.begin()->second;
    merged.run = first.file.head().property(run_property);
    merged.shards = first.shard.of;
    out << first.header;
    for (bool more = true; more;) {
        for (auto& [number, part] : parts) {
            std::string_view row;
            if (!(more = part.file.next(row))) break;
            check_row(part, row, merged.rows, format);
            out << row;
            ++merged.rows;
        }
    }
    check_ends(parts, merged.rows);
    return merged;
}

}  // namespace tfqkd
