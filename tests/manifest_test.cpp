#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "run_program.hpp"
#include "tfqkd/table/content_hash.hpp"

using namespace tfqkd;
using namespace tfqkd::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

json manifest_of(const std::string& file) { return json::parse(file_text(file + ".manifest.json")); }

void run_well(const std::string& line) {
    const Outcome outcome = run_line(line);
    CAPTURE(line, outcome.err);
    REQUIRE(outcome.code == 0);
}

}  // namespace

TEST_CASE("a manifest tells what a result is made of and how to repeat it", "[manifest]") {
    const WorkFolder folder;
    put_file("config.json", "{\"seed\": 7}");
    run_well("generate --rows 40 --range distance_km=0:200 --config config.json --quiet -o data.csv");
    const json data = manifest_of("data.csv");
    CHECK(data["schema"] == "tfqkd.manifest/1");
    CHECK(data["repeat"] ==
          "tfqkd generate --rows 40 --seed 7 --range distance_km=0:200 --output data.csv --quiet");
    CHECK(data["settings"]["seed"] == "7");
    CHECK(data["settings"]["method"] == "auto");
    CHECK(data["output"]["bytes"] == fs::file_size("data.csv"));
    CHECK(data["output"]["xxh3_128"] == hash_file("data.csv").hash);
    CHECK(data["counters"]["rows"] == 40);
    CHECK(file_text("data.csv").starts_with("# run_id: " + data["run_id"].get<std::string>() + "\n# run: "));
    for (const char* fact : {"program", "machine", "started", "ended"}) CHECK(data.contains(fact));

    run_well("train --data data.csv --network grnn --quiet -o grnn.json");
    CHECK(manifest_of("grnn.json")["inputs"][0]["xxh3_128"] == hash_file("data.csv").hash);
    run_well("predict --model grnn.json --links data.csv --quiet -o predicted.csv");
    const json predicted = manifest_of("predicted.csv");
    CHECK(predicted["inputs"].size() == 2);
    // What made the input is no property of the result.
    CHECK(file_text("predicted.csv").find("range.") == std::string::npos);
}

TEST_CASE("a run's identity hangs on what it computes and on nothing else", "[manifest]") {
    const WorkFolder folder;
    const auto id = [&](const std::string& options) {
        run_well("generate --quiet --force -o a.csv " + options);
        return manifest_of("a.csv")["run_id"].get<std::string>();
    };
    const std::string usual = id("--rows 20 --set pulses=1e12 --tolerance 1e-7");
    CHECK(id("--tolerance 0.0000001 --set pulses=1e12 --rows 20 --threads 2 --seed 1") == usual);
    CHECK(id("--rows 20 --set pulses=1e12 --tolerance 1e-7 --resume --max-time 1h") == usual);
    for (const char* other :
         {"--rows 21 --set pulses=1e12 --tolerance 1e-7", "--rows 20 --set pulses=2e12 --tolerance 1e-7",
          "--rows 20 --set pulses=1e12", "--rows 20 --set pulses=1e12 --tolerance 1e-7 --seed 2"})
        CHECK(id(other) != usual);
}

TEST_CASE("what is on standard output, or for people, has no header of a run", "[manifest]") {
    const WorkFolder folder;
    CHECK(run_line("generate --rows 3 --quiet").out.find("run_id") == std::string::npos);
    run_well("generate --rows 3 --quiet -o a.md");
    CHECK(file_text("a.md").find("run_id") == std::string::npos);
    CHECK(fs::exists("a.md.manifest.json"));
    run_well("generate --rows 3 --quiet --force -o /dev/null");
    CHECK_FALSE(fs::exists("/dev/null.manifest.json"));
}

