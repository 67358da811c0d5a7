#include "tfqkd/table/output_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "fd_buffer.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {
namespace {

namespace fs = std::filesystem;

std::string reason(int error) { return std::generic_category().message(error); }

// A descriptor that is closed when it goes out of scope.
class Descriptor {
  public:
    explicit Descriptor(int fd = -1) : fd_(fd) {}
    ~Descriptor() { close(); }
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    int get() const { return fd_; }
    // errno of the failure, 0 for none.
    int close() {
        const int fd = std::exchange(fd_, -1);
        return fd >= 0 && ::close(fd) != 0 && errno != EINTR ? errno : 0;
    }

  private:
    int fd_;
};

// The number in "/dev/stdout", "/dev/fd/3" and the like: files that are open already.
std::optional<int> open_already(std::string_view path) {
    if (path == "/dev/stdout") return STDOUT_FILENO;
    if (path == "/dev/stderr") return STDERR_FILENO;
    for (const std::string_view folder : {"/dev/fd/", "/proc/self/fd/"}) {
        if (!path.starts_with(folder)) continue;
        const auto number = parse_count(path.substr(folder.size()));
        if (number && *number < 65536) return static_cast<int>(*number);
    }
    return std::nullopt;
}

// The file that a link stands for, there or not; the path itself when it is no link.
fs::path follow_links(fs::path path) {
    std::error_code error;
    for (int links = 0; fs::is_symlink(fs::symlink_status(path, error)); ++links) {
        const fs::path target = fs::read_symlink(path, error);
        if (error || links == 40) refuse_write(path.string(), error ? error.value() : ELOOP);
        path = target.is_absolute() ? target : path.parent_path() / target;
    }
    return path;
}

std::string folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path().string() : ".";
}

void check_folder(const std::string& path, const std::string& folder) {
    struct stat found {};
    if (::stat(folder.c_str(), &found) == 0) {
        if (S_ISDIR(found.st_mode)) return;
        throw Error(ErrorKind::io, "can't write " + path + ": " + folder + " is not a folder");
    }
    if (errno != ENOENT) refuse_write(path, errno);
    throw Error(ErrorKind::io, "can't write " + path + ": there is no folder " + folder + "; make it first");
}

bool is_same_file(int fd, const std::string& path) {
    struct stat opened {
    }, named{};
    return ::fstat(fd, &opened) == 0 && ::lstat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

// Opens and locks the partial file. Another run may rename or remove it between the two: then it is opened
// again.
Descriptor open_partial(const std::string& path, const std::string& partial, OutputFile::Start start) {
    for (int tries = 0; tries < 100; ++tries) {
        Descriptor file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
        if (file.get() < 0) {
            throw Error(ErrorKind::io,
                        "can't write " + path + ": can't open " + partial + ": " + reason(errno));
        }
        if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
            throw Error(ErrorKind::io, "can't write " + path + ": another tfqkd is writing it (" + partial +
                                           "); wait for it, or choose another name");
        }
        if (!is_same_file(file.get(), partial)) continue;
        if (start == OutputFile::Start::empty && ::ftruncate(file.get(), 0) != 0)
            refuse_write(partial, errno);
        return file;
    }
    throw Error(ErrorKind::io,
                "can't write " + path + ": " + partial + " keeps changing; is another program writing it?");
}

// Renames; without `force` a file that appeared meanwhile is kept. Returns errno, or 0.
int put_in_place(const std::string& partial, const std::string& target, bool force) {
    if (!force) {
        if (::renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0) return 0;
        if (errno != EINVAL && errno != ENOSYS) return errno;
        if (::access(target.c_str(), F_OK) == 0) return EEXIST;  // the file system knows no such rename
    }
    return ::rename(partial.c_str(), target.c_str()) == 0 ? 0 : errno;
}

// Not every kind of file can be synced; only real failures count.
int sync_file(int fd) {
    while (::fsync(fd) != 0) {
        if (errno == EINVAL || errno == EROFS || errno == ENOTSUP) return 0;
        if (errno != EINTR) return errno;
    }
    return 0;
}

int sync_folder(const std::string& folder) {
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() < 0) return errno == EACCES ? 0 : errno;
    return sync_file(opened.get());
}

}  // namespace

struct OutputFile::State {
    State(std::string name, bool may_replace, Start from)
        : path(std::move(name)), force(may_replace), start(from) {
        open();
    }
    ~State() {
        if (!partial.empty() && !kept) ::unlink(partial.c_str());
    }

