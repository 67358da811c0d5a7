#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdio>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "catch.hpp"
#include "refusals.hpp"
#include "run_program.hpp"

using namespace tfqkd::test;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

// The current folder with a copy of the corpus in it, and a data set and a model that are as they should be.
class Corpus {
  public:
    Corpus() {
        fs::copy(TFQKD_TESTS_DIR "/corpus", ".", fs::copy_options::recursive);
        REQUIRE(run_line("generate --rows 60 --range distance_km=0:200 --quiet -o data.csv").code == 0);
        REQUIRE(run_line("train --data data.csv --network grnn --order 1 --quiet -o good.json").code == 0);
        put_file("old.csv", "precious\n");
        fs::create_directory("folder");
    }

  private:
    WorkFolder folder_;
};

// A model file with the hash that its content should have.
std::string hashed(json model) {
    model.erase("hash");
    const std::string text = model.dump();
    char hash[17];
    std::snprintf(hash, sizeof hash, "%016llx",
                  static_cast<unsigned long long>(XXH3_64bits(text.data(), text.size())));
    model["hash"] = hash;
    return model.dump();
}

// The first matrix in a network: an object with rows, cols and data.
json* find_matrix(json& value) {
    if (value.is_object() && value.contains("rows") && value.contains("data")) return &value;
    if (value.is_structured())
        for (json& inner : value)
            if (json* found = find_matrix(inner)) return found;
    return nullptr;
}

json& first_matrix(json& model) { return *find_matrix(model["network"]); }

// Goes down to some value within a document, and puts something else there.
void spoil(json& model, std::mt19937& random) {
    static const std::vector<json> others{
        nullptr, 0,      -1,  1,   2147483648,    1e308,
        -1e308,  1e-320, 0.5, "x", json::array(), {{"rows", 1}, {"cols", 1}, {"data", {1}}},
        true};
    json* place = &model;
    while (place->is_structured() && !place->empty() && (place == &model || random() % 8 != 0)) {
        auto next = place->begin();
        std::advance(next, static_cast<long>(random() % std::min<std::size_t>(place->size(), 6)));
        if (random() % 16 == 0 && place != &model) {
            place->erase(next);
            return;
        }
        place = &*next;
    }
    *place = others[random() % others.size()];
}

}  // namespace

