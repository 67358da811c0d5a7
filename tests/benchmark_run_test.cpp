#include "catch.hpp"
#include "run_program.hpp"
#include "tfqkd/table/table_io.hpp"

using namespace tfqkd;
using namespace tfqkd::test;
namespace fs = std::filesystem;

namespace {

const std::string compare =
    "benchmark --data one.csv --data two.csv --data pairs.csv --train one.csv --model grnn.json --model "
    "ridge.json --method lsa --method auto --quiet ";

// The current folder with test sets of two protocols, one of them partly beyond what the models have seen.
class Sets {
  public:
    Sets() {
        for (const char* line :
             {"generate --rows 50 --range distance_km=0:200 --quiet -o one.csv",
              "generate --rows 12 --seed 2 --range distance_km=100:300 --quiet -o two.csv",
              "generate --rows 9 --seed 3 --protocol pm-decoy --range distance_km=0:200 --quiet -o pairs.csv",
              "train --data one.csv --network grnn --quiet -o grnn.json",
              "train --data one.csv --network polynomial --degree 2 --quiet -o ridge.json"})
            REQUIRE(run_line(line).code == 0);
    }

  private:
    WorkFolder folder_;
};

std::string output_of(const std::string& line) {
    const Outcome outcome = run_line(line);
    CAPTURE(line, outcome.err);
    REQUIRE(outcome.code == 0);
    return outcome.out;
}

}  // namespace

TEST_CASE("shards of a benchmark on any number of threads merge to the bytes of the whole",
          "[long][threads]") {
    const Sets sets;
    for (const std::string ending : {".csv", ".jsonl"}) {
        output_of(compare + "--show links --threads 2 -o whole" + ending);
        const std::string whole = file_text("whole" + ending);
        for (const auto& [shards, threads] : {std::pair{1, 1}, {3, 2}, {7, 1}}) {
            CAPTURE(shards, threads, ending);
            std::string merge = "merge --quiet --force -o merged" + ending;
            for (int k = 1; k <= shards; ++k) {
                const std::string part = "part-" + std::to_string(k) + ending;
                output_of(compare + "--show links --force --threads " + std::to_string(threads) +
                          " --shard " + std::to_string(k) + "/" + std::to_string(shards) + " -o " + part);
                merge += " " + part;
            }
            output_of(merge);
            CHECK(file_text("merged" + ending) == whole);
        }
    }
}

TEST_CASE("a benchmark that was stopped is gone on with to the same bytes", "[long]") {
    const Sets sets;
    const std::string run = compare + "--show links -o ";
    output_of(run + "whole.csv");
    const std::string whole = file_text("whole.csv");
    for (int part = 0; part < 5; ++part) {
        put_file("cut.csv.partial", whole.substr(0, whole.size() * part / 5 + 7));
        output_of(run + "cut.csv --resume");
        REQUIRE(file_text("cut.csv") == whole);
        fs::remove("cut.csv");
    }
    CHECK(run_line(run + "late.csv --max-time 0.000001s").code == 130);
    CHECK(fs::exists("late.csv.partial"));
    output_of(run + "late.csv --resume");
    CHECK(file_text("late.csv") == whole);
    const std::size_t rows = read_table("whole.csv").rows();
    CHECK_THAT(output_of(run + "dry.csv --dry-run"), contains_text(" " + std::to_string(rows) + "\n"));
    CHECK_FALSE(fs::exists("dry.csv"));
}

TEST_CASE("a benchmark's names may be longer in later rows, in NPY too", "[long]") {
    const Sets sets;
    fs::copy("two.csv", "two-with-a-name-of-more-than-32-letters.csv");
    const std::string run =
        "benchmark --data one.csv --data two-with-a-name-of-more-than-32-letters.csv --model grnn.json "
        "--show links --quiet -o ";
    output_of(run + "links.npy");
    output_of(run + "links.csv");
    CHECK_THAT(file_text("links.csv"), contains_text("more-than-32-letters, outside"));
    output_of("diff links.npy links.csv --tolerance 0");
}

TEST_CASE("a shard of a benchmark without a link has the columns", "[long]") {
    const Sets sets;
    output_of("benchmark --data pairs.csv --show links --shard 50/50 --quiet -o none.csv");
    const Table table = read_table("none.csv");
    CHECK(table.rows() == 0);
    CHECK(table.has("ratio"));
}

TEST_CASE("what a benchmark shows does not hang on whether it is measured or read", "[long]") {
    const Sets sets;
    output_of(compare + "--show links -o links.csv");
    const Table links = read_table("links.csv");
    const Table::Text names = links.text("test_set");
    CHECK(std::count(names.begin(), names.end(), "two, outside") > 0);
    for (const std::string show :
         {"summary --passes 0", "intervals", "bins --bins 3", "worst --worst 2", "links"}) {
        CAPTURE(show);
        CHECK(output_of("benchmark --from links.csv --quiet --show " + show) ==
              output_of(compare + "--show " + show));
    }
    const std::string from = "benchmark --from links.csv --quiet --compare base.json ";
    output_of(compare + "--passes 0 --compare base.json --update-baseline");
    const std::string baseline = file_text("base.json");
    output_of(from);
    output_of(from + "--update-baseline");
    CHECK(file_text("base.json") == baseline);
}
