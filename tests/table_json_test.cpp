#include <cmath>
#include <string>

#include "table_helpers.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

Table json(const std::string& text) { return read(text, TableFormat::json); }
Table lines(const std::string& text) { return read(text, TableFormat::jsonl); }
std::string json_refused(const std::string& text) { return refusal(text, TableFormat::json); }
std::string lines_refused(const std::string& text) { return refusal(text, TableFormat::jsonl); }

}  // namespace

TEST_CASE("JSON: an array of rows, or rows with properties", "[table]") {
    const Table rows = json("[{\"x\": 1, \"n\": \"a\"},\n\n{\"n\": \"b\", \"x\": null}]");
    CHECK(rows.numbers_or_missing("x")[0] == 1);
    CHECK(std::isnan(rows.numbers_or_missing("x")[1]));
    CHECK(rows.text("n") == Table::Text{"a", "b"});
    CHECK(rows.lines == std::vector<std::size_t>{1, 3});
    const Table whole = json(
        "\xEF\xBB\xBF {\"rows\": [{\"x\": -2.5e-3}],\r\n\"properties\": {\"a\": \"b\", \"seed\": "
        "18446744073709551615, \"t\": 0.5, \"on\": true}}\n");
    CHECK(whole.numbers("x") == Table::Numbers{-0.0025});
    CHECK(whole.property("a") == "b");
    CHECK(whole.property("seed") == "18446744073709551615");
    CHECK(whole.property("t") == "0.5");
    CHECK(whole.property("on") == "true");
    CHECK(json("[]").rows() == 0);
    CHECK(json("{\"rows\": []}").columns().empty());
}

TEST_CASE("JSON Lines: rows after properties", "[table]") {
    const Table table = lines("{\"properties\": {\"a\": \"b\"}}\n\n{\"x\": 1}\r\n{\"x\": 2}");
    CHECK(table.property("a") == "b");
    CHECK(table.numbers("x") == Table::Numbers{1, 2});
    CHECK(table.lines == std::vector<std::size_t>{3, 4});
    CHECK(lines("").rows() == 0);
    CHECK(lines("{\"properties\": {}}\n").columns().empty());
    // A column may have that name.
    CHECK(lines("{\"properties\": 1}\n{\"properties\": 2}\n").numbers("properties") == Table::Numbers{1, 2});
}

TEST_CASE("JSON: text and numbers in one column are text", "[table]") {
    const Table table = json("[{\"x\": 1.5}, {\"x\": \"one\"}, {\"x\": null}]");
    CHECK(table.text("x") == Table::Text{"1.5", "one", ""});
    CHECK(error_of([&] { table.numbers("x"); }).starts_with("data: f:1: x = 'one' is not a number"));
    CHECK(error_of([] { json("[\n{\"x\": \"1\"}]").numbers("x"); }) ==
          "data: f:2: x holds text; write its numbers without quotes");
}

TEST_CASE("JSON: a document of another shape is refused", "[table]") {
    const std::string expected = "; expected an array of rows, or {\"properties\": {}, \"rows\": []}";
    CHECK(json_refused("1") == "data: f:1: found a number" + expected);
    CHECK(json_refused("\"x\"") == "data: f:1: found a text" + expected);
    CHECK(json_refused("{}") == "data: f:1: found no \"rows\"" + expected);
    CHECK(json_refused("{\"row\": []}") ==
          "data: f:1: found the key 'row' (did you mean 'rows'?)" + expected);
    CHECK(json_refused("{\"rows\": {}}") == "data: f:1: found an object" + expected);
    CHECK(json_refused("{\"rows\": 1}") == "data: f:1: found a number" + expected);
    CHECK(json_refused("{\"properties\": []}") == "data: f:1: found an array" + expected);
    CHECK(json_refused("{\"rows\": [],\n\"rows\": []}") == "data: f:2: the key 'rows' is there twice");
    CHECK(json_refused("[\n1]") ==
          "data: f:2: found a number in place of a row; a row is an object of named cells");
    CHECK(json_refused("[[]]").starts_with("data: f:1: found an array in place of a row"));
    CHECK(json_refused("[{}]") == "data: f:1: the row has no cells; name at least one");
    CHECK(json_refused(std::string(1000000, '[')).starts_with("data: f:1: found an array in place of a row"));
}

