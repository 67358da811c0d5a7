#include "tfqkd/table/table.hpp"

#include <cmath>
#include <limits>

#include "table_helpers.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

Table links() {
    Table table;
    table.add("distance_km", Table::Numbers{100, 200});
    table.add("name", Table::Text{"a", "b"});
    return table;
}

}  // namespace

TEST_CASE("a table keeps its columns in step", "[table]") {
    Table table = links();
    CHECK(table.rows() == 2);
    CHECK(table.has("name"));
    CHECK_FALSE(table.has("nam"));
    CHECK(error_of([&] {
              table.add("name", Table::Numbers{1, 2});
          }) == "data: there are two columns named 'name'");
    CHECK(error_of([&] { table.add("more", Table::Text{"1"}); }) ==
          "data: column 'more' has 1 cells; the other columns have 2");
    CHECK(error_of([] {
              Table({{"a", Table::Numbers{1}}, {"a", Table::Numbers{1}}});
          }) == "data: there are two columns named 'a'");
    CHECK(error_of([] {
              Table({{"a", Table::Numbers{1}}, {"b", Table::Text{}}});
          }) == "data: column 'b' has 0 cells; the other columns have 1");
    CHECK(table.columns().size() == 2);
}

TEST_CASE("a missing column names the nearest one", "[table]") {
    Table table = links();
    CHECK(error_of([&] { table.numbers("distnce_km"); }) ==
          "data: no column 'distnce_km' (did you mean 'distance_km'?); its columns are distance_km, name");
    table.source = "links.csv";
    CHECK(error_of([&] { table.text("loss_db"); }) ==
          "data: links.csv: no column 'loss_db'; its columns are distance_km, name");
    CHECK(error_of([] { Table().numbers("x"); }) == "data: no column 'x'; it has no columns");
}

TEST_CASE("rows know where they came from", "[table]") {
    Table table = links();
    CHECK(table.where(1) == "row 2");
    table.source = "links.csv";
    CHECK(table.where(1) == "links.csv: row 2");
    table.lines = {3, 7};
    CHECK(table.where(1) == "links.csv:7");
}

TEST_CASE("numbers are finite or the cell is named", "[table]") {
    Table table;
    table.add("x", Table::Numbers{1, std::nan("")});
    table.add("y", Table::Numbers{1, std::numeric_limits<double>::infinity()});
    table.add("z", Table::Text{"1", "2"});
    CHECK(error_of([&] { table.numbers("x"); }) == "data: row 2: x is empty; a number is needed");
    CHECK(std::isnan(table.numbers_or_missing("x")[1]));
    CHECK(error_of([&] { table.numbers("y"); }) == "data: row 2: y = inf is not a finite number");
    CHECK(error_of([&] { table.numbers_or_missing("y"); }) == "data: row 2: y = inf is not a finite number");
    CHECK(error_of([&] { table.numbers("z"); }) ==
          "data: row 1: z holds text; write its numbers without quotes");
    CHECK(table.text("x") == Table::Text{"1", ""});
    CHECK(table.text("z") == Table::Text{"1", "2"});
}

TEST_CASE("properties are found by name", "[table]") {
    Table table;
    table.properties = {{"protocol", "sns"}, {"seed", "1"}};
    CHECK(table.property("seed") == "1");
    CHECK(table.property("sed").empty());
}
