#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tfqkd {

// XXH3, 128 bits, as 32 hexadecimal digits ("xxhsum -H2" prints the same). It tells damage and mix-ups, not
// forgery.
std::string hash_text(std::string_view text);

struct HashedFile {
    std::string hash;
    std::uint64_t bytes;
};
// The hash of a file's content, read in parts. Throws Error (io) with the path and the system's reason.
HashedFile hash_file(const std::string& path);

}  // namespace tfqkd
