#pragma once

#include <string>

namespace tfqkd::cli {

// Breaks a text into lines of at most `width`, the first one after what stands there already.
std::string wrapped(const std::string& text, std::size_t indent, std::size_t width);

}  // namespace tfqkd::cli
