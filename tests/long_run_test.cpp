#include <signal.h>

#include <chrono>
#include <random>
#include <thread>

#include "catch.hpp"
#include "process.hpp"
#include "run_program.hpp"
#include "sizes.hpp"
#include "tfqkd/table/content_hash.hpp"

using namespace tfqkd;
using namespace tfqkd::test;
namespace fs = std::filesystem;

namespace {

// A run of each kind that can be cut and gone on with, without its --output.
const std::vector<std::string> runs{
    "generate --rows 30 --seed 5 --quiet -o ",
    "generate --sampling grid --range distance_km=0:300:7 --range pulses=1e11:1e13:3 --set misalignment=0.03 "
    "--set detector_efficiency=0.4 --set dark_count_probability=1e-8 --set error_correction_inefficiency=1.1 "
    "--quiet -o ",
    "optimize --links links.csv --quiet -o ",
    "optimize --sweep distance_km=0:300:20 --fix decoy_ratio=0.2 --quiet -o ",
    "predict --model grnn.json --links links.csv --quiet -o ",
    "predict --model bpnn.json --links data.csv --quiet -o ",
    "predict --model rbfnn.json --links data.csv --quiet -o ",
    "predict --model polynomial.json --links data.csv --quiet -o ",
};

// The current folder with what the runs need: among others, labels that are hard to cut.
class Folder {
  public:
    Folder() {
        REQUIRE(run_line("generate --rows 60 --range distance_km=0:300 --quiet -o data.csv").code == 0);
        for (const std::string network : {"grnn", "bpnn", "rbfnn", "polynomial"})
            REQUIRE(
                run_line("train --data data.csv --quiet --network " + network + " -o " + network + ".json")
                    .code == 0);
        put_file("links.csv",
                 "name,distance_km,pulses\n\"a, \"\"b\"\"\",100,1e12\n\"two\nlines\",150,1e13\n#3,200,1e12\n"
                 "\"#4\",210,1e12\n,50,1e14\n7,20,1e15\nlast,300,1e13\n");
    }

  private:
    WorkFolder folder_;
};

void remove_results(const std::string& name) {
    for (const char* ending : {"", ".partial", ".manifest.json"}) fs::remove(name + ending);
}

std::string result_of(const std::string& line, const std::string& name) {
    remove_results(name);
    const Outcome outcome = run_line(line + name);
    CAPTURE(line, outcome.err);
    REQUIRE(outcome.code == 0);
    return file_text(name);
}

std::uintmax_t size_of(const fs::path& path) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(path, error);
    return error ? 0 : size;
}

// Until a.csv has more bytes than that, or is whole.
void wait_for_bytes(std::uintmax_t bytes) {
    for (int tries = 0; tries < 300'000; ++tries) {
        if (size_of("a.csv.partial") > bytes || fs::exists("a.csv")) return;
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    FAIL("no rows within half a minute");
}

}  // namespace

TEST_CASE("shards on any number of threads merge to the bytes of the whole run", "[long][threads]") {
    const Folder folder;
    for (const std::string& run : runs)
        for (const std::string ending : {".csv", ".jsonl"}) {
            const std::string whole = result_of(run, "whole" + ending);
            for (const int shards : {1, 3, 7})
                for (const int threads : {1, 2}) {
                    CAPTURE(run, ending, shards, threads);
                    std::string merge = "merge --quiet --force -o merged" + ending;
                    for (int k = shards; k >= 1; --k) {
                        const std::string part = "part-" + std::to_string(k) + ending;
                        const std::string cut = run.substr(0, run.size() - 3) + "--threads " +
                                                std::to_string(threads) + " --shard " + std::to_string(k) +
                                                "/" + std::to_string(shards) + " -o ";
                        result_of(cut, part);
                        merge += " " + part;
                    }
                    REQUIRE(run_line(merge).code == 0);
                    CHECK(file_text("merged" + ending) == whole);
                }
        }
}

