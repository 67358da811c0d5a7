#include "tfqkd/report/difference.hpp"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"
#include "tfqkd/table/table_io.hpp"
#include "tfqkd/table/text_file.hpp"

namespace tfqkd {

namespace {

using nlohmann::json;
constexpr std::size_t rows_a_block = 4096;
constexpr int deepest = 64;

double relative(double a, double b) {
    if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
    if (!std::isfinite(a) || !std::isfinite(b)) return 1;
    return std::abs(a - b) / std::max(std::abs(a), std::abs(b));
}

// Compares the cells of one column as they come.
class Comparison {
  public:
    Comparison(std::string name, double tolerance) : tolerance_(tolerance) {
        found_.column = std::move(name);
    }
    void add(double a, double b) {
        if (const double off = count(relative(a, b)); off > 0) keep(off, format_number(a), format_number(b));
    }
    void add(const std::string& a, const std::string& b) {
        if (const double off = count(a == b ? 0 : 1); off > 0) keep(off, a, b);
    }
    const ColumnDifference& found() const { return found_; }

  private:
    // What to keep a cell for: more off than any before.
    double count(double off) {
        ++found_.cells;
        found_.differing += off > tolerance_;
        return off > found_.worst ? off : 0;
    }
    void keep(double off, const std::string& a, const std::string& b) {
        found_.worst = off;
        found_.row = found_.cells;
        found_.a = a;
        found_.b = b;
    }

    double tolerance_;
    ColumnDifference found_;
};

// The rows of a file, as many as the other one has at hand.
struct Rows {
    explicit Rows(const std::string& path) : reader(path, std::cin) { fill(); }
    void fill() {
        at = 0;
        ended = !reader.next(block, rows_a_block);
    }
    std::size_t left() const { return block.rows() - at; }
    void advance(std::size_t rows) {
        at += rows;
        total += rows;
        if (left() == 0 && !ended) fill();
    }
    const Table::Column& column(const std::string& name) const {
        return *std::find_if(block.columns().begin(), block.columns().end(),
                             [&](const Table::Column& column) { return column.name == name; });
    }

    TableReader reader;
    Table block;
    std::size_t at = 0;
    std::uint64_t total = 0;
    bool ended = false;
};

void compare_cells(Comparison& comparison, const Rows& a, const Rows& b, const std::string& name,
                   std::size_t rows) {
    const auto *numbers_a = std::get_if<Table::Numbers>(&a.column(name).cells),
               *numbers_b = std::get_if<Table::Numbers>(&b.column(name).cells);
    if (numbers_a && numbers_b) {
        for (std::size_t row = 0; row < rows; ++row)
            comparison.add((*numbers_a)[a.at + row], (*numbers_b)[b.at + row]);
        return;
    }
    const Table::Text text_a = a.block.text(name), text_b = b.block.text(name);
    for (std::size_t row = 0; row < rows; ++row) comparison.add(text_a[a.at + row], text_b[b.at + row]);
}

Difference compare_tables(const std::string& path_a, const std::string& path_b, double tolerance) {
    Rows a(path_a), b(path_b);
    Difference difference;
    std::vector<Comparison> comparisons;
    std::vector<std::string> names;
    for (const Table::Column& column : a.block.columns()) {
        if (!b.block.has(column.name)) {
            difference.only_a.push_back(column.name);
        } else {
            comparisons.emplace_back(column.name, tolerance);
            names.push_back(column.name);
        }
    }
    for (const Table::Column& column : b.block.columns())
        if (!a.block.has(column.name)) difference.only_b.push_back(column.name);
    while (const std::size_t rows = std::min(a.left(), b.left())) {
        for (std::size_t k = 0; k < names.size(); ++k) compare_cells(comparisons[k], a, b, names[k], rows);
        a.advance(rows);
        b.advance(rows);
    }
    for (Rows* rows : {&a, &b})
        while (rows->left() > 0) rows->advance(rows->left());
    difference.rows_a = a.total;
    difference.rows_b = b.total;
    for (const Comparison& comparison : comparisons) difference.columns.push_back(comparison.found());
    return difference;
}

// A document's numbers and texts by path, without the places in arrays.
using Leaves = std::map<std::string, std::vector<json>>;

void collect(const json& value, const std::string& path, Leaves& leaves) {
    if (value.is_object())
        for (const auto& [key, inner] : value.items())
            collect(inner, path.empty() ? key : path + "." + key, leaves);
    else if (value.is_array())
        for (const json& inner : value) collect(inner, path, leaves);
    else
        leaves[path].push_back(value);
}

// A JSON document that is no table.
std::optional<json> read_document(const std::string& path) {
    if (!path.ends_with(".json")) return std::nullopt;
    const auto not_too_deep = [&](int depth, json::parse_event_t, const json&) {
        if (depth > deepest) throw Error(ErrorKind::data, path + ": nested too deep");
        return true;
    };
    const std::string text = read_text_file(path);
    try {
        json document = json::parse(text, not_too_deep);
        if (document.is_object() && !document.contains("rows")) return document;
    } catch (const json::parse_error& error) {
        throw Error(ErrorKind::data, place_in_text(path, text, error.byte) + ": not valid JSON");
    } catch (const json::exception&) {
        throw Error(ErrorKind::data, path + ": a number is too large");
    }
    return std::nullopt;
}

Difference compare_documents(const json& document_a, const json& document_b, double tolerance) {
    Leaves a, b;
    collect(document_a, "", a);
    collect(document_b, "", b);
    Difference difference;
    for (const auto& [path, values] : b)
        if (!a.contains(path)) difference.only_b.push_back(path);
    for (const auto& [path, values] : a) {
        const auto other = b.find(path);
        if (other == b.end() || other->second.size() != values.size()) {
            difference.only_a.push_back(path);
            if (other != b.end()) difference.only_b.push_back(path);
            continue;
        }
        Comparison comparison(path, tolerance);
        for (std::size_t k = 0; k < values.size(); ++k) {
            const json &one = values[k], &two = other->second[k];
            if (one.is_number() && two.is_number())
                comparison.add(one.get<double>(), two.get<double>());
            else
                comparison.add(one.dump(), two.dump());
        }
        difference.columns.push_back(comparison.found());
    }
    return difference;
}

}  // namespace

bool Difference::same() const {
    return only_a.empty() && only_b.empty() && rows_a == rows_b &&
           std::all_of(columns.begin(), columns.end(),
                       [](const auto& column) { return column.differing == 0; });
}

Difference compare_files(const std::string& path_a, const std::string& path_b, double tolerance) {
    const auto a = read_document(path_a), b = read_document(path_b);
    if (a.has_value() != b.has_value())
        throw Error(ErrorKind::data,
                    path_a + " and " + path_b + ": one of them is a table, the other one is not");
    return a ? compare_documents(*a, *b, tolerance) : compare_tables(path_a, path_b, tolerance);
}

}  // namespace tfqkd
