#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tfqkd {

// A finite decimal number that fills the whole text; no locale, no hexadecimal, no "nan" or "inf". A leading
// '+' is accepted.
std::optional<double> parse_number(std::string_view text);
// A whole number from 0 to 2^64 - 1 in decimal digits.
std::optional<std::uint64_t> parse_count(std::string_view text);
// The shortest text that reads back as the same number; "" for NaN.
std::string format_number(double value);
// `digits` significant digits, for people.
std::string format_number(double value, int digits);

}  // namespace tfqkd
