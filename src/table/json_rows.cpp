#include "json_rows.hpp"

#include <array>
#include <type_traits>

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {
namespace {

constexpr std::string_view expected_document =
    "expected an array of rows, or {\"properties\": {}, \"rows\": []}";
constexpr std::size_t longest_reason = 200;
constexpr std::string_view flat = "; a cell is a number, a text or null";

}  // namespace

Table JsonRows::take() {
    std::vector<Table::Column> columns;
    columns.reserve(names_.size());
    for (std::size_t i = 0; i < names_.size(); ++i) columns.push_back({names_[i], columns_[i].take()});
    Table block(std::move(columns));
    block.properties = properties_;
    block.source = source_;
    block.lines = std::exchange(lines_, {});
    return block;
}

bool JsonRows::null() {
    if (place_ == Place::properties) refuse("the property " + in_quotes(key_) + " is null; leave it out");
    cell("null").add_missing();
    return true;
}

bool JsonRows::boolean(bool value) {
    std::string text = value ? "true" : "false";
    return string(text);
}

bool JsonRows::number_integer(std::int64_t value) { return add_number(value); }

bool JsonRows::number_unsigned(std::uint64_t value) { return add_number(value); }

bool JsonRows::number_float(double value, const std::string&) { return add_number(value); }

template <class Number>
bool JsonRows::add_number(Number value) {
    if (place_ != Place::properties) {
        cell("a number").add_number(static_cast<double>(value));
    } else if constexpr (std::is_integral_v<Number>) {
        properties_.emplace_back(key_, std::to_string(value));
    } else {
        properties_.emplace_back(key_, format_number(value));
    }
    return true;
}

bool JsonRows::string(std::string& value) {
    if (place_ == Place::properties) {
        properties_.emplace_back(key_, std::move(value));
    } else {
        cell("a text").add_text(std::move(value));
    }
    return true;
}

bool JsonRows::start_object(std::size_t) {
    if (place_ == Place::outside && kind_ == Kind::document) {
        place_ = Place::wrapper;
    } else if (place_ == Place::outside || place_ == Place::rows) {
        start_row();
    } else if ((place_ == Place::wrapper && key_ == "properties") ||
               (place_ == Place::row && maybe_properties_)) {
        place_ = Place::properties;
    } else {
        refuse_value("an object");
    }
    return true;
}

bool JsonRows::key(std::string& name) {
    switch (place_) {
        case Place::wrapper:
            wrapper_key(name);
            break;
        case Place::properties:
            property_key(name);
            break;
        case Place::after_properties:
            refuse("found the key " + in_quotes(name) +
                   " beside \"properties\"; rows start on the next line");
        default:
            row_key(name);
    }
    return true;
}

bool JsonRows::end_object() {
    switch (place_) {
        case Place::properties:
            place_ = kind_ == Kind::document ? Place::wrapper : Place::after_properties;
            break;
        case Place::row:
            end_row();
            break;
        case Place::wrapper:
            if (!has_rows_) refuse("found no \"rows\"; " + std::string(expected_document));
            place_ = Place::outside;
            break;
        default:  // the line of properties was no row
            place_ = Place::outside;
            maybe_properties_ = false;
            has_properties_ = true;
            row_ = 0;
            lines_.clear();
    }
    return true;
}

bool JsonRows::start_array(std::size_t) {
    const bool starts_rows =
        (place_ == Place::outside && kind_ == Kind::document) || (place_ == Place::wrapper && key_ == "rows");
    if (!starts_rows) refuse_value("an array");
    place_ = Place::rows;
    return true;
}

bool JsonRows::end_array() {
    place_ = has_rows_ ? Place::wrapper : Place::outside;
    return true;
}

// The parser says "[json.exception...] parse error at line 1, column 5: syntax error while ...; last read:
// ...".
bool JsonRows::parse_error(std::size_t, const std::string&, const std::exception& error) {
    const std::string_view what = error.what();
    const std::size_t column = what.find("column ");
    std::string reason(column == std::string_view::npos ? what.substr(what.find("] ") + 2)
                                                        : what.substr(column));
    const bool not_finite = reason.ends_with("N'") || reason.ends_with("na'") || reason.ends_with("I'");
    if (reason.size() > longest_reason) reason = reason.substr(0, longest_reason) + "...";
    if (not_finite) reason += "; a missing number is written null, an infinite one not at all";
    refuse("not valid JSON: " + reason);
}

void JsonRows::refuse(const std::string& what) {
    throw Error(ErrorKind::data, source_ + ":" + std::to_string(text_->line_here()) + ": " + what);
}

// For a value in a place where it can't be.
void JsonRows::refuse_value(const std::string& what) {
    if (place_ == Place::properties) {
        refuse("the property " + in_quotes(key_) + " is " + what + "; a property is a text or a number");
    }
    if (maybe_properties_ || (place_ == Place::row && !names_.empty())) {
        const std::string name = maybe_properties_ ? "properties" : names_[column_];
        refuse("the cell " + in_quotes(name) + " is " + what + std::string(flat));
    }
    if (place_ == Place::rows)
        refuse("found " + what + " in place of a row; a row is an object of named cells");
    if (kind_ == Kind::lines) refuse("found " + what + "; each line must be one object of named cells");
    refuse("found " + what + "; " + std::string(expected_document));
}

void JsonRows::start_row() {
    place_ = Place::row;
    lines_.push_back(text_->line_here());
    ++row_;
    column_ = cells_in_row_ = 0;
}

void JsonRows::end_row() {
    place_ = kind_ == Kind::document ? Place::rows : Place::outside;
    if (names_.empty()) refuse("the row has no cells; name at least one");
    if (cells_in_row_ == names_.size()) return;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (filled_[i] != row_)
            refuse("the row has no " + in_quotes(names_[i]) + ", which the first row has");
    }
}