TEST_CASE("JSON: bad rows are refused with their line", "[table]") {
    CHECK(json_refused("[{\"x\": 1, \"y\": 2},\n{\"x\": 3}]") ==
          "data: f:2: the row has no 'y', which the first row has");
    CHECK(json_refused("[{\"distance_km\": 1},\n{\"distanc_km\": 3}]") ==
          "data: f:2: found the key 'distanc_km' (did you mean 'distance_km'?), which the first row has not");
    CHECK(json_refused("[{\"x\": 1,\n\"x\": 2}]") ==
          "data: f:2: the key 'x' is there twice in one row; leave one");
    CHECK(json_refused("[{\"x\": 1},{\"x\": 1, \"x\": 2}]") ==
          "data: f:1: the key 'x' is there twice in one row; leave one");
    CHECK(json_refused("[{\"x\": [1]}]") ==
          "data: f:1: the cell 'x' is an array; a cell is a number, a text or null");
    CHECK(json_refused("[{\"x\":\n{\"y\": 1}}]") ==
          "data: f:2: the cell 'x' is an object; a cell is a number, a text or null");
    CHECK(json_refused("[{\"\\u001b\": 1}]") == "data: f:1: a control character in the column name '\\x1b'");
    CHECK(json_refused("[{\"\": 1}]") == "data: f:1: a cell has no name; name each column");
}

TEST_CASE("JSON: bad properties are refused", "[table]") {
    CHECK(json_refused("{\"properties\": {\"a\": null}}") ==
          "data: f:1: the property 'a' is null; leave it out");
    CHECK(json_refused("{\"properties\": {\"a\": {}}}") ==
          "data: f:1: the property 'a' is an object; a property is a text or a number");
    CHECK(json_refused("{\"properties\": {\"a\": 1, \"a\": 2}}") ==
          "data: f:1: the property 'a' is there twice; leave one");
    CHECK(lines_refused("{\"properties\": {}, \"x\": 1}").starts_with("data: f:1: found the key 'x' beside"));
    CHECK(lines_refused("{\"properties\": {\"a\": {\"b\": 1}}}")
              .starts_with("data: f:1: the property 'a' is an object"));
    CHECK(lines_refused("{\"properties\": {}}\n{\"properties\": {}}\n")
              .starts_with("data: f:2: the cell 'properties' is an object"));
    CHECK(lines_refused("{\"properties\": []}").starts_with("data: f:1: the cell 'properties' is an array"));
}

TEST_CASE("JSON: syntax errors name line and column", "[table]") {
    CHECK(json_refused("[{\"x\": 1},\n {\"x\" 2}]")
              .starts_with("data: f:2: not valid JSON: column 7: syntax error"));
    CHECK(json_refused("").starts_with("data: f:1: not valid JSON: column 1: "));
    CHECK(json_refused("[{\"x\": 1}").starts_with("data: f:1: not valid JSON: "));
    CHECK(json_refused(std::string("[]\n\0 junk", 9))
              .starts_with("data: f:2: a zero byte: this is not a text file"));
    CHECK(json_refused("[] 1").starts_with("data: f:1: not valid JSON: "));
    CHECK(json_refused("[{\"x\": NaN}]")
              .ends_with("; a missing number is written null, an infinite one not at all"));
    CHECK(json_refused("[{\"x\": 1e999}]") == "data: f:1: not valid JSON: number overflow parsing '1e999'");
    CHECK(json_refused("[{\"x\": \"\xFF\"}]").starts_with("data: f:1: not valid JSON: "));
    CHECK(lines_refused("{\"x\": 1}\n\n{\"x\": }\n")
              .starts_with("data: f:3: not valid JSON: column 7: syntax error"));
    CHECK(lines_refused("{\"x\": 1} {\"x\": 2}\n").starts_with("data: f:1: not valid JSON: "));
    CHECK(lines_refused("{\"x\": 1}\n[1]\n") ==
          "data: f:2: found an array; each line must be one object of named cells");
    CHECK(lines_refused("1\n") == "data: f:1: found a number; each line must be one object of named cells");
    CHECK(lines_refused("{\"x\": 1}\n{\"y\": 1}\n").starts_with("data: f:2: found the key 'y', which"));
}
