#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <streambuf>
#include <string>

namespace tfqkd {

// Throws Error (io): "can't write PATH: REASON" for a value of errno.
[[noreturn]] void refuse_write(const std::string& path, int error);

// Writes to a file descriptor that someone else owns. After the first failure every call throws Error (io)
// again.
class FdBuffer : public std::streambuf {
  public:
    FdBuffer(int fd, std::string path);
    FdBuffer(const FdBuffer&) = delete;
    FdBuffer& operator=(const FdBuffer&) = delete;

    // Bytes that the file must have by now, with the `before` that were there: to be compared with what it
    // has.
    std::uint64_t extent() const { return extent_; }
    void start_at(std::uint64_t before) { place_ = extent_ = before; }

  protected:
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* bytes, std::streamsize count) override;
    int sync() override;
    pos_type seekoff(off_type offset, std::ios_base::seekdir from, std::ios_base::openmode which) override;
    pos_type seekpos(pos_type place, std::ios_base::openmode which) override;

  private:
    void flush();
    void write_all(const char* bytes, std::size_t count);

    int fd_;
    int error_ = 0;
    std::uint64_t place_ = 0, extent_ = 0;
    std::string path_;
    std::array<char, std::size_t{1} << 16> buffer_;
};

}  // namespace tfqkd