TEST_CASE("bad tables of links are refused with their place", "[corpus]") {
    const Corpus corpus;
    put_file("deep.json", std::string(1000000, '['));
    put_file("deep-objects.json", [] {
        std::string text;
        for (int i = 0; i < 200000; ++i) text += "{\"rows\":";
        return text;
    }());
    put_file("long-line.csv", "distance_km\n" + std::string(3000000, '1') + "\n");
    put_file("wide.csv", [] {
        std::string text = "a0";
        for (int i = 1; i < 20000; ++i) text += ",a" + std::to_string(i);
        return text + "\n";
    }());
    put_file("zero-byte.csv", std::string("distance_km\n10\0\n", 15));
    check_refusals({
        {"rate --links empty.csv", 3, {"empty.csv:1: ", "no header", "name the columns"}},
        {"rate --links comments.csv", 3, {"comments.csv:3: ", "no header"}},
        {"rate --links header.csv", 3, {"header.csv: ", "no rows"}},
        {"rate --links decimal-comma.csv", 3, {"decimal-comma.csv:3: ", "found 3 cells, expected 2", "0.5"}},
        {"rate --links quoted-comma.csv", 3, {"quoted-comma.csv:2: ", "distance_km = '100,5'"}},
        {"rate --links semicolon.csv", 3, {"semicolon.csv:1: ", "semicolons", "commas"}},
        {"rate --links duplicate-column.csv", 3, {"duplicate-column.csv:1: ", "'distance_km'", "rename"}},
        {"rate --links ragged.csv", 3, {"ragged.csv:3: ", "found 1 cell, expected 2"}},
        {"rate --links nan.csv", 3, {"nan.csv:3: ", "pulses = 'nan'", "finite"}},
        {"rate --links infinite.csv", 3, {"infinite.csv:2: ", "pulses = 'inf'", "finite"}},
        {"rate --links overflow.csv", 3, {"overflow.csv:2: ", "pulses = '1e999'"}},
        {"rate --links hexadecimal.csv", 3, {"hexadecimal.csv:2: ", "distance_km = '0x64'", "not a number"}},
        {"rate --links word.csv", 3, {"word.csv:4: ", "pulses = 'many'", "not a number"}},
        {"rate --links empty-cell.csv", 3, {"empty-cell.csv:2: ", "pulses is empty"}},
        {"rate --links too-large.csv", 3, {"too-large.csv:3: ", "detector_efficiency = 1.4", "(0, 1]"}},
        {"rate --links negative.csv", 3, {"negative.csv:2: ", "distance_km = -5 km", "[0, 1200] km"}},
        {"rate --links too-long-arm.csv", 3, {"too-long-arm.csv:3: ", "loss_a_db = 2500 dB", "[0, 120] dB"}},
        {"rate --links mistyped-column.csv",
         3,
         {"mistyped-column.csv: ", "'detector_efficency'", "did you mean 'detector_efficiency'?"}},
        {"rate --links no-loss.csv", 3, {"no-loss.csv: ", "how long the link is", "distance_km"}},
        {"rate --links two-losses.csv", 3, {"two-losses.csv: ", "two ways at once", "give one of"}},
        {"rate --links one-arm.csv", 3, {"one-arm.csv: ", "give loss_b_db"}},
        {"rate --links unclosed-quote.csv", 3, {"unclosed-quote.csv:2: ", "no closing quote"}},
        {"rate --links text-after-quote.csv", 3, {"text-after-quote.csv:2: ", "after the closing quote"}},
        {"rate --links no-header.csv", 3, {"no-header.csv:1: ", "no header", "'100'"}},
        {"rate --links unnamed-column.csv", 3, {"unnamed-column.csv:1: ", "column 2 has no name"}},
        {"rate --links property-twice.csv", 3, {"property-twice.csv:2: ", "'seed' is there twice"}},
        {"rate --links property-range.csv", 3, {"property-range.csv: ", "pulses = 5", "[1e+06, 1e+18]"}},
        {"rate --links zero-byte.csv", 3, {"zero-byte.csv:2: ", "zero byte", "UTF-8"}},
        {"rate --links parameter-range.csv",
         3,
         {"parameter-range.csv:2: ", "signal_intensity = -1", "(0, 4]"}},
        {"rate --links long-line.csv", 3, {"long-line.csv:2: "}},
        {"rate --links wide.csv", 3, {"wide.csv:1: ", "10000"}},
        {"rate --links truncated.json", 3, {"truncated.json:2: ", "not valid JSON"}},
        {"rate --links nested-cell.json", 3, {"nested-cell.json:2: ", "'distance_km' is an array"}},
        {"rate --links duplicate-key.json", 3, {"duplicate-key.json:1: ", "'distance_km'", "twice"}},
        {"rate --links overflow.json", 3, {"overflow.json:1: ", "1e999"}},
        {"rate --links nan.json", 3, {"nan.json:1: ", "not valid JSON"}},
        {"rate --links scalar.json", 3, {"scalar.json:", "found a number"}},
        {"rate --links no-rows.json", 3, {"no-rows.json:1: ", "'links'", "\"rows\""}},
        {"rate --links empty-rows.json", 3, {"empty-rows.json: ", "no rows"}},
        {"rate --links after-end.json", 3, {"after-end.json:2: "}},
        {"rate --links missing-cell.json", 3, {"missing-cell.json:2: ", "no 'pulses'"}},
        {"rate --links boolean.json", 3, {"boolean.json:1: ", "distance_km = 'true'"}},
        {"rate --links deep.json", 3, {"deep.json:1: ", "array"}},
        {"rate --links deep-objects.json", 3, {"deep-objects.json:1: "}},
        {"rate --links text-cell.jsonl", 3, {"text-cell.jsonl:2: ", "distance_km = 'far'"}},
        {"rate --links truncated.jsonl", 3, {"truncated.jsonl:2: ", "not valid JSON"}},
        {"rate --links array-line.jsonl", 3, {"array-line.jsonl:2: ", "array"}},
        {"rate --links new-column.jsonl", 3, {"new-column.jsonl:2: ", "the key 'pulses'"}},
        {"rate --links two-in-a-line.jsonl", 3, {"two-in-a-line.jsonl:1: "}},
        {"rate --links -", 3, {"standard input:1: ", "no header"}},
        {"optimize --links -", 3, {"standard input:2: ", "pulses = 5"}, "distance_km,pulses\n100,5\n"},
        {"predict --model good.json --links nan.csv", 3, {"nan.csv:3: ", "pulses = 'nan'"}},
        {"rate --links absent.csv", 4, {"absent.csv", "No such file"}},
        {"rate --links folder", 4, {"folder", "Is a directory"}},
        {"rate --links table.md", 4, {"table.md", "No such file"}},
    });
}

