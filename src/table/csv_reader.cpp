#include <algorithm>
#include <unordered_set>
#include <utility>

#include "csv_cells.hpp"
#include "reader.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {
namespace {

using Properties = std::vector<std::pair<std::string, std::string>>;

bool is_comment(std::string_view trimmed) { return trimmed.starts_with('#'); }

// The place behind the JSON string that `text` begins with.
std::size_t end_of_string(std::string_view text) {
    std::size_t place = 1;
    while (place < text.size() && text[place] != '"') place += text[place] == '\\' ? 2 : 1;
    return std::min(place + 1, text.size());
}

// "key: value" or "\"key\": value"; a key without quotes is one word. False for any other comment.
bool read_property(std::string_view comment, std::string& key, std::string& value) {
    std::size_t colon = comment.find(':');
    if (comment.starts_with('"')) {
        colon = end_of_string(comment);
        if (!read_json_string(comment.substr(0, colon), key)) return false;
    } else {
        key = comment.substr(0, std::min(colon, comment.size()));
        if (key.empty() || key.find_first_of(" \t") != std::string::npos) return false;
    }
    if (colon >= comment.size() || comment[colon] != ':') return false;
    const std::string_view after = comment.substr(colon + 1);
    if (!after.empty() && after.front() != ' ' && after.front() != '\t') return false;
    const std::string_view bare = trim(after);
    if (!bare.starts_with('"') || !read_json_string(bare, value)) value = bare;
    return true;
}

bool is_whole_number(std::string_view cell) {
    if (cell.starts_with('-') || cell.starts_with('+')) cell.remove_prefix(1);
    return !cell.empty() && cell.find_first_not_of("0123456789") == std::string_view::npos;
}

// What to do about a row of another length than the header; "0,5" may have been read as the two cells 0
// and 5.
std::string length_hint(const std::vector<std::string_view>& cells, std::size_t expected) {
    if (cells.size() < expected) return "; leave a cell empty where a value is missing";
    for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
        if (!is_whole_number(cells[i]) || !is_whole_number(cells[i + 1])) continue;
        return "; if a comma was meant as a decimal point, write 0.5";
    }
    return "; put a cell that holds a comma in quotes";
}

class CsvReader final : public BlockReader {
  public:
    explicit CsvReader(Input& input) : input_(input), splitter_(input) {}
    bool next(Table& block, std::size_t most, bool wait) override;

  private:
    void read_header();
    void read_comment(std::string_view comment);
    void check_header(std::string_view line) const;
    void check_names() const;
    void add_row();
    void give(Table& block);

    Input& input_;
    CsvSplitter splitter_;
    std::vector<std::string> names_;
    std::vector<ColumnCells> columns_;
    std::vector<std::size_t> lines_;
    Properties properties_;
};

bool CsvReader::next(Table& block, std::size_t most, bool wait) {
    if (names_.empty()) read_header();
    std::string_view line;
    while (lines_.size() < most) {
        if (!wait && !lines_.empty() && !input_.line_ready()) break;
        if (!input_.next_line(line)) break;
        const std::string_view trimmed = trim(line);
        if (trimmed.empty() || is_comment(trimmed)) continue;
        lines_.push_back(input_.line());
        splitter_.split(line);
        add_row();
    }
    const bool any = !lines_.empty();
    give(block);
    return any;
}

void CsvReader::read_header() {
    std::string_view line;
    while (input_.next_line(line)) {
        const std::string_view trimmed = trim(line);
        if (is_comment(trimmed)) read_comment(trim(trimmed.substr(1)));
        if (trimmed.empty() || is_comment(trimmed)) continue;
        check_header(line);
        splitter_.split(line);
        for (const std::string_view name : splitter_.cells()) names_.emplace_back(name);
        check_names();
        columns_.resize(names_.size());
        return;
    }
    input_.refuse(input_.line() + 1,
                  "no header; the first row must name the columns, such as distance_km,key_rate");
}

void CsvReader::read_comment(std::string_view comment) {
    std::string key, value;
    if (!read_property(comment, key, value)) return;
    for (const auto& [known, old] : properties_) {
        if (known == key) input_.refuse("the property " + in_quotes(key) + " is there twice; leave one");
    }
    properties_.emplace_back(std::move(key), std::move(value));
}

void CsvReader::check_header(std::string_view line) const {
    if (line.find('\r') != std::string_view::npos) {
        input_.refuse("a carriage return inside the line; end lines with LF or CRLF");
    }
    if (line.find_first_of(",\"") != std::string_view::npos) return;
    const char found = trim(line).find(';') != std::string_view::npos ? ';' : '\t';
    if (trim(line).find(found) == std::string_view::npos) return;
    input_.refuse(std::string("the cells are parted by ") + (found == ';' ? "semicolons" : "tabs") +
                  "; part them by commas, and write decimals with a point (0.5)");
}

void CsvReader::check_names() const {
    std::unordered_set<std::string_view> known;
    std::size_t numbers = 0;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        const std::string& name = names_[i];
        if (name.empty()) input_.refuse("column " + std::to_string(i + 1) + " has no name; name each column");
        if (has_control(name)) input_.refuse("a control character in the column name " + in_quotes(name));
        if (!known.insert(name).second) {
            input_.refuse("two columns are named " + in_quotes(name) + "; rename or remove one");
        }
        if (parse_number(name)) ++numbers;
    }
    if (numbers == names_.size()) {
        input_.refuse("no header: found numbers (" + in_quotes(names_[0]) +
                      ") where the names of the columns are expected; put a row of names first");
    }
}

void CsvReader::add_row() {
    const std::vector<std::string_view>& cells = splitter_.cells();
    if (cells.size() != names_.size()) {
        const std::string found = std::to_string(cells.size()) + (cells.size() == 1 ? " cell" : " cells");
        input_.refuse(lines_.back(), "found " + found + ", expected " + std::to_string(names_.size()) +
                                         " as in the header" + length_hint(cells, names_.size()));
    }
    for (std::size_t i = 0; i < cells.size(); ++i) columns_[i].add_cell(cells[i]);
}

void CsvReader::give(Table& block) {
    std::vector<Table::Column> columns;
    columns.reserve(names_.size());
    for (std::size_t i = 0; i < names_.size(); ++i) columns.push_back({names_[i], columns_[i].take()});
    block = Table(std::move(columns));
    block.properties = properties_;
    block.source = input_.source();
    block.lines = std::exchange(lines_, {});
}

}  // namespace

std::unique_ptr<BlockReader> make_csv_reader(Input& input) { return std::make_unique<CsvReader>(input); }

}  // namespace tfqkd
