#pragma once

#include <string>

namespace tfqkd::cli {

// Breaks a text into lines of at most `width`, the first one after what stands there already; each line but
// the last ends with `line_end`. Intervals stay whole; with a line end, so do flags and their values.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width,
                    const std::string& line_end = "");

}  // namespace tfqkd::cli