TEST_CASE("bad command lines are refused with the next step", "[corpus]") {
    const Corpus corpus;
    check_refusals({
        {"rat", 2, {"no command 'rat'", "did you mean 'rate'?", "tfqkd --help"}},
        {"--verison", 2, {"'--verison'", "tfqkd --help"}},
        {"--version --format xml", 2, {"--format json"}},
        {"help rat", 2, {"did you mean 'rate'?"}},
        {"rate --distance 100", 2, {"no flag '--distance'", "did you mean '--distance-km'?", "--help"}},
        {"rate -x", 2, {"no flag '-x'", "tfqkd rate --help"}},
        {"rate 100", 2, {"unexpected word '100'", "--help"}},
        {"rate --distance-km", 2, {"--distance-km needs a value, km", "[0, 1200]"}},
        {"rate --distance-km --pulses 1e12", 2, {"--distance-km is followed by --pulses", "needs a value"}},
        {"rate --distance-km 100 -o", 2, {"--output needs a value, FILE"}},
        {"rate --distance-km ''", 2, {"--distance-km = '' is empty", "[0, 1200]"}},
        {"rate --distance-km 100 -o ''", 2, {"--output = '' is empty"}},
        {"rate --distance-km 100 --quiet=3", 2, {"--quiet is a switch"}},
        {"rate --distance-km 100 --distance-km 200", 2, {"--distance-km is given twice"}},
        {"rate --distance-km far", 2, {"--distance-km = 'far'", "a number in [0, 1200]"}},
        {"rate --distance-km 1,5", 2, {"--distance-km = '1,5'", "decimal point"}},
        {"rate --distance-km nan", 2, {"--distance-km = 'nan'", "[0, 1200]"}},
        {"rate --distance-km -5", 2, {"--distance-km = -5", "[0, 1200]"}},
        {"rate --distance-km 100 --detector-efficiency 1.4", 2, {"--detector-efficiency = 1.4", "(0, 1]"}},
        {"rate --distance-km 100 --signal-intensity 5", 2, {"--signal-intensity = 5", "(0, 4]"}},
        {"rate --distance-km 100 --loss-db 20", 2, {"two ways at once", "give one of"}},
        {"rate --loss-a-db 20", 2, {"loss_b_db"}},
        {"rate", 2, {"how long the link is", "distance_km"}},
        {"rate --distance-km 100 --threads 0", 2, {"--threads = '0'", "from 1 to 4096"}},
        {"rate --distance-km 100 --explain --sensitivity", 2, {"ask for one of them"}},
        {"rate --distance-km 100 --format tsv", 2, {"--format = 'tsv'", "csv, json", "did you mean 'csv'?"}},
        {"rate --protocol sns", 2, {"no protocol 'sns'", "there are: sns-asymptotic"}},
        {"rate --protocol sns-finite:source=asymmetric", 2, {"'source'", "did you mean 'sources'?"}},
        {"rate --protocol sns-finite:sources=asym", 2, {"'asym'", "did you mean 'asymmetric'?"}},
        {"rate --links data.csv --sweep distance_km=0:10:1", 2, {"--links and --sweep"}},
        {"rate --links data.csv --pulses 1e12", 2, {"both --pulses and data.csv set pulses", "leave out"}},
        {"rate --links data.csv --decoy-ratio 0.1", 2, {"both --decoy-ratio and data.csv set decoy_ratio"}},
        {"rate --sweep distance_km=0:10", 2, {"'distance_km=0:10'", "NAME=START:STOP:STEP"}},
        {"rate --sweep distance=0:10:1", 2, {"'distance'", "did you mean 'distance_km'?"}},
        {"rate --sweep distance_km=0:10:0", 2, {"STEP must be above 0"}},
        {"rate --sweep distance_km=10:0:1", 2, {"STOP must not be below START"}},
        {"rate --sweep distance_km=0:1e3:1e-9", 2, {"more than 10 million"}},
        {"rate --sweep distance_km=0:2000:500", 2, {"2000 is not in [0, 1200] km"}},
        {"rate --sweep distance_km=0:9:1 --sweep distance_km=0:9:1", 2, {"--sweep names distance_km twice"}},
        {"rate --sweep distance_km=0:9:1 --distance-km 5", 2, {"both --sweep and --distance-km"}},
        {"protocols sns-finit", 2, {"did you mean 'sns-finite'?"}},
        {"protocols sns-finite plob", 2, {"unexpected word 'plob'"}},
        {"optimize --distance-km 100 --method lso", 2, {"no method 'lso'", "did you mean 'lsa'?"}},
        {"optimize --distance-km 100 --method nlopt:LN_NOTHING", 2, {"'nlopt:LN_NOTHING'"}},
        {"optimize --distance-km 100 --protocol plob", 2, {"plob has no parameter"}},
        {"optimize --distance-km 100 --fix decoy_ratio", 2, {"'decoy_ratio'", "NAME=VALUE"}},
        {"optimize --distance-km 100 --fix decoy_ration=0.1", 2, {"'decoy_ration'", "'decoy_ratio'?"}},
        {"optimize --distance-km 100 --fix decoy_ratio=2", 2, {"decoy_ratio = 2", "(0, 1)"}},
        {"optimize --distance-km 100 --fix decoy_ratio=0.1 --fix decoy_ratio=0.2",
         2,
         {"'decoy_ratio' twice"}},
        {"optimize --distance-km 100 --tolerance 0", 2, {"--tolerance = 0", "(0, 1)"}},
        {"optimize --distance-km 100 --max-evaluations 1e3",
         2,
         {"--max-evaluations = '1e3'", "whole number"}},
        {"generate --rows 0", 2, {"--rows = '0'", "from 1 to"}},
        {"generate --seed -1", 2, {"--seed = '-1'", "from 0 to 18446744073709551615"}},
        {"generate --seed 18446744073709551616", 2, {"--seed = '18446744073709551616'"}},
        {"generate --seed 1.5", 2, {"--seed = '1.5'", "whole number"}},
        {"generate --threads 0", 2, {"--threads = '0'"}},
        {"generate --sampling gird", 2, {"'gird'", "did you mean 'grid'?"}},
        {"generate --sampling grid", 2, {"'distance_km'", "--range distance_km=LOW:HIGH:STEPS"}},
        {"generate --set pulses=1e12 --set pulses=1e13", 2, {"--set names 'pulses' twice"}},
        {"generate --set pulses=1e12 --range pulses=1e12:1e13", 2, {"both --set and --range name pulses"}},
        {"generate --set pulse=1e12", 2, {"'pulse'", "did you mean 'pulses'?"}},
        {"generate --set pulses=1e99", 2, {"pulses = 1e+99", "[1e+06, 1e+18]"}},
        {"generate --set distance_km=100 --set loss_db=20", 2, {"two ways at once"}},
        {"generate --range distance_km=0:100 --range loss_db=0:20", 2, {"two ways at once"}},
        {"generate --range distance_km=0:9 --range distance_km=1:9", 2, {"--range names distance_km twice"}},
        {"generate --range distance_km", 2, {"'distance_km' is not a range", "NAME=LOW:HIGH"}},
        {"generate --range distance_km=9:0", 2, {"the lower end is above"}},
        {"generate --range distance_km=0:x", 2, {"'x'", "not a number"}},
        {"generate --range distance_km=0:2000", 2, {"distance_km = 2000 km", "[0, 1200] km"}},
        {"generate --range dark_count_probability=0:1e-6", 2, {"must begin above 0"}},
        {"generate --sampling grid --range distance_km=0:9:0", 2, {"from 1 to 1000000"}},
        {"generate --rows 5 -o old.csv", 2, {"old.csv is there already", "--force"}},
        {"generate --rows 5 --force -o folder", 2, {"folder is a folder"}},
        {"generate --rows 5 -o absent/a.csv", 4, {"there is no folder absent", "make it first"}},
        {"generate --rows 5 -o old.csv/a.csv", 4, {"old.csv is not a folder"}},
        {"generate --rows 5 --quiet -o /dev/full", 4, {"/dev/full", "No space left"}},
        {"rate --distance-km 5 -o /dev/full", 4, {"/dev/full", "No space left"}},
        {"rate --links nan.csv --force -o old.csv", 3, {"nan.csv:3: "}},
        {"rate --links nan.csv -o new.csv", 3, {"nan.csv:3: "}},
        {"train --output m.json", 2, {"--data FILE is missing", "tfqkd generate"}},
        {"train --data data.csv", 2, {"--output FILE is missing"}},
        {"train --data data.csv --network bnn -o m.json", 2, {"'bnn'", "did you mean 'bpnn'?"}},
        {"train --data data.csv --hidden 8--8 -o m.json", 2, {"--hidden = '8--8'", "32-16"}},
        {"train --data data.csv --network grnn --order 3 -o m.json", 2, {"--order = '3'"}},
        {"train --data data.csv --network grnn --neighbours 0 -o m.json", 2, {"--neighbours = '0'"}},
        {"train --data data.csv --network rbfnn --centres kmeans -o m.json",
         2,
         {"--centres = 'kmeans'", "did you mean 'k-means'?"}},
        {"train --data data.csv --network rbfnn --max-centres 0 -o m.json", 2, {"--max-centres = '0'"}},
        {"train --data data.csv --seed -1 -o m.json", 2, {"--seed = '-1'"}},
        {"train --data data.csv --threads 0 -o m.json", 2, {"--threads = '0'"}},
        {"train --data data.csv -o good.json", 2, {"good.json is there already", "--force"}},
        {"train --data data.csv --network grnn --quiet -o /dev/full", 4, {"/dev/full", "No space left"}},
        {"predict --distance-km 100", 2, {"--model FILE is missing", "tfqkd train"}},
        {"serve", 2, {"--model FILE is missing", "tfqkd train"}},
        {"serve --model good.json --socket data.csv", 2, {"--socket = 'data.csv'", "no socket"}},
        {"serve --model good.json --socket absent/s", 4, {"absent/s", "No such file"}},
        {"serve --model absent.json", 4, {"absent.json", "No such file"}},
        {"export --to c99 -o c99", 2, {"--model FILE is missing"}},
        {"export --model good.json -o c99", 2, {"--to FORMAT is missing", "c99 or onnx"}},
        {"export --model good.json --to c99", 2, {"--output PATH is missing"}},
        {"export --model good.json --to c9 -o c99", 2, {"--to = 'c9'", "did you mean 'c99'?"}},
        {"export --model good.json --to c99 --precision half -o c99", 2, {"'half'", "double, float"}},
        {"export --model good.json --to c99 --name a-b -o c99", 2, {"--name = 'a-b'", "C identifier"}},
        {"export --model good.json --to c99 --max-bytes 0 -o c99", 2, {"--max-bytes = '0'"}},
        {"export --model good.json --to c99 --max-bytes 99 -o c99", 2, {"more than --max-bytes = 99"}},
        {"export --model good.json --to onnx --name x -o x.onnx", 2, {"--name is for --to c99 only"}},
        {"export --model data.csv --to c99 -o c99", 3, {"data.csv:1: ", "not a model"}},
        {"export --model good.json --to c99 -o old.csv", 4, {"old.csv", "folder"}},
        {"predict --model good.json", 2, {"how long the link is"}},
        {"predict --model good.json --distance-km 100 --polish -1", 2, {"--polish = '-1'"}},
        {"predict --model good.json --distance-km 100 --polish 5.5", 2, {"--polish = '5.5'"}},
        {"predict --model good.json --distance-km 100 --falback", 2, {"did you mean '--fallback'?"}},
        {"predict --model absent --distance-km 100", 2, {"--model = 'absent'", "no model of that name"}},
        {"train --data data.csv --loss keyrate -o m.json", 2, {"'keyrate'", "did you mean 'key-rate'?"}},
        {"train --data data.csv --labels no -o m.json", 2, {"--labels = 'no'", "optima, none"}},
        {"train --data data.csv --loss key-rate --network grnn -o m.json",
         2,
         {"grnn", "only bpnn and rbfnn"}},
        {"train --labels none --network rbfnn -o m.json", 2, {"rbfnn", "without labels; only bpnn can"}},
        {"train --labels none --loss mean-square -o m.json", 2, {"--loss mean-square needs optima"}},
        {"train --labels none --data data.csv --rows 100 -o m.json", 2, {"--rows and --data both"}},
        {"train --data data.csv --rows 100 -o m.json", 2, {"--rows draws links for --labels none"}},
        {"train --labels none --rows 5 -o m.json", 2, {"--rows = '5'"}},
        {"train --labels none --protocol plob -o m.json", 2, {"plob", "no parameters to optimise"}},
        {"train --data data.csv --loss key-rate --rate-iterations 0 -o m.json",
         2,
         {"--rate-iterations = '0'"}},
        {"train --data data.csv --model good.json -o m.json", 2, {"add --loss key-rate"}},
        {"train --data data.csv --model good.json --loss key-rate --hidden 4 -o m.json",
         2,
         {"--hidden is for a new network"}},
        {"train --data data.csv --model good.json --loss key-rate -o m.json",
         2,
         {"grnn", "only bpnn and rbfnn"}},
        {"benchmark --model good.json", 2, {"--data FILE is missing", "tfqkd generate"}},
        {"benchmark --data data.csv --passes 1001", 2, {"--passes = '1001'", "from 0 to 1000"}},
        {"benchmark --data data.csv --show bin", 2, {"--show = 'bin'", "did you mean 'bins'"}},
        {"benchmark --data data.csv --show bins --by distance --quiet", 2, {"'distance'", "distance_km"}},
        {"benchmark --data data.csv --data data.csv", 2, {"--data names two files 'data'"}},
        {"benchmark --data data.csv --junit gate.xml", 2, {"--junit needs --compare BASELINE"}},
        {"benchmark --data data.csv --compare absent.json", 4, {"absent.json", "--update-baseline"}},
        {"benchmark --data data.csv --compare absent.json --fail-over rat:1", 2, {"did you mean 'rate'"}},
        {"benchmark --data data.csv --compare absent.json --fail-over time", 2, {"METRIC:LIMIT"}},
        {"benchmark --data data.csv --compare absent.json --fail-over time:-3%", 2, {"limit of 0 or more"}},
        {"benchmark --data data.csv --compare good.json", 3, {"good.json: ", "not a baseline"}},
        {"benchmark --data data.csv --fix decoy_ratio=0.1", 2, {"no flag '--fix'"}},
    });
}