TEST_CASE("a file that was cut anywhere is gone on with to the same bytes", "[long]") {
    const Folder folder;
    for (const std::string& run : runs)
        for (const std::string ending : {".csv", ".jsonl"}) {
            const std::string name = "a" + ending, whole = result_of(run, name);
            const std::size_t step = std::max<std::size_t>(whole.size() / cases(25, 6), 1);
            for (std::size_t cut = 0; cut <= whole.size(); cut += step) {
                CAPTURE(run, ending, cut);
                remove_results(name);
                // As after a power cut, when a file's length is on the disk and its last bytes are not.
                const bool zeros = cut % 3 == 0;
                put_file(name + ".partial", whole.substr(0, cut) + std::string(zeros ? 5000 : 0, '\0'));
                const Outcome outcome = run_line(run + name + " --resume");
                CAPTURE(outcome.err);
                REQUIRE(outcome.code == 0);
                REQUIRE(file_text(name) == whole);
                REQUIRE_FALSE(fs::exists(name + ".partial"));
            }
        }
}

TEST_CASE("a shard is gone on with as well", "[long]") {
    const Folder folder;
    const std::string run = "generate --rows 30 --shard 2/3 --quiet -o ", part = result_of(run, "part.csv");
    for (const std::size_t cut : {part.size() / 2, part.size() - 1, part.size()}) {
        remove_results("part.csv");
        put_file("part.csv.partial", part.substr(0, cut));
        CHECK(run_line(run + "part.csv --resume").code == 0);
        CHECK(file_text("part.csv") == part);
    }
}

TEST_CASE("25 kills at random moments leave no trace in the result", "[long]") {
    const WorkFolder folder;
    const int rows = cases(20'000, 2'000);
    const std::vector<std::string> words{"generate", "--rows", std::to_string(rows),
                                         "--resume", "-o",     "a.csv"};
    REQUIRE(run_line("generate --quiet -o whole.csv --rows " + std::to_string(rows)).code == 0);
    const std::string whole = hash_file("whole.csv").hash;
    const std::uintmax_t piece = size_of("whole.csv") / 50;
    std::mt19937 random(25);
    // On a busy machine a run may end before its kill: then there is one more, from the start.
    for (int kills = 0, tries = 0; kills < 25; ++tries) {
        REQUIRE(tries < 500);
        const std::uintmax_t wanted = size_of("a.csv.partial") + random() % piece;
        Process process(TFQKD_PROGRAM, words);
        wait_for_bytes(wanted);
        process.signal(SIGKILL);
        const int code = process.wait();
        REQUIRE((code == 0 || code == 128 + SIGKILL));
        kills += code != 0;
        if (!fs::exists("a.csv")) continue;
        REQUIRE(hash_file("a.csv").hash == whole);
        remove_results("a.csv");
    }
    Process last(TFQKD_PROGRAM, words);
    REQUIRE(last.wait() == 0);
    CHECK(hash_file("a.csv").hash == whole);
}

TEST_CASE("a stopped run is kept and gone on with", "[long]") {
    const WorkFolder folder;
    const std::string run = "generate --rows 3000 --quiet -o ", whole = result_of(run, "whole.csv");
    for (const int number : {SIGINT, SIGTERM}) {
        Process process(TFQKD_PROGRAM, {"generate", "--rows", "3000", "-o", "a.csv", "--force"});
        wait_for_bytes(0);
        process.signal(number);
        const int code = process.wait();
        CHECK((code == 130 || code == 0));  // it may have been at its end
        CHECK(fs::exists("a.csv") == (code == 0));
        const Outcome rest = run_line(run + "a.csv --resume");
        CHECK(rest.code == 0);
        CHECK(file_text("a.csv") == whole);
        remove_results("a.csv");
    }
    const Outcome stopped = run_line(run + "a.csv --max-time 0.000001s");
    CHECK(stopped.code == 130);
    CHECK_THAT(stopped.err, contains_text("a.csv.partial; the same command with --resume goes on"));
    CHECK(run_line(run + "a.csv --max-time 1d --resume").code == 0);
    CHECK(file_text("a.csv") == whole);
    put_file("old.csv", "x\n1\n");
    CHECK(run_line(run + "old.csv --max-time 0.000001s --force").code == 130);
    CHECK(file_text("old.csv") == "x\n1\n");
    CHECK(run_line(run + "old.csv --resume").code == 3);
    CHECK(run_line(run + "old.csv --resume --force").code == 0);
    CHECK(file_text("old.csv") == whole);
    const Outcome lost = run_line("generate --rows 3000 --quiet -o a.json --max-time 0.000001s");
    CHECK(lost.code == 130);
    CHECK_THAT(lost.err, contains_text("a.json is not written"));
    CHECK_FALSE(fs::exists("a.json.partial"));
}

