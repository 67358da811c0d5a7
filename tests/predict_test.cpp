#include <cstdlib>

#include "catch.hpp"
#include "cli/model_library.hpp"
#include "run_program.hpp"
#include "sizes.hpp"
#include "table_helpers.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/density.hpp"
#include "tfqkd/math/random.hpp"

#include <nlohmann/json.hpp>

// What a model says where it does not know, and what predict does about it.
using namespace tfqkd;
using namespace tfqkd::test;

namespace {

Table table_of(const Outcome& outcome) {
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    std::istringstream in(outcome.out);
    return read_table(in, TableFormat::csv, "output");
}

// Rows over the unit square but for a hole in the middle.
Matrix ring(int rows) {
    Matrix inputs(rows, 2);
    for (int row = 0, draw = 0; row < rows; ++draw) {
        const double x = uniform(1, Purpose::sample, static_cast<std::uint64_t>(draw), 0),
                     y = uniform(1, Purpose::sample, static_cast<std::uint64_t>(draw), 1);
        if (std::abs(x - 0.5) < 0.2 && std::abs(y - 0.5) < 0.2) continue;
        inputs.row(row++) << x, y;
    }
    return inputs;
}

int sparse_at(const Density& density, std::initializer_list<double> place) {
    Matrix input(1, static_cast<Eigen::Index>(place.size()));
    std::copy(place.begin(), place.end(), input.data());
    return density.sparse_pairs(input).at(0);
}

const char* const domain =
    " --range distance_km=0:300 --range pulses=1e12:1e15 --set misalignment=0.03 --set "
    "detector_efficiency=0.5"
    " --set dark_count_probability=1e-8 --set error_correction_inefficiency=1.1";

void make_model() {
    REQUIRE(run_line(std::string("generate --quiet --rows ") + cases("600", "120") + domain + " -o data.csv")
                .code == 0);
    REQUIRE(run_line("train --quiet --data data.csv --hidden 6 --epochs 15 -o m.json").code == 0);
}

// A variable of the environment while it lives.
class Environment {
  public:
    Environment(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    ~Environment() { ::unsetenv(name_); }

  private:
    const char* name_;
};

}  // namespace

TEST_CASE("Density knows holes that no input shows by itself", "[predict]") {
    const Matrix inputs = ring(4000);
    const Density density(inputs);
    CHECK(sparse_at(density, {0.5, 0.5}) == 0);
    CHECK(sparse_at(density, {0.45, 0.55}) == 0);
    CHECK(sparse_at(density, {0.1, 0.5}) == -1);
    CHECK(sparse_at(density, {0.9, 0.1}) == -1);
    // Rows that it was made of are dense, up to those that share their cell with next to none.
    const std::vector<int> own = density.sparse_pairs(inputs);
    CHECK(std::count(own.begin(), own.end(), 0) <= 4);
    // Values on a grid leave no holes between them.
    Matrix grid(70, 2);
    for (int k = 0; k < 70; ++k) grid.row(k) << k % 7, k / 7;
    const Density on_grid(grid);
    for (const double x : {0.0, 0.5, 2.7, 6.0})
        for (const double y : {0.0, 0.5, 4.4, 9.0}) CHECK(sparse_at(on_grid, {x, y}) == -1);
    // One input: its own cells.
    Matrix line(1000, 1);
    for (int k = 0; k < 1000; ++k) line(k, 0) = k < 500 ? k * 1e-3 : 1 + k * 1e-3;
    const Density gap(line);
    CHECK(sparse_at(gap, {1.0}) == 0);
    CHECK(sparse_at(gap, {0.2}) == -1);
    CHECK(sparse_at(Density(), {0.2}) == -1);
    CHECK(sparse_at(density, {std::nan(""), 1e300}) >= -1);
}

TEST_CASE("Density is the same when read back, and refuses what is not one", "[predict]") {
    const Matrix inputs = ring(500);
    const Density density(inputs);
    const nlohmann::json saved = density.save();
    const Density copy = Density::load(saved, 2);
    CHECK(copy.save() == saved);
    CHECK(copy.sparse_pairs(inputs) == density.sparse_pairs(inputs));
    const auto refused = [&](const auto& change, const char* text) {
        nlohmann::json wrong = saved;
        change(wrong);
        CHECK_THROWS_WITH(Density::load(wrong, 2), contains_text(text));
    };
    CHECK_THROWS_WITH(Density::load(saved, 3), contains_text("one entry for each input"));
    refused([](auto& d) { d.erase("rows"); }, "rows");
    refused([](auto& d) { d["rows"] = 0; }, "rows");
    refused([](auto& d) { d["axes"][0]["cells"] = 1000; }, "cells");
    refused([](auto& d) { d["counts"].erase(0); }, "counts");
    refused([](auto& d) { d["counts"][0].erase(0); }, "counts");
    refused([](auto& d) { d["counts"][0][0] = -1; }, "counts");
    refused([](auto& d) { d["counts"] = 3; }, "counts");
}

TEST_CASE("Polish and fallback give the better of the two and say which", "[predict][threads]") {
    const WorkFolder folder;
    make_model();
    const std::string links =
        " --sweep distance_km=20:380:60 --pulses 1e13 --misalignment 0.03 --detector-efficiency "
        "0.5 --dark-count-probability 1e-8 --error-correction-inefficiency 1.1";
    const Table plain = table_of(run_line("predict --quiet --model m.json" + links));
    const Table polished = table_of(run_line("predict --quiet --polish 5 --model m.json" + links));
    const Outcome told = run_line("predict --fallback --model m.json" + links);
    const Table searched = table_of(told);
    const Table best = table_of(run_line("optimize --quiet" + links));
    CHECK(told.err.find("rows searched for instead: ") != std::string::npos);
    const auto rate = [](const Table& table, std::size_t row) {
        return table.numbers("key_rate_bit_per_pulse")[row];
    };
    for (std::size_t row = 0; row < plain.rows(); ++row) {
        INFO("row " << row);
        CHECK(plain.text("method")[row] == "bpnn");
        CHECK(rate(polished, row) >= rate(plain, row));
        CHECK(rate(searched, row) >= rate(plain, row));
        const bool outside = !plain.text("outside")[row].empty();
        CHECK(outside == (20 + 60 * static_cast<double>(row) > 300));
        if (outside) {
            CHECK(searched.text("method")[row] != "bpnn");
            CHECK(rate(searched, row) == Approx(rate(best, row)).epsilon(1e-9));
        } else {
            CHECK(polished.text("method")[row] == "polish");
            CHECK(rate(polished, row) > cases(0.9999, 0.9) * rate(best, row));
        }
    }
    CHECK(run_line("predict --quiet --strict --model m.json" + links).code == 1);
    CHECK(run_line("predict --quiet --strict --fallback --model m.json" + links).code == 0);
    CHECK(
        run_line("predict --quiet --strict --fallback --model m.json --distance-km 900 --pulses 1e12").code ==
        1);
    const std::string both = "predict --quiet --polish 3 --fallback --model m.json --threads ";
    CHECK(run_line(both + "1" + links).out == run_line(both + "3" + links).out);
    // What predict wrote is a table of links again.
    put_file("p.csv", run_line("predict --quiet --model m.json" + links).out);
    CHECK(table_of(run_line("predict --quiet --model m.json --links p.csv")).rows() == plain.rows());
}

TEST_CASE("A gap between trained ranges is sparse, and strict", "[predict]") {
    const WorkFolder folder;
    const std::string tail =
        " --set misalignment=0.03 --set detector_efficiency=0.5 --set dark_count_probability=1e-8"
        " --set error_correction_inefficiency=1.1 -o ";
    const std::string rows = "generate --quiet --rows 200";
    REQUIRE(run_line(rows + " --range distance_km=0:60 --range pulses=1e12:1e15" + tail + "near.csv").code ==
            0);
    REQUIRE(
        run_line(rows + " --range distance_km=240:300 --range pulses=1e12:1e15" + tail + "far.csv").code ==
        0);
    std::string far = file_text("far.csv");
    std::istringstream lines(far);
    std::string line, all = file_text("near.csv");
    while (std::getline(lines, line))
        if (!line.starts_with('#') && !line.starts_with("index")) all += line + "\n";
    put_file("data.csv", all);
    REQUIRE(run_line("train --quiet --data data.csv --network polynomial --degree 2 -o m.json").code == 0);
    const std::string link =
        "predict --strict --model m.json --misalignment 0.03 --detector-efficiency 0.5 "
        "--dark-count-probability 1e-8 --error-correction-inefficiency 1.1 --pulses 1e13";
    CHECK(run_line(link + " --distance-km 30").code == 0);
    const Outcome gap = run_line(link + " --distance-km 150");
    CHECK(gap.code == 1);
    CHECK(gap.out.find("arm_a_loss_db+pulses") != std::string::npos);
    CHECK(gap.err.find("next to no training rows: 1") != std::string::npos);
    CHECK(run_line(link + " --distance-km 150 --fallback").code == 0);
}

TEST_CASE("Models are found by name", "[predict]") {
    const WorkFolder folder;
    make_model();
    std::filesystem::create_directory("shelf");
    const std::string link = "predict --quiet --distance-km 100 --model ";
    const Outcome by_file = run_line(link + "m.json");
    REQUIRE(by_file.code == 0);
    const Environment shelf("TFQKD_MODEL_DIR", std::filesystem::absolute("shelf").string());
    CHECK(cli::model_folders().front() == std::filesystem::absolute("shelf").string());
    CHECK(run_line(link + "sns").code == 2);
    std::filesystem::copy_file("m.json", "shelf/sns-small.json");
    const Outcome by_name = run_line(link + "sns-small");
    CHECK(by_name.code == 0);
    CHECK(by_name.out == by_file.out);
    const Outcome mistyped = run_line(link + "sns-smal");
    CHECK(mistyped.code == 2);
    CHECK(mistyped.err.find("did you mean 'sns-small'?") != std::string::npos);
    CHECK(mistyped.err.find("there are: ") != std::string::npos);
    // A name with a folder or an ending is a file and nothing else.
    CHECK(run_line(link + "sns-small.json").code == 4);
    CHECK(run_line(link + "./sns-small").code == 4);
    // A file of that name comes first.
    put_file("sns-small", "{}");
    CHECK(run_line(link + "sns-small").code == 3);
}