TEST_CASE("a repeated run says whether it is the same", "[manifest]") {
    const WorkFolder folder;
    run_well("generate --rows 40 --range distance_km=0:200 --quiet -o data.csv");
    run_well("generate --rows 40 --range distance_km=0:200 --shard 1/2 --quiet -o part-1.csv");
    run_well("generate --rows 40 --range distance_km=0:200 --shard 2/2 --quiet -o part-2.csv");
    run_well("merge part-1.csv part-2.csv --quiet -o merged.csv");
    run_well("train --data data.csv --network grnn --quiet -o grnn.json");
    run_well("predict --model grnn.json --links data.csv --quiet -o predicted.jsonl");
    run_well("predict --model sns-finite --links data.csv --quiet -o named.csv");
    run_well("benchmark --data data.csv --model grnn.json --show links --quiet -o links.csv");
    for (const char* file :
         {"data.csv", "part-2.csv", "merged.csv", "grnn.json", "predicted.jsonl", "named.csv", "links.csv"}) {
        CAPTURE(file);
        const Outcome outcome = run_line("rerun " + std::string(file) + ".manifest.json");
        CHECK(outcome.code == 0);
        CHECK(outcome.out == "same, byte for byte\n");
    }
    // As if another processor had made it: the last digits of a rate.
    std::string text = file_text("data.csv");
    const std::string row = text.substr(text.find("\n5,") + 1);
    const std::size_t digit = text.find(row) + row.find(',') + 14;
    text[digit] = text[digit] == '1' ? '2' : '1';
    put_file("data.csv", text);
    json manifest = manifest_of("data.csv");
    manifest["output"]["xxh3_128"] = hash_file("data.csv").hash;
    put_file("data.csv.manifest.json", manifest.dump());
    const Outcome near = run_line("rerun data.csv.manifest.json");
    CHECK(near.code == 0);
    CHECK_THAT(near.out, contains_text("same within 1e-09; the worst: detector_efficiency, row 6"));
    const Outcome strict = run_line("rerun data.csv.manifest.json --tolerance 0");
    CHECK(strict.code == 1);
    CHECK_THAT(strict.out, contains_text("different: beyond 0"));
    fs::remove("data.csv");
    CHECK(run_line("rerun data.csv.manifest.json").code == 1);
}

TEST_CASE("a manifest moves with its files", "[manifest]") {
    const WorkFolder folder;
    run_well("generate --rows 40 --range distance_km=0:200 --quiet -o data.csv");
    run_well("train --data data.csv --network grnn --quiet -o grnn.json");
    fs::create_directory("elsewhere");
    for (const char* file : {"data.csv", "grnn.json", "grnn.json.manifest.json"})
        fs::rename(file, fs::path("elsewhere") / file);
    CHECK(run_line("rerun elsewhere/grnn.json.manifest.json").out == "same, byte for byte\n");
}

TEST_CASE("files are compared by column, whatever their format", "[manifest]") {
    const WorkFolder folder;
    put_file("a.csv", "x,name,y\n1,p,2\n3,q,4\n");
    put_file("b.jsonl",
             "{\"y\": 2.0000000001, \"x\": 1, \"name\": \"p\"}\n{\"y\": 4, \"x\": 3, \"name\": \"r\"}\n");
    const Outcome outcome = run_line("diff a.csv b.jsonl");
    CHECK(outcome.code == 1);
    CHECK_THAT(outcome.out, contains_text("x,2,0,0,,,\n"));
    CHECK_THAT(outcome.out, contains_text("name,2,1,1,2,q,r\n"));
    CHECK_THAT(outcome.out, contains_text("y,2,0,5.0"));
    put_file("c.csv", "x,name,z\n1,p,2\n");
    const Outcome other = run_line("diff a.csv c.csv");
    CHECK(other.code == 1);
    CHECK_THAT(other.err, contains_text("only a.csv has 'y'"));
    CHECK_THAT(other.err, contains_text("only c.csv has 'z'"));
    CHECK_THAT(other.err, contains_text("a.csv has 2 rows, c.csv 1"));
    put_file("a.json", "{\"loss\": 1.5, \"net\": {\"weights\": [1, 2, 3]}}");
    put_file("b.json", "{\"loss\": 1.5, \"net\": {\"weights\": [1, 2.5, 3]}}");
    const Outcome models = run_line("diff a.json b.json");
    CHECK(models.code == 1);
    CHECK_THAT(models.out, contains_text("net.weights,3,1,0.2,2,2,2.5\n"));
    CHECK(run_line("diff a.json a.json").code == 0);
}
