#include "tfqkd/table/text_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "tfqkd/error.hpp"

namespace tfqkd {

std::string read_text_file(const std::string& path) {
    const auto refuse = [&](const char* what) {
        const int error = errno;
        throw Error(ErrorKind::io, std::string(what) + path + ": " + std::generic_category().message(error));
    };
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) refuse("can't open ");
    std::string text;
    std::array<char, std::size_t{1} << 16> part;
    ssize_t got;
    while ((got = ::read(file, part.data(), part.size())) != 0) {
        if (got > 0) text.append(part.data(), static_cast<std::size_t>(got));
        if (got < 0 && errno != EINTR) break;
    }
    const int error = got < 0 ? errno : 0;
    ::close(file);
    errno = error;
    if (error != 0) refuse("can't read ");
    return text;
}

std::string place_in_text(const std::string& path, std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    return path + ":" + std::to_string(1 + std::count(before.begin(), before.end(), '\n'));
}

}  // namespace tfqkd
