#include "golden.hpp"

#include <cctype>
#include <charconv>
#include <cmath>

#include "catch.hpp"
#include "run_program.hpp"

namespace tfqkd::test {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Whether a number begins at `at`, and not in the middle of a word.
bool number_at(std::string_view text, std::size_t at) {
    return at < text.size() && is_digit(text[at]) && (at == 0 || !is_word(text[at - 1]));
}

double take_number(std::string_view text, std::size_t& at) {
    double value = 0;
    at = static_cast<std::size_t>(std::from_chars(text.data() + at, text.data() + text.size(), value).ptr -
                                  text.data());
    return value;
}

// Where a maximum is flat, a search on another processor ends 1e-5 away.
bool near(double a, double b) { return std::abs(a - b) <= 1e-4 * std::max(std::abs(a), std::abs(b)); }

}  // namespace

int differing_line(std::string_view expected, std::string_view found) {
    std::size_t i = 0, j = 0;
    int line = 1;
    while (i < expected.size() && j < found.size()) {
        if (number_at(expected, i) && number_at(found, j)) {
            if (!near(take_number(expected, i), take_number(found, j))) return line;
        } else {
            if (expected[i] != found[j++]) return line;
            line += expected[i++] == '\n';
        }
    }
    return i == expected.size() && j == found.size() ? 0 : line;
}

void check_golden(const std::string& name, const std::string& found) {
    const std::string path = std::string(TFQKD_TESTS_DIR "/golden/") + name;
    const int line = std::filesystem::exists(path) ? differing_line(file_text(path), found) : 1;
    if (line == 0) return;
    put_file(path + ".new", found);
    FAIL_CHECK(path << ":" << line << ": the output differs; look at it with\n  diff " << path << " " << path
                    << ".new\nand if it is as wanted, accept it with\n  mv " << path << ".new " << path);
}

}  // namespace tfqkd::test
