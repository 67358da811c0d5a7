#include <filesystem>
#include <regex>

#include "catch.hpp"
#include "golden.hpp"
#include "run_program.hpp"
#include "tfqkd/table/table_io.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

// A run as a reader of a terminal would see it, for a golden file.
std::string session(const std::string& line, const std::string& input = "") {
    const Outcome outcome = run_line(line, input);
    return "$ tfqkd " + line + "\n" + outcome.out + (outcome.err.empty() ? "" : "--- standard error\n") +
           outcome.err + (outcome.code == 0 ? "" : "--- exit code " + std::to_string(outcome.code) + "\n") +
           "\n";
}

std::string sessions(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += session(line);
    return text;
}

std::string masked(const std::string& text, const char* pattern, const char* with) {
    return std::regex_replace(text, std::regex(pattern), with);
}

std::string without_seconds(const std::string& text) {
    return masked(masked(text, "[-+.e0-9]+ s\\b", "TIME s"), "[-+.e0-9]+/s", "SPEED/s");
}

// A session whose CSV tables have ~ in the columns named in `names`: numbers that are noise or times.
std::string with_masked_columns(const std::string& text, const std::vector<std::string>& names) {
    std::string result;
    std::vector<bool> masked;  // of each column of the table that the line is in
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.empty() || line.find_first_of("#$-") == 0) {
            masked.clear();
            result += line + "\n";
            continue;
        }
        const bool header = masked.empty();
        std::size_t column = 0;
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ','); ++column) {
            if (header) masked.push_back(std::find(names.begin(), names.end(), cell) != names.end());
            result += (column ? "," : "") + (!header && masked.at(column) ? "~" : cell);
        }
        result += line.back() == ',' ? ",\n" : "\n";
    }
    return result;
}

// How often a search asks and how flat it ends is noise on another processor.
std::string without_noise(const std::string& csv) {
    return with_masked_columns(csv, {"projected_slope", "evaluations"});
}

// A small data set and a network of each kind in the current folder.
void make_models() {
    REQUIRE(
        run_line("generate --rows 80 --range distance_km=0:300 --set pulses=1e13 --quiet -o data.csv").code ==
        0);
    for (const char* network :
         {"bpnn --hidden 6", "rbfnn --max-centres 20", "grnn", "polynomial --degree 2"}) {
        const std::string kind = words_of(network)[0];
        REQUIRE(run_line("train --data data.csv --quiet --network " + std::string(network) + " -o " + kind +
                         ".json")
                    .code == 0);
    }
}

double key_rate(const std::string& csv) {
    std::istringstream in(csv);
    const Table table = read_table(in, TableFormat::csv, "result");
    return table.numbers("key_rate_bit_per_pulse").at(0);
}

}  // namespace

TEST_CASE("help texts are as a person should read them", "[cli]") {
    check_golden("help.txt", session("--help"));
    for (const char* command :
         {"protocols", "rate", "optimize", "generate", "train", "predict", "benchmark", "export", "serve",
          "merge", "convert", "rerun", "diff", "doctor", "plot", "report", "manual"})
        check_golden("help-" + std::string(command) + ".txt", session(std::string(command) + " --help"));
}

TEST_CASE("doctor says what is there, what is missing, and with --strict fails for it", "[cli]") {
    const WorkFolder folder;
    const std::string models = std::filesystem::current_path().string();
    put_file("mine.json", "{}");
    const Outcome outcome = run_line("doctor");
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.out, contains_text("doubles a register,"));
    CHECK_THAT(outcome.out, contains_text("this folder,ok,\"can be written"));
    const char* const before = std::getenv("PATH");
    const std::string path = before ? before : "";
    setenv("PATH", models.c_str(), 1);
    setenv("TFQKD_MODEL_DIR", models.c_str(), 1);
    const Outcome without_gnuplot = run_line("doctor --strict");
    setenv("PATH", path.c_str(), 1);
    unsetenv("TFQKD_MODEL_DIR");
    CHECK(without_gnuplot.code == 1);
    CHECK_THAT(without_gnuplot.out, contains_text("gnuplot,missing,not found,"));
    CHECK_THAT(without_gnuplot.out, contains_text("mine"));
}

