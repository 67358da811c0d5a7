#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "reader.hpp"

namespace tfqkd {

// How far a text has been read, and on which line that is.
struct TextPlace {
    const char* line_counted;  // `line` is right for this place
    const char* at;
    std::size_t line;

    std::size_t line_here() {
        line += static_cast<std::size_t>(std::count(line_counted, at, '\n'));
        line_counted = at;
        return line;
    }
};

// Receives the events of nlohmann's parser (its "SAX" interface) and turns flat objects into rows. Refuses
// whatever is not such a table at once, so that nesting is never deep.
class JsonRows {
  public:
    enum class Kind { document, lines };
    JsonRows(Kind kind, std::string source) : kind_(kind), source_(std::move(source)) {}

    void start_text(TextPlace& place) { text_ = &place; }
    std::size_t rows() const { return lines_.size(); }
    Table take();  // the rows since the last call

    bool null();
    bool boolean(bool value);
    bool number_integer(std::int64_t value);
    bool number_unsigned(std::uint64_t value);
    bool number_float(double value, const std::string&);
    bool string(std::string& value);
    template <class Binary>
    bool binary(Binary&) {
        return false;  // JSON text holds none
    }
    bool start_object(std::size_t);
    bool key(std::string& name);
    bool end_object();
    bool start_array(std::size_t);
    bool end_array();
    bool parse_error(std::size_t, const std::string&, const std::exception& error);

  private:
    enum class Place { outside, wrapper, rows, row, properties, after_properties };

    [[noreturn]] void refuse(const std::string& what);
    [[noreturn]] void refuse_value(const std::string& what);
    void start_row();
    void end_row();
    void wrapper_key(const std::string& name);
    void row_key(const std::string& name);
    void property_key(const std::string& name);
    void choose_column(const std::string& name);
    void new_column(const std::string& name);
    ColumnCells& cell(const char* kind);
    template <class Number>
    bool add_number(Number value);

    Kind kind_;
    std::string source_;
    TextPlace* text_ = nullptr;
    Place place_ = Place::outside;
    std::string key_;  // the last key of the wrapper or of the properties
    bool has_rows_ = false, has_properties_ = false;
    bool maybe_properties_ = false;  // the first line began with the key "properties"

    std::vector<std::string> names_;
    std::vector<ColumnCells> columns_;
    std::vector<std::size_t> filled_;  // the last row that gave each column a cell
    std::unordered_map<std::string, std::size_t> index_;
    std::size_t column_ = 0, cells_in_row_ = 0, row_ = 0;  // row_: rows begun, over all blocks
    std::vector<std::size_t> lines_;
    std::vector<std::pair<std::string, std::string>> properties_;
};

}  // namespace tfqkd