TEST_CASE("figures that can't be drawn are refused", "[corpus]") {
    const Corpus corpus;
    check_refusals({
        {"plot", 2, {"what to plot is missing", "convergence"}},
        {"plot rates", 2, {"'rates' is no figure", "did you mean 'rate'?"}},
        {"plot rate -o rate.xyz", 2, {"rate.xyz", ".svg"}},
        {"plot rate --format gif", 2, {"--format = 'gif'", "svg, pdf, png"}},
        {"plot rate --width 0", 2, {"--width", "[3, 100]"}},
        {"plot rate --protocol sns-finit", 2, {"did you mean 'sns-finite'?"}},
        {"plot rate --sweep distance_km=0:5000:1 --distance-km 3", 2, {"distance"}},
        {"plot rate absent.csv", 4, {"absent.csv", "No such file"}},
        {"plot ratio", 2, {"benchmark --show links"}},
        {"plot learning", 2, {"network, rows, mean_ratio"}},
        {"plot learning -", 3, {"network"}, "rows,mean_ratio\n300,0.9\n"},
        {"plot ratio -", 3, {"ratio"}, "method,loss_a_db\na,3\n"},
        {"plot rate -", 3, {"no link quantity varies", "--x"}, "protocol,rate_bit_per_pulse\nplob,3\n"},
        {"plot rate - --x length", 3, {"length"}, "distance_km,rate_bit_per_pulse\n1,3\n2,3\n"},
        {"plot convergence --protocol plob", 2, {"plob"}},
        {"plot convergence --method lsb", 2, {"lsb"}},
        {"manual", 2, {"which form is missing", "markdown"}},
        {"manual men", 2, {"'men' is no form", "did you mean 'man'?"}},
        {"manual man", 2, {"--output FOLDER is missing"}},
        {"manual man -o /dev/null", 4, {"/dev/null: can't be made a folder"}},
        {"train --tune --tuned t.csv --data links.csv", 2, {"give one of them"}},
        {"train --data links.csv --folds 3 -o m.json", 2, {"--folds is for --tune"}},
        {"train --data links.csv --resume -o m.json", 2, {"--resume is for --tune"}},
        {"train --data links.csv --tune --loss key-rate", 2, {"--tune is for --loss mean-square"}},
        {"train --data links.csv --tune --try hiden=3", 2, {"--try 'hiden=3'", "SETTING=VALUE"}},
        {"train --data links.csv --tune --try hidden", 2, {"--hidden = ''"}},
        {"train --data links.csv --tune --try hidden=0", 2, {"--hidden"}},
        {"train --data links.csv --tune --folds 1", 2, {"--folds", "from 2 to 100"}},
        {"train --data links.csv --tuned - -o m.json",
         3,
         {"not every setting has every fold"},
         "network,setting,mean_ratio\nbpnn,hidden=3,0.5\nbpnn,hidden=4,0.5\nbpnn,hidden=4,0.6\n"},
        {"report -o r.html", 2, {"what to report is missing"}},
        {"report links.csv", 2, {"--output FILE is missing"}},
        {"report absent.csv -o r.html", 4, {"absent.csv", "No such file"}},
        {"report - -o r.html", 3, {"nothing here that a report knows", "benchmark"}, "a,b\n1,2\n"},
        {"report - -o r.html", 3, {"no rows to report"}, "method,links,mean_ratio\n"},
    });
}