TEST_CASE("help comes in every way that people ask for it", "[cli]") {
    const std::string help = run_line("rate --help").out;
    CHECK(run_line("rate -h").out == help);
    CHECK(run_line("help rate").out == help);
    CHECK(run_line("--help rate").out == help);
    CHECK(run_line("rate --distance-km 5 --help").out == help);
    CHECK(run_line("help").out == run_line("--help").out);
    const Outcome nothing = run_line("");
    CHECK(nothing.code == 2);
    CHECK(nothing.out.empty());
    CHECK(nothing.err == run_line("--help").out);
    CHECK_THAT(run_line("rate --protocol pm-decoy --help").out, contains_text("Parameters of pm-decoy:"));
}

TEST_CASE("no line of a help text is longer than a terminal is wide", "[cli]") {
    for (const char* command : {"", "protocols", "rate", "optimize", "generate", "train", "predict",
                                "benchmark", "export", "serve"}) {
        std::istringstream lines(run_line(std::string(command) + " --help").out);
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 100);
        }
    }
}

TEST_CASE("the version is told to people and to programs", "[cli]") {
    CHECK_THAT(run_line("--version").out, contains_text("tfqkd ") && contains_text("pack_width"));
    CHECK_THAT(run_line("--version --format json").out, contains_text("\"pack_width\": "));
    CHECK(run_line("--version --format xml").code == 2);
}

TEST_CASE("protocols are listed and described", "[cli]") {
    check_golden("protocols.txt", session("protocols sns-finite") +
                                      session("protocols sns-finite:sources=asymmetric --format csv") +
                                      session("protocols plob"));
    CHECK_THAT(run_line("protocols").out, contains_text("sns-finite,"));
}

TEST_CASE("rate answers in every format", "[cli]") {
    check_golden("rate.txt",
                 sessions({"rate --distance-km 300", "rate --distance-km 300 --format text",
                           "rate --distance-km 300 --format json",
                           "rate --sweep distance_km=0:600:300 --pulses 1e13 --format jsonl",
                           "rate --loss-a-db 40 --loss-b-db 30 --signal-intensity-a 0.4 --protocol "
                           "sns-finite:sources=asymmetric --format markdown"}));
}

TEST_CASE("rate explains itself", "[cli]") {
    check_golden("rate-explain.txt", session("rate --distance-km 300 --signal-intensity 0.43 --explain"));
    check_golden("rate-sensitivity.txt", session("rate --distance-km 300 --sensitivity"));
}

TEST_CASE("optimize takes links from flags, sweeps and tables", "[cli]") {
    const WorkFolder folder;
    put_file("links.csv", "name,distance_km,pulses\nnear,50,1e12\nfar away,350,1e13\n");
    check_golden("optimize.txt",
                 without_noise(session("optimize --distance-km 300") +
                               session("optimize --sweep distance_km=100:300:100 --pulses 1e13 --fix "
                                       "phase_slice_rad=0.3") +
                               session("optimize --links links.csv --misalignment 0.02 --format csv")));
}

TEST_CASE("a link without a key is kept and marked", "[cli]") {
    const Outcome outcome = run_line("optimize --distance-km 900 --quiet");
    CHECK(outcome.code == 0);
    CHECK(key_rate(outcome.out) == 0);
    CHECK_THAT(outcome.out, contains_text(",zero\n"));
}

