#include "catch.hpp"
#include "run_program.hpp"
#include "tfqkd/learn/folds.hpp"
#include "tfqkd/table/table_io.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

const std::string tune =
    "train --data data.csv --network polynomial --tune --try degree=1,2,3 --folds 3 --quiet ";

class Data {
  public:
    Data() { REQUIRE(run_line("generate --rows 150 --seed 4 --quiet -o data.csv").code == 0); }

  private:
    WorkFolder folder_;
};

}  // namespace

TEST_CASE("each row is held out in exactly one fold", "[tuning]") {
    const Data data;
    const TrainingRows rows = read_training_rows(read_table("data.csv"));
    Eigen::Index held_out = 0;
    for (int k = 0; k < 4; ++k) {
        const Fold fold = fold_of(rows, k, 4, 1);
        CHECK(fold.training.links.rows() + fold.held_out.links.rows() == rows.links.rows());
        CHECK(fold.held_out.points.rows() == fold.held_out.rate.size());
        held_out += fold.held_out.links.rows();
    }
    CHECK(held_out == rows.links.rows());
}

TEST_CASE("tuning gives the same table for any threads, shards and stops", "[tuning][threads]") {
    const Data data;
    REQUIRE(run_line(tune + "--threads 1 -o one.csv").code == 0);
    REQUIRE(run_line(tune + "--threads 2 -o two.csv").code == 0);
    const std::string whole = file_text("one.csv");
    CHECK(whole == file_text("two.csv"));
    CHECK(read_table("one.csv").rows() == 9);
    for (const char* shard : {"1", "2"})
        REQUIRE(run_line(tune + "--shard " + shard + "/2 -o part" + shard + ".csv").code == 0);
    REQUIRE(run_line("merge part1.csv part2.csv --quiet -o merged.csv").code == 0);
    CHECK(file_text("merged.csv") == whole);
    const auto third = whole.find("\n2,");
    put_file("stopped.csv.partial", whole.substr(0, third + 1));
    REQUIRE(run_line(tune + "--resume -o stopped.csv").code == 0);
    CHECK(file_text("stopped.csv") == whole);
}

TEST_CASE("a model is trained with the settings that kept most of the key rate", "[tuning]") {
    const Data data;
    REQUIRE(run_line(tune + "-o table.csv").code == 0);
    const Table table = read_table("table.csv");
    double best = 0;
    std::string best_setting;
    for (std::size_t setting = 0; setting < 3; ++setting) {
        double mean = 0;
        for (std::size_t fold = 0; fold < 3; ++fold) mean += table.numbers("mean_ratio")[3 * setting + fold];
        if (mean > best) {
            best = mean;
            best_setting = table.text("setting")[3 * setting];
        }
    }
    const Outcome tuned = run_line("train --data data.csv --tuned table.csv -o tuned.json");
    REQUIRE(tuned.code == 0);
    CHECK(tuned.err.find("polynomial " + best_setting + " is the best of 3 settings") != std::string::npos);
    const std::string degree = best_setting.substr(best_setting.find('=') + 1);
    REQUIRE(
        run_line("train --data data.csv --network polynomial --degree " + degree + " --quiet -o same.json")
            .code == 0);
    CHECK(file_text("tuned.json") == file_text("same.json"));
}
