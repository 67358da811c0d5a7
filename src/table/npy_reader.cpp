#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <system_error>

#include "npy.hpp"
#include "reader.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {
namespace {

static_assert(std::endian::native == std::endian::little, "NPY records are read as they stand");
using Kind = NpyHeader::Kind;

// A file's bytes, read by the system as they are looked at.
class MappedFile {
  public:
    explicit MappedFile(const std::string& path) {
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        const auto refuse = [&](const std::string& why) {
            if (file >= 0) ::close(file);
            throw Error(ErrorKind::io, "can't read " + path + ": " + why);
        };
        struct stat found {};
        if (file < 0 || ::fstat(file, &found) != 0) refuse(std::generic_category().message(errno));
        if (!S_ISREG(found.st_mode)) refuse("an NPY table must be a regular file");
        size_ = static_cast<std::size_t>(found.st_size);
        if (size_ > 0) bytes_ = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes_ == MAP_FAILED) refuse(std::generic_category().message(errno));
        ::close(file);
        if (bytes_) ::madvise(bytes_, size_, MADV_SEQUENTIAL);
    }
    ~MappedFile() {
        if (bytes_) ::munmap(bytes_, size_);
    }
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    // Gives back the memory of all before `end`, some megabytes at a time, so that it does not grow with the
    // file.
    void release(std::size_t end) {
        constexpr std::size_t step = std::size_t{1} << 23;
        if (end < released_ + step) return;
        const std::size_t whole = end / step * step;
        ::madvise(static_cast<char*>(bytes_) + released_, whole - released_, MADV_DONTNEED);
        released_ = whole;
    }
    std::string_view bytes() const { return {static_cast<const char*>(bytes_), size_}; }

  private:
    void* bytes_ = nullptr;
    std::size_t size_ = 0, released_ = 0;
};

template <class Number>
double number_at(const char* bytes) {
    Number value;
    std::memcpy(&value, bytes, sizeof value);
    return static_cast<double>(value);
}

void append_utf8(std::string& text, std::uint32_t c) {
    if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) c = 0xfffd;
    if (c < 0x80) {
        text += static_cast<char>(c);
        return;
    }
    const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    constexpr unsigned char heads[] = {0, 0xc0, 0xe0, 0xf0};
    text += static_cast<char>(heads[more] | c >> (6 * more));
    for (int k = more - 1; k >= 0; --k) text += static_cast<char>(0x80 | (c >> (6 * k) & 0x3f));
}

std::string text_at(const char* bytes, const NpyHeader::FieldType& field) {
    std::string text;
    if (field.kind == Kind::bytes) {
        text.assign(bytes, field.width);
        text.resize(text.find_last_not_of('\0') + 1);
        return text;
    }
    std::size_t end = field.width;
    for (; end >= 4 && number_at<std::uint32_t>(bytes + end - 4) == 0;) end -= 4;
    for (std::size_t k = 0; k < end; k += 4) {
        std::uint32_t c;
        std::memcpy(&c, bytes + k, sizeof c);
        append_utf8(text, c);
    }
    return text;
}

class NpyReader final : public BlockReader {
  public:
    explicit NpyReader(const std::string& path) : file_(path), source_(path) {
        header_ = read_npy_header(file_.bytes(), source_, start_);
    }

    bool next(Table& block, std::size_t most, bool) override {
        const std::size_t rows = std::min<std::uint64_t>(header_.rows - given_, most);
        std::vector<Table::Column> columns;
        std::size_t offset = 0;
        for (const NpyHeader::FieldType& field : header_.fields) {
            if (field.kind != Kind::padding) columns.push_back({field.name, cells(field, offset, rows)});
            offset += field.width;
        }
        block = Table(std::move(columns));
        block.properties = header_.properties;
        block.source = source_;
        for (std::size_t row = 0; row < rows; ++row) block.lines.push_back(given_ + row + 1);
        given_ += rows;
        file_.release(start_ + given_ * header_.record_bytes());
        return rows > 0;
    }

  private:
    std::variant<Table::Numbers, Table::Text> cells(const NpyHeader::FieldType& field, std::size_t offset,
                                                    std::size_t rows) const {
        const std::size_t record = header_.record_bytes();
        const char* const first = file_.bytes().data() + start_ + given_ * record + offset;
        if (field.kind == Kind::bytes || field.kind == Kind::utf32) {
            Table::Text text(rows);
            for (std::size_t row = 0; row < rows; ++row) {
                text[row] = text_at(first + row * record, field);
                if (text[row].find('\0') != std::string::npos) refuse(row, field, "holds a zero byte");
            }
            return text;
        }
        Table::Numbers numbers(rows);
        for (std::size_t row = 0; row < rows; ++row) {
            numbers[row] = number(first + row * record, field.kind);
            if (field.kind == Kind::i8 && std::abs(numbers[row]) > 0x1p53)
                refuse(row, field, "is a whole number beyond 2^53, which a double can't hold");
        }
        return numbers;
    }
    static double number(const char* bytes, Kind kind) {
        if (kind == Kind::f8) return number_at<double>(bytes);
        if (kind == Kind::f4) return number_at<float>(bytes);
        return kind == Kind::i8 ? number_at<std::int64_t>(bytes) : number_at<std::int32_t>(bytes);
    }
    [[noreturn]] void refuse(std::size_t row, const NpyHeader::FieldType& field,
                             const std::string& what) const {
        throw Error(ErrorKind::data,
                    source_ + ":" + std::to_string(given_ + row + 1) + ": " + field.name + " " + what);
    }

    MappedFile file_;
    std::string source_;
    NpyHeader header_;
    std::size_t start_ = 0;
    std::uint64_t given_ = 0;
};

}  // namespace

std::unique_ptr<BlockReader> make_npy_reader(const std::string& path) {
    return std::make_unique<NpyReader>(path);
}

}  // namespace tfqkd
