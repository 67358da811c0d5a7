#include "fd_buffer.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "tfqkd/error.hpp"

namespace tfqkd {

void refuse_write(const std::string& path, int error) {
    throw Error(ErrorKind::io, "can't write " + path + ": " + std::generic_category().message(error));
}

FdBuffer::FdBuffer(int fd, std::string path) : fd_(fd), path_(std::move(path)) {
    setp(buffer_.data(), buffer_.data() + buffer_.size());
}

FdBuffer::int_type FdBuffer::overflow(int_type c) {
    flush();
    if (!traits_type::eq_int_type(c, traits_type::eof())) sputc(traits_type::to_char_type(c));
    return traits_type::not_eof(c);
}

std::streamsize FdBuffer::xsputn(const char* bytes, std::streamsize count) {
    if (count > epptr() - pptr()) flush();
    if (count > epptr() - pptr()) {
        write_all(bytes, static_cast<std::size_t>(count));
    } else {
        traits_type::copy(pptr(), bytes, static_cast<std::size_t>(count));
        pbump(static_cast<int>(count));
    }
    return count;
}

int FdBuffer::sync() {
    flush();
    return 0;
}

// For regular files: -1 for others.
FdBuffer::pos_type FdBuffer::seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode) {
    flush();
    const int whence = from == std::ios_base::beg   ? SEEK_SET
                       : from == std::ios_base::cur ? SEEK_CUR
                                                    : SEEK_END;
    const off_t place = ::lseek(fd_, offset, whence);
    if (place >= 0) place_ = static_cast<std::uint64_t>(place);
    return {place};
}

FdBuffer::pos_type FdBuffer::seekpos(pos_type place, std::ios_base::openmode which) {
    return seekoff(place, std::ios_base::beg, which);
}

void FdBuffer::flush() {
    write_all(pbase(), static_cast<std::size_t>(pptr() - pbase()));
    setp(buffer_.data(), buffer_.data() + buffer_.size());
}

void FdBuffer::write_all(const char* bytes, std::size_t count) {
    if (error_ != 0) refuse_write(path_, error_);
    while (count > 0) {
        const ssize_t written = ::write(fd_, bytes, count);
        if (written > 0) {
            bytes += written;
            place_ += static_cast<std::uint64_t>(written);
            extent_ = std::max(extent_, place_);
            count -= static_cast<std::size_t>(written);
        } else if (written < 0 && errno == EAGAIN) {
            pollfd ready{fd_, POLLOUT, 0};
            ::poll(&ready, 1, -1);
        } else if (written == 0 || errno != EINTR) {
            error_ = written == 0 ? EIO : errno;
            refuse_write(path_, error_);
        }
    }
}

}  // namespace tfqkd