TEST_CASE("bad words are shown without upsetting the terminal", "[corpus]") {
    const Outcome escape = run_program({"rate", "--distance-km", "\x1b[31mred"});
    CHECK(escape.code == 2);
    CHECK(escape.err.find('\x1b') == std::string::npos);
    CHECK_THAT(escape.err, contains_text("\\x1b[31mred"));
    for (const char* flag : {"--distance-km", "--protocol", "--sweep", "--format", "--links"}) {
        const Outcome long_word = run_program({"rate", "--distance-km=5", flag, std::string(100000, 'x')});
        CHECK(long_word.code != 0);
        CHECK(long_word.out.empty());
    }
}

TEST_CASE("bad configurations are refused with their place", "[corpus]") {
    const Corpus corpus;
    put_file("config-deep.json", "{\"seed\": " + std::string(500000, '[') + std::string(500000, ']') + "}");
    check_refusals({
        {"generate --config config-broken.json", 3, {"config-broken.json:2: ", "not valid JSON"}},
        {"generate --config empty.csv", 3, {"empty.csv:1: ", "not valid JSON"}},
        {"generate --config config-array.json", 3, {"config-array.json: ", "JSON object"}},
        {"generate --config config-unknown-key.json", 3, {"'sed'", "did you mean 'seed'?"}},
        {"generate --config config-nested.json", 3, {"'seed'", "a text or a number"}},
        {"generate --config config-deep.json", 3, {"config-deep.json: ", "nested too deep"}},
        {"generate --config config-list.json", 3, {"'seed'", "one value"}},
        {"generate --config config-null.json", 3, {"'seed'", "a text or a number"}},
        {"generate --config config-twice.json", 3, {"'seed' is there twice"}},
        {"generate --config config-switch.json", 3, {"'force'", "true or false"}},
        {"generate --config config-infinite.json", 3, {"config-infinite.json: ", "too large"}},
        {"generate --config config-self.json", 3, {"unknown key 'config'"}},
        {"generate --config config-seed.json", 2, {"--seed = '-1'"}},
        {"generate --config absent.json", 4, {"absent.json", "No such file"}},
        {"generate --config folder", 4, {"folder", "Is a directory"}},
    });
}

