#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <random>

#include "table_helpers.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

Table sample() {
    Table table;
    table.add("x", Table::Numbers{0.1, std::nan(""), -1e-9});
    table.add("name, with \"quotes\"", Table::Text{"plain", " spaced ", "#a,\"b\"\n\tc \xC3\xA9 \\"});
    table.properties = {{"protocol", "sns-finite"},
                        {"a key", " odd\nvalue"},
                        {"colon", "a: b"},
                        {"a\": \"b", "\"c\""},
                        {"", "#"},
                        {"empty", ""}};
    return table;
}

void check_same(const Table& a, const Table& b) {
    CHECK(a.properties == b.properties);
    REQUIRE(a.columns().size() == b.columns().size());
    for (std::size_t i = 0; i < a.columns().size(); ++i) {
        CHECK(a.columns()[i].name == b.columns()[i].name);
        CHECK(a.columns()[i].cells.index() == b.columns()[i].cells.index());
        CHECK(a.text(a.columns()[i].name) == b.text(b.columns()[i].name));
    }
}

Table random_numbers(std::size_t rows) {
    std::mt19937_64 random(2);
    Table::Numbers cells;
    while (cells.size() < rows) {
        const double value = std::bit_cast<double>(random());
        if (std::isfinite(value)) cells.push_back(value);
    }
    for (const double value :
         {0.0, -0.0, 5e-324, 1e22, 1e23, 9007199254740993.0, 18446744073709551615.0, -9.3e18}) {
        cells.push_back(value);
    }
    Table table;
    table.add("x", std::move(cells));
    return table;
}

}  // namespace

TEST_CASE("tables come back as they were written", "[table]") {
    for (const TableFormat format : {TableFormat::csv, TableFormat::json, TableFormat::jsonl}) {
        CAPTURE(static_cast<int>(format));
        check_same(read(written(sample(), format), format), sample());
        Table bare = sample();
        bare.properties.clear();
        check_same(read(written(bare, format), format), bare);
    }
}

TEST_CASE("a lonely missing number is a row", "[table]") {
    Table table;
    table.add("x", Table::Numbers{std::nan(""), 1});
    for (const TableFormat format : {TableFormat::csv, TableFormat::json, TableFormat::jsonl}) {
        CHECK(read(written(table, format), format).rows() == 2);
    }
}

TEST_CASE("a CSV column name that looks like another kind of file comes back", "[table]") {
    for (const char* name : {"a;b", "#a", "\xEF\xBB\xBFz", " a "}) {
        CAPTURE(name);
        Table table;
        table.add(name, Table::Text{"t"});
        check_same(read(written(table, TableFormat::csv), TableFormat::csv), table);
    }
}

TEST_CASE("numbers come back bit for bit in every format", "[table]") {
    const Table table = random_numbers(30000);
    for (const TableFormat format : {TableFormat::csv, TableFormat::json, TableFormat::jsonl}) {
        CAPTURE(static_cast<int>(format));
        const Table back = read(written(table, format), format);
        const Table::Numbers& cells = back.numbers("x");
        REQUIRE(cells.size() == table.rows());
        int wrong = 0;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const double value = table.numbers("x")[i];
            if (std::bit_cast<std::uint64_t>(cells[i]) != std::bit_cast<std::uint64_t>(value)) ++wrong;
        }
        CHECK(wrong == 0);
    }
}

TEST_CASE("what each format looks like", "[table]") {
    Table table;
    table.add("distance_km", Table::Numbers{100, 1234567.125});
    table.add("name", Table::Text{"a|b", "\xC3\xA9"});
    table.add("rate", Table::Numbers{std::nan(""), 1.0 / 3});
    table.properties = {{"protocol", "sns"}};
    CHECK(written(table, TableFormat::csv) ==
          "# protocol: sns\ndistance_km,name,rate\n100,a|b,\n1234567.125,\xC3\xA9,0.3333333333333333\n");
    CHECK(written(table, TableFormat::json) ==
          "{\"properties\": {\"protocol\": \"sns\"},\n\"rows\": [\n"
          "{\"distance_km\": 100, \"name\": \"a|b\", \"rate\": null},\n"
          "{\"distance_km\": 1234567.125, \"name\": \"\xC3\xA9\", \"rate\": 0.3333333333333333}\n]}\n");
    CHECK(written(table, TableFormat::jsonl) ==
          "{\"properties\": {\"protocol\": \"sns\"}}\n"
          "{\"distance_km\": 100, \"name\": \"a|b\", \"rate\": null}\n"
          "{\"distance_km\": 1234567.125, \"name\": \"\xC3\xA9\", \"rate\": 0.3333333333333333}\n");
    CHECK(written(table, TableFormat::text) ==
          "distance_km  name      rate\n"
          "        100  a|b          -\n"
          "1.23457e+06  \xC3\xA9     0.333333\n");
    CHECK(written(table, TableFormat::markdown) ==
          "| distance_km | name |     rate |\n"
          "| ----------: | :--- | -------: |\n"
          "|         100 | a\\|b |        - |\n"
          "| 1.23457e+06 | \xC3\xA9    | 0.333333 |\n");
}

TEST_CASE("a table of no rows keeps what the format can hold", "[table]") {
    Table table;
    table.add("x", Table::Numbers{});
    CHECK(written(table, TableFormat::csv) == "x\n");
    CHECK(written(table, TableFormat::json) == "{\"properties\": {},\n\"rows\": []}\n");
    CHECK(written(table, TableFormat::jsonl).empty());
    CHECK(written(table, TableFormat::text) == "x\n");
    std::ostringstream out;
    TableWriter(out, TableFormat::json).finish();
    CHECK(out.str() == "{\"properties\": {},\n\"rows\": []}\n");
}

TEST_CASE("blocks are written as they come, with one head", "[table]") {
    Table block;
    block.add("x", Table::Numbers{1});
    std::ostringstream out;
    TableWriter writer(out, TableFormat::csv);
    writer.write(block);
    CHECK(out.str() == "x\n1\n");
    writer.write(block);
    CHECK(out.str() == "x\n1\n1\n");
    Table other;
    other.add("y", Table::Numbers{1});
    CHECK(error_of([&] { writer.write(other); }) ==
          "data: row 1: the columns differ from those of the rows before");
}

TEST_CASE("infinity is never written", "[table]") {
    Table table;
    table.add("x", Table::Numbers{1, -std::numeric_limits<double>::infinity()});
    for (const TableFormat format :
         {TableFormat::csv, TableFormat::json, TableFormat::jsonl, TableFormat::text}) {
        CHECK(error_of([&] { written(table, format); }) ==
              "data: row 2: x is infinite and can't be written; only finite numbers can");
    }
}

TEST_CASE("JSON text is valid whatever the cells hold", "[table]") {
    Table table;
    table.add("x", Table::Text{"\xFF\x01\"\\"});
    CHECK(read(written(table, TableFormat::json), TableFormat::json).text("x") ==
          Table::Text{"\xEF\xBF\xBD\x01\"\\"});
}

TEST_CASE("a full device is an error, never silence", "[table]") {
    for (const TableFormat format : {TableFormat::csv, TableFormat::json, TableFormat::text}) {
        std::ofstream full("/dev/full");
        REQUIRE(full);
        CHECK(error_of([&] { write_table(full, format, sample()); }) ==
              "io: can't write the output: No space left on device");
    }
}
