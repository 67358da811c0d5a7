#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "table_helpers.hpp"
#include "tfqkd/table/output_file.hpp"

using namespace tfqkd;
using namespace tfqkd::test;
namespace fs = std::filesystem;

namespace {

struct Folder {
    Folder() : path(fs::temp_directory_path() / ("tfqkd-write-" + std::to_string(::getpid()))) {
        fs::create_directories(path);
    }
    ~Folder() { fs::remove_all(path); }
    std::string operator/(const std::string& name) const { return (path / name).string(); }
    fs::path path;
};

std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

void put(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

void write_file(const std::string& path, const std::string& text, bool force) {
    OutputFile file(path, force);
    file.stream() << text;
    file.commit();
}

// For the time being no file may grow further than this.
class FileSizeLimit {
  public:
    explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limit{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    void (*handler_)(int);
    rlimit old_{};
};

}  // namespace

TEST_CASE("a file appears whole at commit", "[output_file]") {
    const Folder folder;
    const std::string path = folder / "a.csv";
    std::string text;
    for (int i = 0; i < 50000; ++i) text += std::to_string(i) + "\n";
    {
        OutputFile file(path, false);
        file.stream() << text.substr(0, 1000);
        for (const char c : text.substr(1000, 100000)) file.stream().put(c);
        file.stream() << text.substr(101000);
        CHECK_FALSE(fs::exists(path));
        CHECK(fs::exists(path + ".partial"));
        file.commit();
        CHECK(content(path) == text);
    }
    CHECK(content(path) == text);
    CHECK_FALSE(fs::exists(path + ".partial"));
}

TEST_CASE("without commit the old file stays", "[output_file]") {
    const Folder folder;
    const std::string path = folder / "a.csv";
    put(path, "old");
    {
        OutputFile file(path, true);
        file.stream() << "new" << std::flush;
        CHECK(content(path) == "old");
    }
    CHECK(content(path) == "old");
    CHECK_FALSE(fs::exists(path + ".partial"));
}

TEST_CASE("an existing file needs force, and keeps its mode", "[output_file]") {
    const Folder folder;
    const std::string path = folder / "a.csv";
    put(path, "old");
    ::chmod(path.c_str(), 0640);
    CHECK(error_of([&] { OutputFile(path, false); }) ==
          "usage: " + path + " is there already; use --force to replace it");
    CHECK_FALSE(fs::exists(path + ".partial"));
    write_file(path, "new", true);
    CHECK(content(path) == "new");
    CHECK((fs::status(path).permissions() & fs::perms::all) == fs::perms(0640));
}

TEST_CASE("a file that appears meanwhile is kept, and the result too", "[output_file]") {
    const Folder folder;
    const std::string path = folder / "a.csv";
    {
        OutputFile file(path, false);
        file.stream() << "mine";
        put(path, "other");
        CHECK(error_of([&] { file.commit(); }) ==
              "io: " + path + " was made by another program meanwhile; the result is in " + path +
                  ".partial");
    }
    CHECK(content(path) == "other");
    CHECK(content(path + ".partial") == "mine");
}

TEST_CASE("a stale partial file is written over, a live one is refused", "[output_file]") {
    const Folder folder;
    const std::string path = folder / "a.csv";
    put(path + ".partial", "left by a killed run, and longer than the next");
    {
        OutputFile file(path, false);
        CHECK(error_of([&] { OutputFile(path, false); }) ==
              "io: can't write " + path + ": another tfqkd is writing it (" + path +
                  ".partial); wait for it, or choose another name");
        file.stream() << "new";
        file.commit();
    }
    CHECK(content(path) == "new");
    write_file(path, "newer", true);
    CHECK(content(path) == "newer");
}

TEST_CASE("a bad path is refused at once", "[output_file]") {
    const Folder folder;
    put(folder / "file", "");
    CHECK(error_of([&] { OutputFile(folder / "no/a.csv", false); }) ==
          "io: can't write " + (folder / "no/a.csv") + ": there is no folder " + (folder / "no") +
              "; make it first");
    CHECK(error_of([&] { OutputFile(folder / "file/a.csv", false); }) ==
          "io: can't write " + (folder / "file/a.csv") + ": " + (folder / "file") + " is not a folder");
    CHECK(error_of([&] { OutputFile(folder.path.string(), true); }) ==
          "usage: " + folder.path.string() + " is a folder; give the name of a file in it");
    CHECK(error_of([] { OutputFile("", false); }) == "usage: the name of the output file is empty");
    fs::create_symlink("loop", folder / "loop");
    CHECK(error_of([&] { OutputFile(folder / "loop", true); }) ==
          "io: can't write " + (folder / "loop") + ": Too many levels of symbolic links");
}

TEST_CASE("a link's target is written, and the link stays", "[output_file]") {
    const Folder folder;
    fs::create_directories(folder / "there");
    fs::create_symlink("there/b.csv", folder / "a.csv");
    write_file(folder / "a.csv", "1", false);  // the target is not there yet
    CHECK(content(folder / "there/b.csv") == "1");
    CHECK(error_of([&] { OutputFile(folder / "a.csv", false); }).starts_with("usage: "));
    write_file(folder / "a.csv", "2", true);
    CHECK(fs::is_symlink(folder / "a.csv"));
    CHECK(content(folder / "there/b.csv") == "2");
}

TEST_CASE("devices and FIFOs are written straight through", "[output_file]") {
    const Folder folder;
    write_file("/dev/null", "1", false);
    CHECK(fs::is_character_file("/dev/null"));
    const std::string fifo = folder / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    std::string got;
    std::thread reader([&] { got = content(fifo); });
    write_file(fifo, "through", false);
    reader.join();
    CHECK(got == "through");
    CHECK(fs::is_fifo(fifo));
}

TEST_CASE("a descriptor that is open already is written where it stands", "[output_file]") {
    const Folder folder;
    const std::string path = folder / "log";
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    REQUIRE(::write(fd, "1", 1) == 1);
    write_file("/dev/fd/" + std::to_string(fd), "2", false);
    REQUIRE(::write(fd, "3", 1) == 1);
    ::close(fd);
    CHECK(content(path) == "123");
}

TEST_CASE("a full device is an error with its name", "[output_file]") {
    OutputFile file("/dev/full", false);
    file.stream() << "1";
    const std::string full = "io: can't write /dev/full: No space left on device";
    CHECK(error_of([&] { file.commit(); }) == full);
    OutputFile again("/dev/full", false);
    Table table;
    table.add("x", Table::Numbers{1});
    CHECK(error_of([&] { write_table(again.stream(), TableFormat::csv, table); }) == full);
    CHECK(error_of([&] { again.commit(); }) == full);
    CHECK(fs::is_character_file("/dev/full"));
}

TEST_CASE("a disk that fills midway leaves the old file", "[output_file]") {
    const Folder folder;
    const std::string path = folder / "a.csv";
    put(path, "old");
    {
        OutputFile file(path, true);
        const FileSizeLimit limit(100000);
        const std::string too_large = "io: can't write " + path + ": File too large";
        CHECK(error_of([&] { file.stream() << std::string(300000, 'x'); }) == too_large);
        CHECK(error_of([&] { file.commit(); }) == too_large);
    }
    CHECK(content(path) == "old");
    CHECK_FALSE(fs::exists(path + ".partial"));
}

TEST_CASE("a partial file that is kept can be gone on with", "[output_file]") {
    const Folder folder;
    const std::string path = folder / "a.csv";
    {
        OutputFile file(path, false);
        file.stream() << "one\ntwo\nthr";
        file.keep();
        file.sync();
        CHECK(content(file.partial_path()) == "one\ntwo\nthr");
    }
    CHECK(content(path + ".partial") == "one\ntwo\nthr");
    {
        OutputFile file(path, false, OutputFile::Start::where_it_was);
        file.cut(8);
        file.stream() << "three\n";
        file.commit();
    }
    CHECK(content(path) == "one\ntwo\nthree\n");
    CHECK_FALSE(fs::exists(path + ".partial"));
}
