#include "tfqkd/table/text_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <vector>

#include "tfqkd/error.hpp"

namespace tfqkd {

std::string read_text_file(const std::string& path) {
    std::string text;
    read_file_in_parts(path, 0, [&](std::string_view part) {
        text += part;
        return true;
    });
    return text;
}

void read_file_in_parts(const std::string& path, std::uint64_t offset,
                        const std::function<bool(std::string_view part)>& take, std::size_t part_bytes) {
    const auto refuse = [&](const char* what, int error) {
        throw Error(ErrorKind::io, std::string(what) + path + ": " + std::generic_category().message(error));
    };
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) refuse("can't open ", errno);
    const std::unique_ptr<const int, void (*)(const int*)> closed(&file, [](const int* fd) { ::close(*fd); });
    if (offset > 0 && ::lseek(file, static_cast<off_t>(offset), SEEK_SET) < 0) refuse("can't read ", errno);
    std::vector<char> part(part_bytes);
    for (;;) {
        const ssize_t got = ::read(file, part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) refuse("can't read ", errno);
        if (got == 0 || !take({part.data(), static_cast<std::size_t>(got)})) return;
    }
}

std::string place_in_text(const std::string& path, std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    return path + ":" + std::to_string(1 + std::count(before.begin(), before.end(), '\n'));
}

}  // namespace tfqkd
