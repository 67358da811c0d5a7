#include <algorithm>
#include <cstddef>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "json_rows.hpp"
#include "reader.hpp"

namespace tfqkd {
namespace {

using nlohmann::json;

// Walks over a text and tells how far the parser has come.
class PlaceIterator {
  public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    PlaceIterator(const char* at, TextPlace* place) : at_(at), place_(place) {}
    reference operator*() const { return *at_; }
    PlaceIterator& operator++() {
        place_->at = ++at_;
        return *this;
    }
    bool operator==(const PlaceIterator& other) const { return at_ == other.at_; }
    bool operator!=(const PlaceIterator& other) const { return at_ != other.at_; }

  private:
    const char* at_;
    TextPlace* place_;
};

void parse(std::string_view text, std::size_t line, JsonRows& rows) {
    TextPlace place{text.data(), text.data(), line};
    rows.start_text(place);
    json::sax_parse(PlaceIterator(text.data(), &place), PlaceIterator(text.data() + text.size(), &place),
                    &rows);
}

// A JSON document: read whole at the first block.
class JsonReader final : public BlockReader {
  public:
    explicit JsonReader(Input& input) : input_(input) {}
    bool next(Table& block, std::size_t most, bool) override {
        if (!whole_) read();
        const std::size_t left = whole_->rows() - given_;
        const std::size_t count = std::min(left, most);
        if (count > 0 && count == whole_->rows()) {
            Table empty = some_rows(*whole_, 0, 0);
            block = *std::exchange(whole_, std::move(empty));
            return true;
        }
        block = some_rows(*whole_, given_, given_ + count);
        given_ += count;
        return count > 0;
    }

  private:
    void read() {
        JsonRows rows(JsonRows::Kind::document, input_.source());
        const std::string text = input_.rest();
        // The parser would take a zero byte for the end.
        if (const std::size_t zero = text.find('\0'); zero != std::string::npos) {
            const auto lines =
                std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(zero), '\n');
            input_.refuse(1 + static_cast<std::size_t>(lines), std::string(zero_byte));
        }
        parse(text, 1, rows);
        whole_ = rows.take();
    }

    Input& input_;
    std::optional<Table> whole_;
    std::size_t given_ = 0;
};

class JsonLinesReader final : public BlockReader {
  public:
    explicit JsonLinesReader(Input& input) : input_(input), rows_(JsonRows::Kind::lines, input.source()) {}
    bool next(Table& block, std::size_t most, bool wait) override {
        std::string_view line;
        while (rows_.rows() < most) {
            if (!wait && rows_.rows() > 0 && !input_.line_ready()) break;
            if (!input_.next_line(line)) break;
            if (line.find_first_not_of(" \t") != std::string_view::npos) parse(line, input_.line(), rows_);
        }
        block = rows_.take();
        return block.rows() > 0;
    }

  private:
    Input& input_;
    JsonRows rows_;
};

}  // namespace

std::unique_ptr<BlockReader> make_json_reader(Input& input) { return std::make_unique<JsonReader>(input); }

std::unique_ptr<BlockReader> make_json_lines_reader(Input& input) {
    return std::make_unique<JsonLinesReader>(input);
}

TableFormat json_kind(std::string_view first_line) {
    const json line = json::parse(first_line, nullptr, false);
    return line.is_object() && !line.contains("rows") ? TableFormat::jsonl : TableFormat::json;
}

bool read_json_string(std::string_view literal, std::string& text) {
    const json value = json::parse(literal, nullptr, false);
    if (!value.is_string()) return false;
    text = value.get<std::string>();
    return true;
}

void append_json_string(std::string& out, std::string_view text) {
    const auto plain = [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; };
    if (std::all_of(text.begin(), text.end(), plain)) {
        out += '"';
        out += text;
        out += '"';
    } else {
        out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    }
}

}  // namespace tfqkd
