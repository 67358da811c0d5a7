#include <signal.h>

#include "catch.hpp"
#include "cli/command.hpp"
#include "process.hpp"
#include "run_program.hpp"
#include "sizes.hpp"

using namespace tfqkd;
using namespace tfqkd::test;
namespace fs = std::filesystem;

namespace {

// Each row is answered before the next one is written: a program that waited for more would hang here.
void check_row_by_row(const std::vector<std::string>& words) {
    Process process(TFQKD_PROGRAM, words);
    process.write("distance_km,pulses\n");
    for (int row = 1; row <= 3; ++row) {
        process.write(std::to_string(100 * row) + ",1e13\n");
        std::string line = process.read_line();
        while (line.starts_with("#") || line.starts_with("distance_km")) line = process.read_line();
        CHECK(line.starts_with(std::to_string(100 * row) + ","));
    }
    process.close_input();
    CHECK(process.read_line().empty());
    CHECK(process.wait() == 0);
}

void replace_all(std::string& text, const std::string& what, const std::string& with) {
    for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size())
        text.replace(at, what.size(), with);
}

}  // namespace

TEST_CASE("every example of a help text works as it stands, but for the size of the data", "[cli]") {
    const WorkFolder folder;
    fs::create_symlink(TFQKD_PROGRAM, "tfqkd");
    put_file("links.csv", "name,loss_a_db,loss_b_db\nA,30,35\nB,20,28\n");
    put_file("links.jsonl", "{\"distance_km\": 100}\n{\"distance_km\": 200}\n");
    for (const cli::Command& command : cli::commands()) {
        CHECK(command.examples.size() >= 2);
        for (const cli::Example& example : command.examples) {
            std::string line = example.command;
            for (const char* rows : {"--rows 20000", "--rows 5000", "--rows 1000"})
                replace_all(line, rows, "--rows 120");
            replace_all(line, ":41 ", ":5 ");
            replace_all(line, "--rate-iterations 50", "--rate-iterations 3 --rate-epochs 2");
            replace_all(line, "--loss key-rate", "--loss key-rate --rate-iterations 5");
            replace_all(line, "--network bpnn", "--network bpnn --epochs 5");
            replace_all(line, "tfqkd benchmark", "tfqkd benchmark --passes 1 --search-links 4");
            replace_all(line, "0:500:1 --audit 50",
                        "0:300:150 --audit 2 --audit-evaluations 300 --audit-restarts 0");
            replace_all(line, "tail -f", "cat");
            if (line.find("--socket") != std::string::npos)
                line = "timeout --preserve-status " + std::to_string(cases(1, 10)) + " " + line;
            CAPTURE(line);
            Process shell("/bin/sh", {"-c", "PATH=.:$PATH; set -e; " + line + " > result"});
            shell.close_input();
            CHECK(shell.wait() == 0);
            if (fs::exists("training.csv") && !fs::exists("heldout.csv"))
                fs::copy("training.csv", "heldout.csv");
        }
    }
}

TEST_CASE("rows from a pipe are answered row by row", "[cli]") {
    const WorkFolder folder;
    REQUIRE(run_line("generate --rows 60 --range distance_km=0:300 --quiet -o data.csv").code == 0);
    REQUIRE(run_line("train --data data.csv --network grnn --quiet -o grnn.json").code == 0);
    for (const char* threads : {"1", "2"}) {
        check_row_by_row({"rate", "--links", "-", "--threads", threads});
        check_row_by_row({"optimize", "--links", "-", "--threads", threads});
        check_row_by_row({"predict", "--links", "-", "--model", "grnn.json", "--threads", threads});
    }
}

TEST_CASE("an interrupted generation ends by itself and leaves no damaged file", "[cli]") {
    const WorkFolder folder;
    for (const int number : {SIGINT, SIGTERM}) {
        put_file("data.csv", "old");
        Process process(TFQKD_PROGRAM, {"generate", "--rows", "100000000", "--force", "-o", "data.csv"});
        REQUIRE(appears("data.csv.partial"));
        REQUIRE(process.handles(number));
        process.signal(number);
        CHECK(process.wait() == 130);
        CHECK(file_text("data.csv") == "old");
        const std::string partial = file_text("data.csv.partial");
        CHECK(partial.starts_with("# run_id: "));
        CHECK(partial.ends_with("\n"));
        fs::remove("data.csv.partial");
    }
}

TEST_CASE("an interrupted generation into a pipe ends after a whole row", "[cli]") {
    Process process(TFQKD_PROGRAM, {"generate", "--rows", "100000000"});
    REQUIRE_FALSE(process.read_line().empty());
    process.signal(SIGINT);
    std::string last, line;
    while (!(line = process.read_line()).empty()) last = line;
    CHECK(std::count(last.begin(), last.end(), ',') == 20);
    CHECK(process.wait() == 130);
}

TEST_CASE("a second interrupt ends at once", "[cli]") {
    const WorkFolder folder;
    Process process(TFQKD_PROGRAM,
                    {"generate", "--rows", "100000000", "--method", "nlopt:GN_CRS2_LM", "--max-evaluations",
                     "1000000", "--tolerance", "1e-15", "-o", "data.csv"});
    REQUIRE(appears("data.csv.partial"));
    REQUIRE(process.handles(SIGINT));
    process.signal(SIGINT);
    REQUIRE(process.handles(SIGINT, false));  // the first one has arrived
    process.signal(SIGINT);
    CHECK(process.wait() == 128 + SIGINT);
    CHECK_FALSE(fs::exists("data.csv"));
}

TEST_CASE("a reader that has seen enough ends the program quietly", "[cli]") {
    Process process(TFQKD_PROGRAM, {"generate", "--rows", "100000000"});
    CHECK(process.read_line() == "# schema: tfqkd.dataset/1");
    process.close_output();
    CHECK(process.wait() == 128 + SIGPIPE);
}

TEST_CASE("a killed run leaves a partial file that the next one replaces", "[cli]") {
    const WorkFolder folder;
    {
        Process process(TFQKD_PROGRAM, {"generate", "--rows", "100000000", "-o", "data.csv"});
        REQUIRE(appears("data.csv.partial"));
        process.signal(SIGKILL);
        CHECK(process.wait() == 128 + SIGKILL);
    }
    CHECK(fs::exists("data.csv.partial"));
    CHECK(run_line("generate --rows 5 --quiet -o data.csv").code == 0);
    CHECK_FALSE(fs::exists("data.csv.partial"));
}
