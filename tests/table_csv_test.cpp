#include <cmath>
#include <string>

#include "table_helpers.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

Table csv(const std::string& text) { return read(text, TableFormat::csv); }
std::string refused(const std::string& text) { return refusal(text, TableFormat::csv); }
std::string number_refused(const std::string& text) {
    return error_of([&] { csv(text).numbers("x"); });
}

}  // namespace

TEST_CASE("CSV: properties, comments, blanks and trimmed cells", "[table]") {
    const Table table =
        csv("# protocol: sns-finite\n#seed: 7\n# just words: no property\n# see http://x.org\n# url:http\n# "
            "bare\n\n"
            "  distance_km ,\tname\n 100 , a b \n# between: rows\n  # and this\n\n2e2,\n");
    CHECK(table.properties ==
          std::vector<std::pair<std::string, std::string>>{{"protocol", "sns-finite"}, {"seed", "7"}});
    CHECK(table.numbers("distance_km") == Table::Numbers{100, 200});
    CHECK(table.text("name") == Table::Text{"a b", ""});
    CHECK(table.source == "f");
    CHECK(table.lines == std::vector<std::size_t>{9, 13});
}

TEST_CASE("CSV: byte-order mark, CRLF, no last line end", "[table]") {
    const Table table = csv("\xEF\xBB\xBFx,y\r\n1,a\r\n2,b");
    CHECK(table.numbers("x") == Table::Numbers{1, 2});
    CHECK(table.text("y") == Table::Text{"a", "b"});
    CHECK(csv("x").rows() == 0);
    CHECK(csv("\xEF\xBB\xBF# k: v\nx\n").property("k") == "v");
}

TEST_CASE("CSV: quoted cells", "[table]") {
    const Table table =
        csv("\"x, or so\",\"y\"\n 1 , \"a \"\"b\"\", c\" \n2,\"two\r\nlines\"\n3,\"\"\n\"4\",\" s \"\n");
    CHECK(table.numbers("x, or so") == Table::Numbers{1, 2, 3, 4});
    CHECK(table.text("y") == Table::Text{"a \"b\", c", "two\nlines", "", " s "});
    CHECK(table.lines == std::vector<std::size_t>{2, 3, 5, 6});
}

TEST_CASE("CSV: empty cells are missing numbers", "[table]") {
    const Table table = csv("x,y\n,1\n2,\n");
    CHECK(std::isnan(table.numbers_or_missing("x")[0]));
    CHECK(table.numbers_or_missing("x")[1] == 2);
    CHECK(error_of([&] { table.numbers("y"); }) == "data: f:3: y is empty; a number is needed");
}

TEST_CASE("CSV: text is the same in whichever block it stands", "[table]") {
    CHECK(csv("id\n007\nx\n007\n").text("id") == Table::Text{"7", "x", "7"});
    CHECK(csv("id\n007\n").text("id") == Table::Text{"7"});
}

TEST_CASE("CSV: a bad number is named when it is asked for", "[table]") {
    CHECK(number_refused("x\n1\n# c\n2m\n3k\n") ==
          "data: f:4: x = '2m' is not a number; write digits only, such as 0.5 or 1e-9");
    CHECK(number_refused("x\n1\nnan\n") == "data: f:3: x = 'nan' is not a finite number");
    CHECK(number_refused("x\n-Inf\n") == "data: f:2: x = '-Inf' is not a finite number");
    CHECK(number_refused("x\n\"0,5\"\n") ==
          "data: f:2: x = '0,5' is not a number; decimals take a point: write 0.5");
    CHECK(number_refused("x,y\nz,1\n,2\n").starts_with("data: f:2: x = 'z' "));
    CHECK(number_refused("x,y\n,1\nz,2\n") == "data: f:2: x is empty; a number is needed");
    CHECK(error_of([] { csv("x,y\n,1\nz,2\n").numbers_or_missing("x"); }).starts_with("data: f:3: x = 'z' "));
}

