#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "catch.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

using namespace tfqkd;

TEST_CASE("numbers read back bit for bit", "[table]") {
    std::mt19937_64 random(1);
    int wrong = 0, finite = 0;
    for (int i = 0; i < 100000; ++i) {
        const double value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        ++finite;
        const auto back = parse_number(format_number(value));
        if (!back || std::bit_cast<std::uint64_t>(*back) != std::bit_cast<std::uint64_t>(value)) ++wrong;
    }
    CHECK(finite > 99000);
    CHECK(wrong == 0);
}

TEST_CASE("a number is a whole finite decimal number", "[table]") {
    CHECK(parse_number("0.5") == 0.5);
    CHECK(parse_number("+1e-3") == 1e-3);
    CHECK(parse_number("-.5") == -0.5);
    CHECK(parse_number("5.") == 5.0);
    CHECK(parse_number("1E2") == 100.0);
    for (const char* text : {"",     " 1",  "1 ",    "+",      "-",    ".",     "+-1",      "-+1",
                             "++1",  "--1", "nan",   "NaN",    "-nan", "inf",   "Infinity", "+inf",
                             "0x10", "1e",  "1e400", "-1e400", "0,5",  "1_000", "1.2.3",    "e5"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_number(text));
    }
    CHECK_FALSE(parse_number(std::string_view("1\0", 2)));
}

TEST_CASE("a count is 64 bits of decimal digits", "[table]") {
    CHECK(parse_count("0") == 0u);
    CHECK(parse_count("18446744073709551615") == std::numeric_limits<std::uint64_t>::max());
    for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "18446744073709551616"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_count(text));
    }
}

TEST_CASE("numbers are written short", "[table]") {
    CHECK(format_number(0.1) == "0.1");
    CHECK(format_number(100) == "100");
    CHECK(format_number(1e-9) == "1e-09");
    CHECK(format_number(-0.0) == "-0");
    CHECK(format_number(std::nan("")).empty());
    CHECK(format_number(1.0 / 3, 6) == "0.333333");
    CHECK(format_number(123456789, 3) == "1.23e+08");
    CHECK(format_number(std::nan(""), 6).empty());
    CHECK(format_number(0.1, 60).starts_with("0.1000000000000000055511151231257827"));
}

TEST_CASE("a near name is offered", "[table]") {
    const std::string_view names[] = {"distance_km", "dark_count_probability", "rate", "date"};
    CHECK(did_you_mean("distence_km", names) == " (did you mean 'distance_km'?)");
    CHECK(did_you_mean("distnace_km", names) == " (did you mean 'distance_km'?)");
    CHECK(did_you_mean("Distance_KM", names) == " (did you mean 'distance_km'?)");
    CHECK(did_you_mean("dark_count", names) == " (did you mean 'dark_count_probability'?)");
    CHECK(did_you_mean("gate", names) == " (did you mean 'rate'?)");  // a tie: the first
    CHECK(did_you_mean("photon", names).empty());
    CHECK(did_you_mean("", names).empty());
    CHECK(did_you_mean("rate", {}).empty());
}

TEST_CASE("quoted text is fit for a terminal", "[table]") {
    CHECK(in_quotes("abc") == "'abc'");
    CHECK(in_quotes("a\x1b[1m\n") == "'a\\x1b[1m\\x0a'");
    CHECK(in_quotes(std::string(100, 'x')) == "'" + std::string(60, 'x') + "...'");
    CHECK(in_quotes(std::string(59, 'x') + "\xC3\xA9z") == "'" + std::string(59, 'x') + "...'");
}
