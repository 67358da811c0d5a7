#include <algorithm>
#include <nlohmann/json.hpp>

#include "input.hpp"
#include "npy.hpp"
#include "reader.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {
namespace {

using Kind = NpyHeader::Kind;
constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t alignment = 64, most_header = std::size_t{1} << 20, most_width = std::size_t{1} << 20;
constexpr std::size_t count_digits = 20;

std::string python_string(std::string_view text) {
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    return quoted + "'";
}

std::string type_text(const NpyHeader::FieldType& field) {
    switch (field.kind) {
        case Kind::f8:
            return "<f8";
        case Kind::f4:
            return "<f4";
        case Kind::i8:
            return "<i8";
        case Kind::i4:
            return "<i4";
        case Kind::bytes:
            return "|S" + std::to_string(field.width);
        case Kind::utf32:
            return "<U" + std::to_string(field.width / 4);
        case Kind::padding:
            break;
    }
    return "|V" + std::to_string(field.width);
}

std::string little_endian(std::size_t number, std::size_t bytes) {
    std::string text;
    for (std::size_t k = 0; k < bytes; ++k) text += static_cast<char>(number >> (8 * k) & 0xff);
    return text;
}

// Reads the Python literal that describes the records: a dictionary of three known keys.
class Parser {
  public:
    Parser(std::string_view text, const std::string& source) : text_(text), source_(source) {}

    NpyHeader read() {
        NpyHeader header;
        bool has_fields = false, has_shape = false, has_order = false;
        expect('{');
        while (!take('}')) {
            const std::string key = string();
            expect(':');
            if (key == "descr" && !std::exchange(has_fields, true))
                read_fields(header);
            else if (key == "shape" && !std::exchange(has_shape, true))
                read_shape(header);
            else if (key == "fortran_order" && !std::exchange(has_order, true))
                read_order();
            else
                refuse("unexpected key " + in_quotes(key));
            if (!take(',') && peek() != '}') refuse("expected ',' or '}'");
        }
        if (!has_fields || !has_shape || !has_order) refuse("descr, shape or fortran_order is missing");
        if (take('#')) read_properties(header);
        return header;
    }

  private:
    [[noreturn]] void refuse(const std::string& what) const {
        throw Error(ErrorKind::data, source_ + ": not an NPY header of a table: " + what);
    }
    void skip_space() {
        while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    }
    char peek() {
        skip_space();
        return at_ < text_.size() ? text_[at_] : '\0';
    }
    bool take(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!take(c)) refuse(std::string("expected '") + c + "' at byte " + std::to_string(at_));
    }
    std::string string() {
        const char quote = peek();
        if (quote != '\'' && quote != '"') refuse("expected a name in quotes at byte " + std::to_string(at_));
        std::string value;
        for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
            if (text_[at_] == '\\' && ++at_ == text_.size()) break;
            value += text_[at_];
        }
        if (at_ >= text_.size()) refuse("a name without its closing quote");
        ++at_;
        return value;
    }
    std::uint64_t count() {
        skip_space();
        const std::size_t end = std::min(text_.find_first_not_of("0123456789", at_), text_.size());
        const auto number = parse_count(text_.substr(at_, end - at_));
        if (!number) refuse("expected a number of rows at byte " + std::to_string(at_));
        at_ = end;
        return *number;
    }
    void read_order() {
        for (const std::string_view word : {"False", "True"}) {
            skip_space();
            if (!text_.substr(at_).starts_with(word)) continue;
            at_ += word.size();
            return;
        }
        refuse("fortran_order must be False or True");
    }
    void read_shape(NpyHeader& header) {
        expect('(');
        header.rows = count();
        expect(',');
        if (!take(')'))
            refuse("the array has more than one dimension; one row of named fields each is needed");
    }
    void read_fields(NpyHeader& header) {
        if (peek() != '[')
            refuse("the fields have no names; make a structured array, such as numpy.rec.fromarrays gives");
        expect('[');
        while (!take(']')) {
            expect('(');
            std::string name = string();
            expect(',');
            header.fields.push_back(field(std::move(name), string()));
            if (!take(')'))
                refuse("the field " + in_quotes(header.fields.back().name) + " is no plain number or text");
            if (header.fields.size() > most_columns) refuse("more than 10000 fields");
            if (!take(',') && peek() != ']') refuse("expected ',' or ']'");
        }
        check_names(header);
    }
    NpyHeader::FieldType field(std::string name, const std::string& type) const {
        const auto width = type.size() > 2 ? parse_count(std::string_view(type).substr(2)) : std::nullopt;
        const char order = type.empty() ? '\0' : type[0], letter = type.size() > 1 ? type[1] : '\0';
        if (width && *width >= 1 && *width <= most_width) {
            if (letter == 'S' && (order == '|' || order == '<'))
                return {std::move(name), Kind::bytes, *width};
            if (letter == 'V' && order == '|') return {std::move(name), Kind::padding, *width};
            if (letter == 'U' && order == '<') return {std::move(name), Kind::utf32, 4 * *width};
        }
        for (const auto& [text, kind, bytes] : {std::tuple{"<f8", Kind::f8, 8},
                                                {"<f4", Kind::f4, 4},
                                                {"<i8", Kind::i8, 8},
                                                {"<i4", Kind::i4, 4}})
            if (type == text) return {std::move(name), kind, static_cast<std::size_t>(bytes)};
        refuse("the field " + in_quotes(name) + " has the type " + in_quotes(type) +
               "; there are <f8, <f4, <i8, <i4, |S and <U");
    }
    void check_names(const NpyHeader& header) const {
        std::vector<std::string_view> names;
        for (const auto& field : header.fields) {
            if (field.kind == Kind::padding) continue;
            if (field.name.empty() || has_control(field.name)) refuse("a field without a proper name");
            names.push_back(field.name);
        }
        if (names.empty()) refuse("there are no fields");
        std::sort(names.begin(), names.end());
        const auto twice = std::adjacent_find(names.begin(), names.end());
        if (twice != names.end()) refuse("two fields are named " + in_quotes(*twice));
    }
    void read_properties(NpyHeader& header) {
        const auto found = nlohmann::ordered_json::parse(text_.substr(at_), is_flat, false);
        if (!found.is_object()) return;  // someone else's remark
        for (const auto& [key, value] : found.items())
            if (value.is_string()) header.properties.emplace_back(key, value.get<std::string>());
    }
    static bool is_flat(int depth, nlohmann::ordered_json::parse_event_t, const nlohmann::ordered_json&) {
        return depth <= 1;
    }

    std::string_view text_;
    const std::string& source_;
    std::size_t at_ = 0;
};

}  // namespace