TEST_CASE("bad data sets are refused with their place", "[corpus]") {
    const Corpus corpus;
    check_refusals({
        {"train -o m.json --data data-no-protocol.csv", 3, {"data-no-protocol.csv: ", "--protocol NAME"}},
        {"train -o m.json --data data-unknown-protocol.csv",
         3,
         {"'sns-infinite'", "data-unknown-protocol.csv"}},
        {"train -o m.json --data data-no-rate.csv", 3, {"data-no-rate.csv", "'key_rate_bit_per_pulse'"}},
        {"train -o m.json --data data-no-parameter.csv", 3, {"data-no-parameter.csv", "'decoy_ratio'"}},
        {"train -o m.json --data data-few-rows.csv",
         3,
         {"data-few-rows.csv: ", "rows with a key: 1", "at least 20"}},
        {"train -o m.json --data data-header.csv", 3, {"data-header.csv: ", "at least 20"}},
        {"train -o m.json --data data-all-the-same.csv", 3, {"data-all-the-same.csv: ", "nothing to learn"}},
        {"train -o m.json --data data-range.csv",
         3,
         {"data-range.csv:3: ", "signal_window_probability = 1.9"}},
        {"train -o m.json --data data-missing-parameter.csv",
         3,
         {"data-missing-parameter.csv:3: ", "weak_decoy_intensity"}},
        {"train -o m.json --data data.csv --protocol pm-decoy",
         3,
         {"data.csv: ", "is of sns-finite, not of pm-decoy"}},
        {"train -o m.json --data data.csv --protocol sns-infinite", 2, {"no protocol 'sns-infinite'"}},
        {"train -o m.json --data good.json", 3, {"good.json:1: "}},
        {"train -o m.json --data too-large.csv --protocol sns-finite", 3, {"too-large.csv:3: "}},
        {"train -o m.json --data absent.csv", 4, {"absent.csv", "No such file"}},
        {"benchmark --data data-few-rows.csv --model absent.json", 4, {"absent.json", "No such file"}},
        {"benchmark --data data-no-rate.csv --quiet", 3, {"'key_rate_bit_per_pulse'"}},
        {"benchmark --data data-header.csv --quiet", 3, {"data-header.csv: "}},
    });
}