TEST_CASE("generate, train, predict and benchmark follow on each other", "[cli]") {
    const WorkFolder folder;
    const std::string generated = session("generate --rows 4 --range distance_km=0:100 --set pulses=1e13");
    check_golden("generate.txt", without_noise(without_seconds(generated)));
    make_models();
    const std::string trained = session("train --data data.csv --network grnn --order 0 -o m.json");
    check_golden("train.txt", without_seconds(trained));
    put_file("links.csv", "name,distance_km\ninside,100\noutside,450\n");
    check_golden("predict.txt", sessions({"predict --model grnn.json --links links.csv --pulses 1e13 --quiet",
                                          "predict --model grnn.json --distance-km 450 --strict"}));
    const std::string compared = session(
        "benchmark --data data.csv --train data.csv --model grnn.json --passes 1 --search-links 4 --quiet");
    check_golden("benchmark.txt",
                 with_masked_columns(compared, {"evaluations", "single_us_min", "single_us_median",
                                                "batch_us_min", "batch_us_median", "times_faster"}));
}

TEST_CASE("what optimize finds, rate confirms", "[cli]") {
    for (const char* format : {"csv", "json", "jsonl"})
        for (const char* flags :
             {"--distance-km 300", "--distance-km 200 --pulses 1e13 --misalignment 0.05"}) {
            const Outcome found = run_line("optimize " + std::string(flags) + " --format " + format);
            REQUIRE(found.code == 0);
            const Outcome again = run_line("rate --links - --quiet --format csv", found.out);
            REQUIRE(again.code == 0);
            const Outcome csv = run_line("optimize " + std::string(flags));
            CHECK(key_rate(again.out) == key_rate(csv.out));
        }
}

TEST_CASE("flags beside a table stand in the results, so that a pipe keeps them", "[cli]") {
    const std::string links = "name,distance_km\nA,250\n";
    const Outcome found = run_line("optimize --links - --pulses 1e14 --quiet", links);
    REQUIRE(found.code == 0);
    CHECK_THAT(found.out, contains_text("pulses"));
    CHECK(key_rate(run_line("rate --links - --quiet", found.out).out) == key_rate(found.out));
}

TEST_CASE("numbers may have an exponent and a sign, flags an equals sign", "[cli]") {
    const std::string plain = run_line("rate --distance-km 100 --pulses 1000000000000").out;
    CHECK(run_line("rate --distance-km 1e2 --pulses +1E12").out == plain);
    CHECK(run_line("rate --distance-km=100 --pulses=1e+12").out == plain);
}

TEST_CASE("a value is the text that was typed, whatever it looks like", "[cli]") {
    const WorkFolder folder;
    for (const std::string name : {"{}", "[a,b]", "a b", "%%"}) {
        REQUIRE(run_program({"rate", "--distance-km", "100", "-o", name}).code == 0);
        CHECK(std::filesystem::exists(name));
    }
    REQUIRE(run_program({"rate", "--distance-km", "100", "--output=-x.csv"}).code == 0);
    CHECK(std::filesystem::exists("-x.csv"));
}

TEST_CASE("flags win over the environment, and that over the configuration", "[cli]") {
    const WorkFolder folder;
    put_file("run.json", R"({"distance-km": 100, "pulses": "1e13", "quiet": true, "force": false})");
    const std::string with_config = run_line("rate --config run.json").out;
    CHECK(with_config == run_line("rate --distance-km 100 --pulses 1e13").out);
    ::setenv("TFQKD_PULSES", "1e14", 1);
    ::setenv("TFQKD_FORCE", "0", 1);
    CHECK(run_line("rate --config run.json").out == run_line("rate --distance-km 100 --pulses 1e14").out);
    CHECK(run_line("rate --config run.json --pulses 1e13").out == with_config);
    put_file("old.csv", "old");
    CHECK(run_line("rate --config run.json -o old.csv").code == 2);
    CHECK(file_text("old.csv") == "old");
    ::unsetenv("TFQKD_PULSES");
    ::unsetenv("TFQKD_FORCE");
    put_file("pm.json", R"({"protocol": "pm-decoy", "distance-km": 100, "signal-intensity": 0.1})");
    CHECK(run_line("rate --config pm.json").out ==
          run_line("rate --protocol pm-decoy --distance-km 100 --signal-intensity 0.1").out);
}

