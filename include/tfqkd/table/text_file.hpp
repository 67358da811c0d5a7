#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tfqkd {

// All bytes of a file. Throws Error (io) with the path and the system's reason.
std::string read_text_file(const std::string& path);

// The bytes of a file from `offset` on, part by part, until its end or until `take` answers false. Throws
// Error (io) as read_text_file does.
void read_file_in_parts(const std::string& path, std::uint64_t offset,
                        const std::function<bool(std::string_view part)>& take,
                        std::size_t part_bytes = std::size_t{1} << 18);

// "PATH:LINE" of the byte at `offset` of a file's text.
std::string place_in_text(const std::string& path, std::string_view text, std::size_t offset);

}  // namespace tfqkd
