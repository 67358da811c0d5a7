#pragma once

#include <cstddef>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace tfqkd {

constexpr std::size_t longest_line = std::size_t{1} << 20;
constexpr std::size_t most_columns = 10000;
constexpr std::string_view zero_byte = "a zero byte: this is not a text file; save the table as UTF-8 text";

// Lines of a stream through one reused buffer, without reading further than what is there already.
class Input {
  public:
    Input(std::istream& in, std::string source);

    // The next line without its end (LF or CRLF); the view holds until the next call. Waits; false at the
    // end.
    bool next_line(std::string_view& line);
    // Whether next_line would answer without waiting.
    bool line_ready();
    // The first line that is not blank, or as much of it as fits; it stays unread.
    std::string_view peek_line();
    // All that is left.
    std::string rest();

    std::size_t line() const { return line_; }  // number of the line that was read last
    const std::string& source() const { return source_; }
    // Throw Error (data) that begins with "source:line: ".
    [[noreturn]] void refuse(const std::string& what) const { refuse(line_, what); }
    [[noreturn]] void refuse(std::size_t line, const std::string& what) const;

  private:
    bool find_end();
    bool fill();
    void make_room();
    void check_start();
    std::string_view unread() const { return {buffer_.data() + begin_, end_ - begin_}; }

    std::istream& in_;
    std::string source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0, end_ = 0;  // the bytes not yet handed out
    std::size_t searched_ = 0;         // no line end before this place
    std::size_t line_ = 0;
    bool started_ = false, ended_ = false;
};

}  // namespace tfqkd