TEST_CASE("CSV: a bad header is refused", "[table]") {
    CHECK(refused("").starts_with("data: f:1: no header; the first row must name the columns"));
    CHECK(refused("# k: v\n\n").starts_with("data: f:3: no header; "));
    CHECK(refused("100,200\n").starts_with("data: f:1: no header: found numbers ('100')"));
    CHECK(refused("a,b,a\n") == "data: f:1: two columns are named 'a'; rename or remove one");
    CHECK(refused("a,,b\n") == "data: f:1: column 2 has no name; name each column");
    CHECK(refused("a,b,\n") == "data: f:1: column 3 has no name; name each column");
    CHECK(refused("a,\"b\nc\"\n") == "data: f:2: a control character in the column name 'b\\x0ac'");
    CHECK(refused("a;b\n1;2\n")
              .starts_with("data: f:1: the cells are parted by semicolons; part them by commas"));
    CHECK(
        refused("a\tb\n1\t2\n").starts_with("data: f:1: the cells are parted by tabs; part them by commas"));
    CHECK(refused("a,b\r1,2\r") == "data: f:1: a carriage return inside the line; end lines with LF or CRLF");
    CHECK(refused("# k: 1\n# k: 2\na\n") == "data: f:2: the property 'k' is there twice; leave one");
    CHECK(refused(std::string("\xFF\xFE") + "a\n") ==
          "data: f:1: this is UTF-16 text; save the table as UTF-8");
    CHECK(refused("\x1F\x8B\x08 \n") == "data: f:1: this is a compressed file; unpack it first (gunzip)");
}

TEST_CASE("CSV: ragged rows are refused", "[table]") {
    CHECK(
        refused("a,b\n1,2\n3\n") ==
        "data: f:3: found 1 cell, expected 2 as in the header; leave a cell empty where a value is missing");
    CHECK(refused("a,b\n1,x,y\n") ==
          "data: f:2: found 3 cells, expected 2 as in the header; put a cell that holds a comma in quotes");
    CHECK(refused("a,b\n0,5,1\n") ==
          "data: f:2: found 3 cells, expected 2 as in the header; if a comma was meant as a decimal point, "
          "write 0.5");
}

TEST_CASE("CSV: bad quotes are refused", "[table]") {
    CHECK(refused("a\n\"x\ny\n") == "data: f:2: a quoted cell has no closing quote; end it with \"");
    CHECK(refused("a\n\"x\"y\n")
              .starts_with("data: f:2: text after the closing quote of 'x'; put the whole cell"));
    CHECK(refused("a,b\n1,5\" pipe\n")
              .starts_with("data: f:2: a quote inside the cell '5\" pipe'; put the whole"));
    std::string long_cell = "a\n\"";
    for (int i = 0; i < 300000; ++i) long_cell += "1234\n";
    CHECK(refused(long_cell) == "data: f:2: a quoted cell has no closing quote within 1 MiB; end it with \"");
}

TEST_CASE("CSV: what is no text, or too large, is refused", "[table]") {
    CHECK(refused(std::string("a\n1\0\n", 5)).starts_with("data: f:2: a zero byte: this is not a text file"));
    const std::string mib(std::size_t{1} << 20, '1');
    CHECK(csv("a\n\"" + mib.substr(2) + "\"\n").rows() == 1);
    CHECK(refused("a\n" + mib + "1\n").starts_with("data: f:2: the line is longer than 1 MiB"));
    CHECK(refused("a\n" + mib + mib + mib).starts_with("data: f:2: the line is longer than 1 MiB"));
    std::string wide = "c0";
    for (int i = 1; i < 10000; ++i) wide += ",c" + std::to_string(i);
    CHECK(csv(wide + "\n").columns().size() == 10000);
    CHECK(refused(wide + ",more\n") == "data: f:1: more than 10000 cells in a row; is this a table?");
}