TEST_CASE("bad models are refused before anything is predicted", "[corpus]") {
    const Corpus corpus;
    const std::string text = file_text("good.json");
    const json good = json::parse(text);
    REQUIRE(hashed(good) + "\n" == text);
    const auto changed = [&](const std::string& name, const std::function<void(json&)>& change) {
        json model = good;
        change(model);
        put_file(name, hashed(model));
    };
    put_file("empty.json", "");
    put_file("half.json", text.substr(0, text.size() / 2));
    put_file("lines.json", "{\n\"schema\": \"tfqkd.model/1\",\n}\n");
    put_file("array.json", "[]");
    put_file("deep.json", std::string(1000000, '['));
    put_file("bytes.json", "{\"schema\": \"\xff\xfe\"}");
    put_file("damaged.json", [&] {
        std::string damaged = text;
        const std::size_t digit = damaged.find_first_of("123456789", damaged.find("\"data\""));
        damaged[digit] = damaged[digit] == '9' ? '8' : static_cast<char>(damaged[digit] + 1);
        return damaged;
    }());
    put_file("no-hash.json", [&] {
        json model = good;
        model.erase("hash");
        return model.dump();
    }());
    changed("no-schema.json", [](json& m) { m.erase("schema"); });
    changed("newer.json", [](json& m) { m["schema"] = "tfqkd.model/2"; });
    changed("data-schema.json", [](json& m) { m["schema"] = "tfqkd.dataset/1"; });
    changed("odd-schema.json", [](json& m) { m["schema"] = "tfqkd.model/1x"; });
    changed("number-schema.json", [](json& m) { m["schema"] = 1; });
    changed("protocol.json", [](json& m) { m["protocol"] = "sns-infinite"; });
    changed("other-protocol.json", [](json& m) { m["protocol"] = "pm-decoy"; });
    changed("no-network.json", [](json& m) { m.erase("network"); });
    changed("kind.json", [](json& m) { m["network"]["kind"] = "oracle"; });
    changed("input.json", [](json& m) { m["inputs"][0]["name"] = "weather"; });
    changed("no-inputs.json", [](json& m) { m["inputs"] = json::array(); });
    changed("fewer-outputs.json", [](json& m) { m["outputs"].erase(0); });
    changed("output-range.json", [](json& m) { m["outputs"][0]["upper"] = 1e9; });
    changed("fixed-output.json", [](json& m) {
        m["fixed_outputs"].push_back({{"name", "signal_intensity"}, {"value", -1}});
    });
    changed("null-weight.json", [](json& m) { first_matrix(m)["data"][0] = nullptr; });
    changed("text-weight.json", [](json& m) { first_matrix(m)["data"][0] = "1"; });
    changed("short-data.json", [](json& m) { first_matrix(m)["data"].erase(0); });
    changed("huge.json", [](json& m) {
        first_matrix(m)["rows"] = 2147483647;
        first_matrix(m)["cols"] = 2147483647;
    });
    changed("negative.json", [](json& m) { first_matrix(m)["rows"] = -1; });
    changed("arms.json", [](json& m) { m["equal_arms"] = 1; });
    changed("seed.json", [](json& m) { m["training"]["seed"] = -1; });
    std::vector<Refusal> refusals;
    const auto refuse = [&](const std::string& file, std::vector<std::string> parts) {
        parts.push_back(file);
        refusals.push_back({"predict --distance-km 100 --model " + file, 3, std::move(parts)});
    };
    refuse("empty.json", {"empty.json:1: ", "tfqkd train"});
    refuse("half.json", {"half.json:1: ", "not valid JSON"});
    refuse("lines.json", {"lines.json:3: ", "not valid JSON"});
    refuse("array.json", {"not a JSON object"});
    refuse("deep.json", {"nested"});
    refuse("bytes.json", {"bytes.json:1: "});
    refuse("data.csv", {"data.csv:1: ", "not valid JSON"});
    refuse("damaged.json", {"does not match its hash", "train the model again"});
    refuse("no-hash.json", {"'hash' is missing"});
    refuse("no-schema.json", {"'schema' is missing"});
    refuse("newer.json", {"'tfqkd.model/2'", "newer tfqkd", "up to version 1"});
    refuse("data-schema.json", {"'tfqkd.dataset/1'", "not a model"});
    refuse("odd-schema.json", {"'tfqkd.model/1x'"});
    refuse("number-schema.json", {"'schema' must be a string"});
    refuse("protocol.json", {"no protocol 'sns-infinite'"});
    refuse("other-protocol.json", {"which its protocol does not have"});
    refuse("no-network.json", {"'network' is missing"});
    refuse("kind.json", {"oracle"});
    refuse("input.json", {"'weather'"});
    refuse("no-inputs.json", {});
    refuse("fewer-outputs.json", {});
    refuse("output-range.json", {"range"});
    refuse("fixed-output.json", {"signal_intensity = -1", "(0, 4]"});
    refuse("null-weight.json", {"must be a number"});
    refuse("text-weight.json", {"must be a number"});
    refuse("short-data.json", {"rows x cols"});
    refuse("huge.json", {});
    refuse("negative.json", {"whole number from 1"});
    refuse("arms.json", {"'equal_arms' must be true or false"});
    refuse("seed.json", {"'seed' must be a whole number"});
    refusals.push_back({"predict --distance-km 100 --model absent.json", 4, {"absent.json", "No such file"}});
    refusals.push_back({"predict --distance-km 100 --model folder", 4, {"folder", "Is a directory"}});
    refusals.push_back({"benchmark --data data.csv --model newer.json --quiet", 3, {"newer tfqkd"}});
    check_refusals(refusals);
}