TEST_CASE("the same seed gives the same bytes with one thread and two", "[cli][threads]") {
    const WorkFolder folder;
    for (const char* sampling : {"random", "sobol"}) {
        const std::string line = "generate --rows 300 --seed 7 --quiet --sampling " + std::string(sampling);
        const std::string one = run_line(line + " --threads 1").out;
        CHECK(one == run_line(line + " --threads 2").out);
        CHECK(one != run_line(line + "1").out);
    }
    make_models();
    for (const char* network : {"bpnn --hidden 6", "rbfnn --max-centres 20", "grnn"}) {
        CAPTURE(network);
        const std::string line =
            "train --data data.csv --quiet --seed 3 -o - --network " + std::string(network);
        const std::string one = run_line(line + " --threads 1").out;
        CHECK(one.size() > 1000);
        CHECK(one == run_line(line + " --threads 2").out);
        const std::string kind = words_of(network)[0];
        const std::string predict = "predict --quiet --links data.csv --model " + kind + ".json";
        CHECK(run_line(predict + " --threads 1").out == run_line(predict + " --threads 2").out);
    }
}

TEST_CASE("a model is trained on, on the key rate, where it was trained and nowhere else", "[cli][train]") {
    const WorkFolder folder;
    make_models();
    const auto trained_on = [](const std::string& model, const std::string& data) {
        return run_line("train --loss key-rate --rate-iterations 20 --model " + model + " --data " + data +
                        " --force -o more.json");
    };
    const auto kept = [](const std::string& model) {
        std::istringstream csv(
            run_line("benchmark --data data.csv --search-links 0 --passes 0 --quiet --model " + model).out);
        return read_table(csv, TableFormat::csv, "kept").numbers("mean_ratio")[0];
    };
    REQUIRE(run_line("train --data data.csv --hidden 3 --epochs 3 --quiet -o poor.json").code == 0);
    for (const std::string model : {"poor.json", "rbfnn.json"}) {
        CAPTURE(model);
        REQUIRE(trained_on(model, "data.csv").code == 0);
        CHECK(kept("more.json") > kept(model));
        CHECK_THAT(file_text("more.json"), contains_text("\"loss\":\"key-rate\""));
    }
    REQUIRE(run_line("generate --rows 120 --range distance_km=200:350 --set pulses=1e13 --quiet -o far.csv")
                .code == 0);
    const auto beyond = trained_on("bpnn.json", "far.csv");
    CHECK(beyond.code == 0);
    CHECK_THAT(beyond.err, contains_text("outside of the trained range left out"));
    REQUIRE(run_line(
                "generate --rows 40 --range distance_km=400:420 --set pulses=1e15 --quiet -o far.csv --force")
                .code == 0);
    CHECK_THAT(trained_on("bpnn.json", "far.csv").err, contains_text("rows with a key: 0; training needs"));
    REQUIRE(run_line("generate --protocol aopp-finite --rows 40 --quiet -o aopp.csv").code == 0);
    CHECK_THAT(trained_on("bpnn.json", "aopp.csv").err, contains_text("but the model is for sns-finite"));
}

TEST_CASE("a model that was saved predicts the same from any kind of table", "[cli]") {
    const WorkFolder folder;
    make_models();
    const std::string csv = "distance_km\n100\n200\n",
                      lines = "{\"distance_km\": 100}\n{\"distance_km\": 200}\n";
    const std::string predict = "predict --quiet --model bpnn.json --pulses 1e13 --links -";
    CHECK(run_line(predict, csv).out == run_line(predict, lines).out);
}

TEST_CASE("strict predictions fail where the model has not been trained", "[cli]") {
    const WorkFolder folder;
    make_models();
    const std::string all =
        " --detector-efficiency 0.5 --misalignment 0.03 --pulses 1e13 "
        "--dark-count-probability 1e-9 --error-correction-inefficiency 1.15";
    CHECK(run_line("predict --strict --model bpnn.json --distance-km 100" + all).code == 0);
    CHECK(run_line("predict --strict --model bpnn.json --distance-km 400" + all).code == 1);
}
