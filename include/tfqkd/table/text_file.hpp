#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace tfqkd {

// All bytes of a file. Throws Error (io) with the path and the system's reason.
std::string read_text_file(const std::string& path);

// "PATH:LINE" of the byte at `offset` of a file's text.
std::string place_in_text(const std::string& path, std::string_view text, std::size_t offset);

}  // namespace tfqkd