TEST_CASE("a spoilt model is refused or predicts, and never more", "[corpus]") {
    const Corpus corpus;
    std::mt19937 random(1);
    int refused = 0, used = 0;
    for (const char* network :
         {"grnn", "bpnn --hidden 4", "rbfnn --max-centres 5", "polynomial --degree 2"}) {
        REQUIRE(run_line("train --data data.csv --quiet --force -o m.json --network " + std::string(network))
                    .code == 0);
        const json good = json::parse(file_text("m.json"));
        for (int i = 0; i < 150; ++i) {
            json model = good;
            spoil(model, random);
            const std::string text = hashed(model);
            put_file("spoilt.json", text);
            const Outcome outcome = run_line("predict --quiet --distance-km 100 --model spoilt.json");
            CAPTURE(text.substr(0, 2000), outcome.err);
            REQUIRE((outcome.code == 0 || outcome.code == 3));
            REQUIRE((outcome.code == 0 ||
                     (outcome.out.empty() && outcome.err.starts_with("tfqkd: spoilt.json"))));
            ++(outcome.code == 0 ? used : refused);
        }
    }
    CHECK(refused > 100);
    CHECK(used > 20);
}

TEST_CASE("a model for another protocol is refused", "[corpus]") {
    const Corpus corpus;
    REQUIRE(run_line("generate --protocol sns-decoy --rows 60 --range distance_km=0:200 --quiet -o decoy.csv")
                .code == 0);
    check_refusals({
        {"benchmark --data decoy.csv --model good.json --quiet", 3, {"good: the model is for sns-finite"}},
        {"benchmark --data decoy.csv --train data.csv --quiet",
         3,
         {"data.csv: the training rows are for sns-finite, the data set for sns-decoy"}},
    });
}
