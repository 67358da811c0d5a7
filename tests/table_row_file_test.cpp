#include "tfqkd/table/row_file.hpp"

#include "catch.hpp"
#include "run_program.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

struct Found {
    std::vector<std::string> rows;
    std::uint64_t bytes;
    bool torn;
};

// The rows of a file that is read in parts of so many bytes.
Found rows_of(const std::string& text, std::size_t part, TableFormat format = TableFormat::csv) {
    put_file("rows", text);
    RowFile file("rows", format, part);
    Found found{};
    for (std::string_view row; file.next(row);) found.rows.emplace_back(row);
    CHECK(file.rows() == found.rows.size());
    found.bytes = file.bytes();
    found.torn = file.torn();
    return found;
}

}  // namespace

TEST_CASE("rows come as they stand, however the file is read", "[table]") {
    const WorkFolder folder;
    const std::string head = "# run: it's \"one\"\n# b: c\nx,\"y\"\n", row = "1,2\n",
                      quoted = "\"a\n\"\"b\",\n";
    for (const std::size_t part : {1, 2, 7, 1000}) {
        const Found all = rows_of(head + row + quoted + row, part);
        CHECK(all.rows == std::vector<std::string>{row, quoted, row});
        CHECK(all.bytes == head.size() + 2 * row.size() + quoted.size());
        CHECK_FALSE(all.torn);
        const RowFile file("rows", TableFormat::csv, part);
        CHECK(file.header() == head);
        CHECK(file.head().property("run") == "it's \"one\"");
        CHECK(file.head().columns().size() == 2);
    }
}

TEST_CASE("a file that is cut anywhere has whole rows and a torn end", "[table]") {
    const WorkFolder folder;
    const std::string head = "# a: b\nx,y\n", rows = "1,2\n\"p\nq\",3\n4,5\n", text = head + rows;
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        CAPTURE(cut);
        const Found found = rows_of(text.substr(0, cut), 5);
        if (cut < head.size()) {
            CHECK(found.bytes == 0);
            continue;
        }
        std::string together = head;
        for (const std::string& row : found.rows) together += row;
        CHECK(together == text.substr(0, found.bytes));
        CHECK(found.torn == (found.bytes < cut));
    }
    // Zeros stand where a power cut left holes.
    const std::string hole("1\0,2\n", 5);
    const Found holed = rows_of(head + "1,2\n" + hole + "3,4\n", 5);
    CHECK(holed.rows == std::vector<std::string>{"1,2\n"});
    CHECK(holed.torn);
}

TEST_CASE("JSON Lines begin with their properties", "[table]") {
    const WorkFolder folder;
    const std::string head = "{\"properties\": {\"run\": \"r\"}}\n", row = "{\"x\": \"\\\"\"}\n";
    const Found found = rows_of(head + row + row + "{\"x\"", 8, TableFormat::jsonl);
    CHECK(found.rows == std::vector<std::string>{row, row});
    CHECK(found.torn);
    CHECK(RowFile("rows", TableFormat::jsonl).head().property("run") == "r");
    CHECK(rows_of(row, 8, TableFormat::jsonl).rows.empty());  // no header, so not a file to go on with
}