TEST_CASE("going on with a result that is whole does nothing", "[long]") {
    const WorkFolder folder;
    const std::string whole = result_of("generate --rows 20 --quiet -o ", "a.csv");
    const auto time = fs::last_write_time("a.csv");
    const Outcome outcome = run_line("generate --rows 20 -o a.csv --resume");
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.err, contains_text("a.csv is complete already"));
    CHECK(file_text("a.csv") == whole);
    CHECK(fs::last_write_time("a.csv") == time);
    // But for the manifest, when a run was stopped just before it.
    fs::remove("a.csv.manifest.json");
    CHECK(run_line("generate --rows 20 -o a.csv --resume").code == 0);
    CHECK(run_line("rerun a.csv.manifest.json").out == "same, byte for byte\n");
}

TEST_CASE("a disk that is full costs nothing but time", "[long]") {
    const WorkFolder folder;
    const std::string whole = result_of("generate --rows 400 --quiet -o ", "a.csv");
    remove_results("a.csv");
    const Outcome shell = [&] {
        Process process("/bin/sh", {"-c", "trap '' XFSZ; ulimit -f 100; exec " TFQKD_PROGRAM
                                          " generate --rows 400 --quiet -o a.csv"});
        return Outcome{process.wait(), "", ""};
    }();
    CHECK(shell.code == 4);
    CHECK_FALSE(fs::exists("a.csv"));
    CHECK(size_of("a.csv.partial") > 0);
    CHECK(run_line("generate --rows 400 --quiet -o a.csv --resume").code == 0);
    CHECK(file_text("a.csv") == whole);
}

TEST_CASE("whether labels are numbers does not hang on the shards", "[long]") {
    const WorkFolder folder;
    std::string links = "label,distance_km\n";
    for (int row = 0; row < 5000; ++row) links += (row % 97 == 0 ? "x" : "") + std::to_string(row) + ",100\n";
    put_file("links.csv", links);
    const std::string run = "predict --model m.json --links links.csv --quiet ";
    REQUIRE(run_line("generate --rows 60 --range distance_km=0:300 --quiet -o data.csv").code == 0);
    REQUIRE(run_line("train --data data.csv --network polynomial --degree 1 --quiet -o m.json").code == 0);
    const std::string whole = result_of(run + "-o ", "whole.jsonl");
    for (const char* shard : {"1", "2", "3"}) {
        const std::string name = "part-" + std::string(shard) + ".jsonl";
        result_of(run + "--shard " + shard + "/3 -o ", name);
    }
    REQUIRE(run_line("merge part-1.jsonl part-2.jsonl part-3.jsonl --quiet -o merged.jsonl").code == 0);
    CHECK(file_text("merged.jsonl") == whole);
    put_file("again.jsonl.partial", whole.substr(0, whole.size() / 3));
    REQUIRE(run_line(run + "--resume -o again.jsonl").code == 0);
    CHECK(file_text("again.jsonl") == whole);
}

TEST_CASE("a dry run makes no file and knows the rows", "[long]") {
    const Folder folder;
    for (const auto& [line, rows] : std::vector<std::pair<std::string, std::string>>{
             {"generate --rows 1000 -o a.csv", "1000"},
             {"optimize --links links.csv -o a.csv", "6"},
             {"optimize --sweep distance_km=0:300:1 -o a.csv", "301"},
             {"predict --model grnn.json --links links.csv --shard 2/3 -o a.csv", "2"}}) {
        const Outcome outcome = run_line(line + " --dry-run");
        CAPTURE(outcome.out, outcome.err);
        CHECK(outcome.code == 0);
        CHECK_THAT(outcome.out, contains_text(" " + rows + "\n"));
        CHECK_THAT(outcome.out, contains_text("seconds, estimated"));
        CHECK_FALSE(fs::exists("a.csv"));
        CHECK_FALSE(fs::exists("a.csv.partial"));
    }
}