    std::string path;     // as the user wrote it
    std::string target;   // where links lead
    std::string partial;  // empty when written straight through
    bool force, kept = false;
    Start start;
    Descriptor file;
    std::optional<FdBuffer> buffer;
    std::optional<std::ostream> stream;

    void open();
    bool open_straight();
    void check_existing(const struct stat& existing) const;
    void cut(std::uint64_t bytes);
    void sync();
    void check_size();
    void commit();
    void rename();
};

void OutputFile::State::open() {
    if (path.empty()) throw Error(ErrorKind::usage, "the name of the output file is empty");
    if (!open_straight()) {
        target = follow_links(path).string();
        check_folder(path, folder_of(target));
        struct stat existing {};
        const bool exists = ::stat(target.c_str(), &existing) == 0;
        if (exists) check_existing(existing);
        file = open_partial(path, target + ".partial", start);
        partial = target + ".partial";
        if (exists) ::fchmod(file.get(), existing.st_mode & 07777);  // some file systems know no modes
    }
    stream.emplace(&buffer.emplace(file.get(), path));
    stream->exceptions(std::ios::badbit);
}

// Opens what is not a regular file; renaming onto it would replace the device.
bool OutputFile::State::open_straight() {
    struct stat existing {};
    if (const auto number = open_already(path)) {
        file = Descriptor(::fcntl(*number, F_DUPFD_CLOEXEC, 0));
    } else if (::stat(path.c_str(), &existing) != 0 || S_ISREG(existing.st_mode) ||
               S_ISDIR(existing.st_mode)) {
        return false;
    } else {
        file = Descriptor(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    }
    if (file.get() < 0) refuse_write(path, errno);
    return true;
}

void OutputFile::State::check_existing(const struct stat& existing) const {
    if (S_ISDIR(existing.st_mode))
        throw Error(ErrorKind::usage, path + " is a folder; give the name of a file in it");
    if (!force) throw Error(ErrorKind::usage, path + " is there already; use --force to replace it");
}

void OutputFile::State::cut(std::uint64_t bytes) {
    const auto end = static_cast<off_t>(bytes);
    if (::ftruncate(file.get(), end) != 0 || ::lseek(file.get(), end, SEEK_SET) != end)
        refuse_write(path, errno);
    buffer->start_at(bytes);
}

void OutputFile::State::sync() {
    buffer->pubsync();
    if (!*stream) refuse_write(path, EIO);
    if (const int error = sync_file(file.get())) refuse_write(path, error);
    if (!partial.empty()) check_size();
}

// The system said that all was written; if that was not so, nobody should go on with the rest.
void OutputFile::State::check_size() {
    struct stat written {};
    if (::fstat(file.get(), &written) != 0) refuse_write(path, errno);
    if (static_cast<std::uint64_t>(written.st_size) == buffer->extent()) return;
    ::unlink(std::exchange(partial, "").c_str());
    throw Error(ErrorKind::io, "can't write " + path + ": the file has " + std::to_string(written.st_size) +
                                   " bytes after " + std::to_string(buffer->extent()) + " were written");
}

void OutputFile::State::commit() {
    sync();
    if (!partial.empty()) rename();
    if (const int error = file.close()) refuse_write(path, error);
}

void OutputFile::State::rename() {
    const int error = put_in_place(partial, target, force);
    if (error == EEXIST) {
        const std::string left = std::exchange(partial, "");
        throw Error(ErrorKind::io, path + " was made by another program meanwhile; the result is in " + left);
    }
    if (error != 0) refuse_write(path, error);
    partial.clear();
    if (const int unsynced = sync_folder(folder_of(target))) refuse_write(path, unsynced);
}

OutputFile::OutputFile(std::string path, bool force, Start start)
    : state_(std::make_unique<State>(std::move(path), force, start)) {}

OutputFile::~OutputFile() = default;

std::ostream& OutputFile::stream() { return *state_->stream; }

const std::string& OutputFile::partial_path() const { return state_->partial; }

void OutputFile::cut(std::uint64_t bytes) { state_->cut(bytes); }

void OutputFile::keep() { state_->kept = true; }

void OutputFile::sync() { state_->sync(); }

void OutputFile::commit() {
    assert(state_->file.get() >= 0 && "commit() is called once");
    state_->commit();
}

}  // namespace tfqkd