std::size_t NpyHeader::record_bytes() const {
    std::size_t bytes = 0;
    for (const FieldType& field : fields) bytes += field.width;
    return bytes;
}

std::string write_npy_header(const NpyHeader& header) {
    std::string text = "{'descr': [";
    for (const NpyHeader::FieldType& field : header.fields)
        text += "(" + python_string(field.name) + ", '" + type_text(field) + "'), ";
    const std::string rows = std::to_string(header.rows);
    text += "], 'fortran_order': False, 'shape': (" + rows + ",), }" +
            std::string(count_digits - rows.size(), ' ');
    if (!header.properties.empty()) {
        text += "# {";
        for (const auto& [key, value] : header.properties) {
            if (!text.ends_with('{')) text += ", ";
            append_json_string(text, key);
            text += ": ";
            append_json_string(text, value);
        }
        text += "}";
    }
    const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
    const bool is_long = text.size() + alignment > 0xffff;
    const char version = ascii ? (is_long ? 2 : 1) : 3;
    const std::size_t before = magic.size() + 2 + (version == 1 ? 2 : 4);
    text += std::string(alignment - (before + text.size() + 1) % alignment, ' ') + "\n";
    return std::string(magic) + version + '\0' + little_endian(text.size(), version == 1 ? 2 : 4) + text;
}

NpyHeader read_npy_header(std::string_view file, const std::string& source, std::size_t& end) {
    const auto refuse = [&](const std::string& what) { throw Error(ErrorKind::data, source + ": " + what); };
    if (!file.starts_with(magic) || file.size() < 12) refuse("not an NPY file");
    const char version = file[6];
    if (version < 1 || version > 3) refuse("an NPY file of an unknown version");
    const std::size_t digits = version == 1 ? 2 : 4, before = 8 + digits;
    std::size_t length = 0;
    for (std::size_t k = digits; k-- > 0;) length = length << 8 | static_cast<unsigned char>(file[8 + k]);
    if (length > most_header || length > file.size() - before)
        refuse("the NPY header is cut off, or too long");
    end = before + length;
    const NpyHeader header = Parser(file.substr(before, length), source).read();
    const std::size_t record = header.record_bytes(), bytes = file.size() - end;
    if (header.rows > bytes / record || header.rows * record != bytes)
        refuse("the header says " + std::to_string(header.rows) + " rows of " + std::to_string(record) +
               " bytes, but there are " + std::to_string(bytes) + " bytes; the file is not whole");
    return header;
}

}  // namespace tfqkd
