#include <unistd.h>

#include <array>
#include <ext/stdio_filebuf.h>
#include <filesystem>
#include <fstream>

#include "table_helpers.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

// A pipe whose reading end is a stream.
class Pipe {
  public:
    Pipe() { REQUIRE(::pipe(ends_.data()) == 0); }
    ~Pipe() { close_writer(); }
    void write(std::string_view text) {
        REQUIRE(::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    void close_writer() {
        if (ends_[1] >= 0) ::close(ends_[1]);
        ends_[1] = -1;
    }
    std::istream& reader() {
        if (!buffer_) {
            buffer_ =
                std::make_unique<__gnu_cxx::stdio_filebuf<char>>(ends_[0], std::ios::in | std::ios::binary);
            stream_ = std::make_unique<std::istream>(buffer_.get());
        }
        return *stream_;
    }

  private:
    std::array<int, 2> ends_{};
    std::unique_ptr<__gnu_cxx::stdio_filebuf<char>> buffer_;
    std::unique_ptr<std::istream> stream_;
};

// Each block is had before the next row is written: a reader that waited for more would hang here.
void check_row_by_row(TableFormat format, std::string_view head, std::string_view row) {
    Pipe pipe;
    TableReader reader(pipe.reader(), format, "pipe");
    pipe.write(head);
    Table block;
    for (int i = 0; i < 3; ++i) {
        pipe.write(row);
        REQUIRE(reader.next(block, 1000));
        CHECK(block.numbers("x") == Table::Numbers{1});
        CHECK(block.property("p") == "q");
    }
    pipe.write(std::string(row) + std::string(row));
    pipe.write(row.substr(0, row.size() / 2));
    REQUIRE(reader.next(block, 1000));
    CHECK(block.rows() == 2);
    pipe.write(row.substr(row.size() / 2));
    pipe.close_writer();
    REQUIRE(reader.next(block, 1000));
    CHECK(block.rows() == 1);
    REQUIRE_FALSE(reader.next(block, 1000));
    CHECK(block.rows() == 0);
    CHECK(block.has("x"));
    CHECK_FALSE(reader.next(block, 1000));
}

Table read_all_blocks(TableReader& reader, std::size_t most, std::vector<std::size_t>& sizes) {
    Table block;
    Table::Numbers cells;
    while (reader.next(block, most)) {
        sizes.push_back(block.rows());
        const Table::Numbers& more = block.numbers("x");
        cells.insert(cells.end(), more.begin(), more.end());
    }
    Table all;
    all.add("x", std::move(cells));
    return all;
}

struct Folder {
    Folder() : path(std::filesystem::temp_directory_path() / ("tfqkd-read-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path);
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream(path / name) << text;
        return (path / name).string();
    }
    std::filesystem::path path;
};

}  // namespace

TEST_CASE("rows from a pipe are answered before the writer closes", "[table]") {
    check_row_by_row(TableFormat::csv, "# p: q\nx,n\n", "1,\"a,b\"\n");
    check_row_by_row(TableFormat::jsonl, "{\"properties\": {\"p\": \"q\"}}\n", "{\"x\": 1, \"n\": \"a\"}\n");
}

TEST_CASE("the format of a pipe is told by its first character", "[table]") {
    Pipe pipe;
    TableReader reader(pipe.reader(), std::nullopt, "pipe");
    pipe.write("\n {\"x\": 1}\n");
    Table block;
    REQUIRE(reader.next(block, 10));
    CHECK(block.numbers("x") == Table::Numbers{1});
    CHECK(block.where(0) == "pipe:2");
}

TEST_CASE("blocks hold at most the rows asked for", "[table]") {
    const std::string csv = "x\n1\n2\n3\n4\n5\n",
                      json = "[{\"x\":1},{\"x\":2},{\"x\":3},{\"x\":4},{\"x\":5}]";
    const std::string jsonl = "{\"x\":1}\n{\"x\":2}\n{\"x\":3}\n{\"x\":4}\n{\"x\":5}\n";
    for (const std::string& text : {csv, json, jsonl}) {
        CAPTURE(text);
        std::istringstream in(text);
        TableReader reader(in, std::nullopt, "f");
        std::vector<std::size_t> sizes;
        CHECK(read_all_blocks(reader, 2, sizes).numbers("x") == Table::Numbers{1, 2, 3, 4, 5});
        CHECK(sizes == std::vector<std::size_t>{2, 2, 1});
        Table block;
        CHECK_FALSE(reader.next(block, 2));
        CHECK(block.has("x"));
    }
}

TEST_CASE("lines of any length cross the buffer's end whole", "[table]") {
    std::string text = "x,n\n";
    for (int i = 0; i < 4000; ++i) text += std::to_string(i) + "," + std::string(i % 997, 'a') + "\n";
    const Table table = read(text, TableFormat::csv);
    REQUIRE(table.rows() == 4000);
    int wrong = 0;
    for (int i = 0; i < 4000; ++i) {
        if (table.numbers("x")[i] != i ||
            std::get<Table::Text>(table.columns()[1].cells)[i].size() != i % 997u)
            ++wrong;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a file's format comes from its ending, else from its first character", "[table]") {
    const Folder folder;
    CHECK(read_table(folder.file("a.csv", "x\n1\n")).numbers("x")[0] == 1);
    CHECK(read_table(folder.file("a.JSON", "[{\"x\": 2}]")).numbers("x")[0] == 2);
    CHECK(read_table(folder.file("a.jsonl", "{\"x\": 3}")).numbers("x")[0] == 3);
    CHECK(read_table(folder.file("b", "x\n4\n")).numbers("x")[0] == 4);
    CHECK(read_table(folder.file("c", "\xEF\xBB\xBF\n [{\"x\": 5}]")).numbers("x")[0] == 5);
    CHECK(read_table(folder.file("d", "{\"x\": 6}\n{\"x\": 7}\n")).rows() == 2);
    CHECK(read_table(folder.file("e", "{\"rows\": [{\"x\": 8}]}\n")).numbers("x")[0] == 8);
    CHECK(read_table(folder.file("g", "{\n\"rows\": [{\"x\": 9}]}")).numbers("x")[0] == 9);
    CHECK(error_of([&] {
              read_table(folder.file("a.md", "x"));
          }).starts_with("usage: " + folder.path.string()));
    std::istringstream in("x\n10\n");
    CHECK(read_table("-", in).numbers("x")[0] == 10);
    std::string long_json = "[{\"x\": 1}";
    while (long_json.size() < 3000000) long_json += ", {\"x\": 1}";
    CHECK(read_table(folder.file("h", long_json + "]")).rows() > 200000);
}

TEST_CASE("a file that can't be read is an error of io", "[table]") {
    const Folder folder;
    const std::string missing = (folder.path / "no.csv").string();
    CHECK(error_of([&] { read_table(missing); }) ==
          "io: can't open " + missing + ": No such file or directory");
    CHECK(error_of([&] { read_table(folder.path.string()); }) ==
          "io: can't read " + folder.path.string() + ": Is a directory");
    std::istringstream in;
    CHECK(error_of([&] { TableReader(missing, in); }) ==
          "io: can't open " + missing + ": No such file or directory");
}
