#include "fuzz/targets.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "cli/command.hpp"
#include "cli/manifest.hpp"
#include "cli/subcommands.hpp"
#include "cli/temporary_folder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/report/baseline.hpp"
#include "tfqkd/report/difference.hpp"
#include "tfqkd/table/table_io.hpp"

namespace tfqkd::test {

namespace {

template <class Work>
void expect_error_or_none(const Work& work) {
    try {
        work();
    } catch (const Error&) {
    }
}

// Bytes as a file that has a name while this lives, without a disk.
class FileInMemory {
  public:
    explicit FileInMemory(std::string_view bytes) : file_(::memfd_create("fuzz", 0)) {
        if (file_ < 0 || ::write(file_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
            std::perror("memfd_create");
            std::abort();
        }
    }
    ~FileInMemory() { ::close(file_); }
    FileInMemory(const FileInMemory&) = delete;
    FileInMemory& operator=(const FileInMemory&) = delete;
    std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

  private:
    int file_;
};

// What was read is written in each format and read again: the same columns and rows.
void read_and_write(std::string_view bytes, TableFormat format) {
    expect_error_or_none([&] {
        std::istringstream in{std::string(bytes)};
        const Table table = read_table(in, format, "fuzz");
        for (const TableFormat other : {TableFormat::csv, TableFormat::jsonl, TableFormat::json}) {
            std::ostringstream out;
            write_table(out, other, table);
            std::istringstream again(out.str());
            Table same;
            try {
                same = read_table(again, other, "again");
            } catch (const Error&) {
                continue;  // no rows, or names that a format can't hold
            }
            if (same.rows() != table.rows()) std::abort();
        }
    });
}

void csv(std::string_view bytes) { read_and_write(bytes, TableFormat::csv); }
void json(std::string_view bytes) { read_and_write(bytes, TableFormat::json); }
void json_lines(std::string_view bytes) { read_and_write(bytes, TableFormat::jsonl); }

// NPY is mapped into memory, so it needs a file, and the file its ending.
void npy(std::string_view bytes) {
    static const cli::TemporaryFolder folder;
    const std::string path = folder.path / "fuzz.npy";
    std::ofstream(path, std::ios::binary) << bytes;
    expect_error_or_none([&] { read_table(path); });
}

// A model that can be read predicts something for a link, and is saved as it was.
void model(std::string_view bytes) {
    expect_error_or_none([&] {
        std::istringstream in{std::string(bytes)};
        const Model loaded = Model::load(in, "fuzz");
        Table link;
        link.add("distance_km", Table::Numbers{100});
        loaded.predict(read_links(link));
        std::ostringstream saved;
        loaded.save(saved);
        std::istringstream again(saved.str());
        Model::load(again, "again");
    });
}

void config(std::string_view bytes) {
    const FileInMemory file(bytes);
    expect_error_or_none([&] { cli::parse(cli::generate_command(), {"--config", file.path()}); });
}

void baseline(std::string_view bytes) {
    expect_error_or_none([&] {
        const Baseline read = read_baseline(std::string(bytes), "fuzz");
        std::ostringstream saved;
        write_baseline(saved, read);
        read_baseline(saved.str(), "again");
    });
}

void manifest(std::string_view bytes) {
    expect_error_or_none([&] { cli::read_manifest(std::string(bytes), "fuzz"); });
}

// Comparing reads tables, models and baselines by what they seem to be.
void difference(std::string_view bytes) {
    const FileInMemory file(bytes), other("a,b\n1,2\n");
    expect_error_or_none([&] { compare_files(file.path(), other.path(), 1e-9); });
}

}  // namespace

const std::vector<FuzzTarget>& fuzz_targets() {
    static const std::vector<FuzzTarget> all{
        {"csv", csv},           {"json", json},         {"jsonl", json_lines},
        {"npy", npy},           {"model", model},       {"config", config},
        {"baseline", baseline}, {"manifest", manifest}, {"difference", difference}};
    return all;
}

}  // namespace tfqkd::test