void JsonRows::wrapper_key(const std::string& name) {
    static constexpr std::array<std::string_view, 2> known = {"properties", "rows"};
    if (name != known[0] && name != known[1]) {
        refuse("found the key " + in_quotes(name) + did_you_mean(name, known) + "; " +
               std::string(expected_document));
    }
    bool& there = name == "rows" ? has_rows_ : has_properties_;
    if (std::exchange(there, true)) refuse("the key " + in_quotes(name) + " is there twice");
    key_ = name;
}

void JsonRows::row_key(const std::string& name) {
    if (kind_ == Kind::lines && row_ == 1 && names_.empty() && !maybe_properties_ && !has_properties_ &&
        name == "properties") {
        maybe_properties_ = true;
        return;
    }
    choose_column(name);
}

void JsonRows::property_key(const std::string& name) {
    for (const auto& [known, value] : properties_) {
        if (known == name) refuse("the property " + in_quotes(name) + " is there twice; leave one");
    }
    key_ = name;
}

// Sets column_ to the column of this name; most often it is the one after the last.
void JsonRows::choose_column(const std::string& name) {
    if (cells_in_row_ < names_.size() && names_[cells_in_row_] == name) {
        column_ = cells_in_row_;
    } else if (const auto found = index_.find(name); found != index_.end()) {
        column_ = found->second;
    } else {
        new_column(name);
    }
    if (std::exchange(filled_[column_], row_) == row_) {
        refuse("the key " + in_quotes(name) + " is there twice in one row; leave one");
    }
    ++cells_in_row_;
}

void JsonRows::new_column(const std::string& name) {
    if (row_ > 1) {
        const std::vector<std::string_view> known(names_.begin(), names_.end());
        refuse("found the key " + in_quotes(name) + did_you_mean(name, known) +
               ", which the first row has not");
    }
    if (name.empty()) refuse("a cell has no name; name each column");
    if (has_control(name)) refuse("a control character in the column name " + in_quotes(name));
    if (names_.size() == most_columns)
        refuse("more than " + std::to_string(most_columns) + " cells in a row; is this a table?");
    column_ = names_.size();
    index_.emplace(name, column_);
    names_.push_back(name);
    columns_.emplace_back();
    filled_.push_back(0);
}

// The column whose next cell has come; `kind` says what came, if it can't be a cell.
ColumnCells& JsonRows::cell(const char* kind) {
    if (place_ != Place::row) refuse_value(kind);
    if (std::exchange(maybe_properties_, false)) choose_column("properties");
    return columns_[column_];
}

}  // namespace tfqkd
