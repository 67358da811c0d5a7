#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "refusals.hpp"
#include "run_program.hpp"

using namespace tfqkd::test;
using nlohmann::json;
namespace fs = std::filesystem;

// Bad options of long runs, and bad files of theirs: parts, stopped runs, manifests.
namespace {

void run_well(const std::string& line) {
    const Outcome outcome = run_line(line);
    CAPTURE(line, outcome.err);
    REQUIRE(outcome.code == 0);
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
    const std::size_t place = text.find(what);
    REQUIRE(place != std::string::npos);
    return text.replace(place, what.size(), with);
}

// The current folder with the three shards of a run and the run as a whole.
class Shards {
  public:
    Shards() {
        for (const char* k : {"1", "2", "3"})
            run_well("generate --rows 20 --quiet --shard " + std::string(k) + "/3 -o p" + k + ".csv");
        run_well("generate --rows 20 --quiet -o whole.csv");
        put_file("links.csv", "distance_km\n100\n200\n");
    }

  private:
    WorkFolder folder_;
};

}  // namespace

TEST_CASE("options of long runs are refused with the next step", "[corpus]") {
    const Shards shards;
    put_file("s.csv.partial", file_text("p2.csv").substr(0, 1500));
    put_file("alien.csv.partial", "a,b\n1,2\n");
    put_file("broken.csv.partial", "# run_id: 1\na,a\n");
    check_refusals({
        {"generate --shard 0/4 -o a.csv", 2, {"--shard = '0/4'", "counted from 1", "1/4"}},
        {"generate --shard 5/4 -o a.csv", 2, {"--shard = '5/4'", "the last one is 4/4"}},
        {"generate --shard 2 -o a.csv", 2, {"--shard = '2'", "K/N such as 2/7"}},
        {"generate --shard 1/2", 2, {"--shard needs --output FILE"}},
        {"generate --shard 1/2 -o -", 2, {"--shard needs --output FILE"}},
        {"generate --shard 1/2 -o /dev/null", 2, {"--shard needs --output FILE", "regular"}},
        {"generate --shard 1/2 -o a.json", 2, {"--shard needs rows that stand alone", ".csv or .jsonl"}},
        {"generate --resume -o a.md", 2, {"--resume needs rows that stand alone"}},
        {"generate --resume", 2, {"--resume needs --output FILE"}},
        {"generate --resume=yes -o a.csv", 2, {"--resume is a switch"}},
        {"optimize --links - --resume -o a.csv", 2, {"--resume needs inputs", "--links"}},
        {"optimize --links /dev/null --shard 1/2 -o a.csv", 2, {"--shard needs inputs", "no regular file"}},
        {"optimize --links - --dry-run", 2, {"can't be counted", "name of a file"}},
        {"optimize --distance-km 100 --audit 1 --resume -o a.csv", 2, {"--resume", "--audit"}},
        {"benchmark --data whole.csv --resume -o a.csv", 2, {"--resume is for --show links", "--from FILE"}},
        {"benchmark --data whole.csv --show bins --shard 1/2 -o a.csv", 2, {"--shard is for --show links"}},
        {"benchmark --from whole.csv --show links --dry-run", 2, {"--dry-run is for --show links"}},
        {"benchmark --data whole.csv --show links --shard 1/2", 2, {"--shard needs --output FILE"}},
        {"benchmark --data whole.csv --show links --max-time 9 -o a.csv", 2, {"--max-time = '9'"}},
        {"benchmark --data whole.csv --compare b.json --update-baseline --max-time 9s",
         2,
         {"--max-time is for --show links"}},
        {"generate --max-time 55 -o a.csv", 2, {"--max-time = '55'", "such as 55m"}},
        {"generate --max-time -1h -o a.csv", 2, {"--max-time = '-1h'", "above 0"}},
        {"generate --max-time nanm -o a.csv", 2, {"--max-time = 'nanm'"}},
        {"generate --rows 21 --resume -o whole.csv", 3, {"--rows is '20' in whole.csv, '21' in this run"}},
        {"generate --rows 20 --resume -o p1.csv", 3, {"p1.csv is shard 1/3, this is the whole run"}},
        {"generate --rows 20 --seed 2 --shard 2/3 --resume -o s.csv",
         3,
         {"s.csv.partial is of another run", "--seed is not set in s.csv.partial, '2' in this run"}},
        {"generate --rows 20 --shard 3/3 --resume -o s.csv", 3, {"shard 2/3, this is shard 3/3"}},
        {"optimize --links links.csv --resume -o s.csv", 3, {"the command is 'generate'"}},
        {"generate --resume -o alien.csv", 3, {"alien.csv.partial has no run_id"}},
        {"generate --resume -o broken.csv", 3, {"broken.csv.partial:2: ", "two columns"}},
        {"generate --resume -o links.csv", 3, {"links.csv has no run_id"}},
    });
}

TEST_CASE("shards that do not make a whole are refused", "[corpus]") {
    const Shards shards;
    const std::string part = file_text("p2.csv");
    const std::size_t last = part.rfind('\n', part.size() - 2) + 1, first = part.find("\n1,") + 1;
    const std::size_t second = part.find('\n', first) + 1;
    put_file("short.csv", part.substr(0, last));
    put_file("torn.csv", part.substr(0, part.size() - 9));
    put_file("gap.csv", part.substr(0, first) + part.substr(second));
    put_file("twice.csv", part.substr(0, second) + part.substr(first));
    put_file("cells.csv", replaced(part, ",gradient", ""));
    put_file("other.csv", replaced(part, ",ok\n", ",zero\n"));
    put_file("header.csv", replaced(part, "# run: tfqkd", "# run: tfqkt"));
    put_file("place.csv", replaced(part, "# shard: 2/3", "# shard: 9/3"));
    put_file("auto.csv", replaced(part, "# shard: 2/3", "# shard: auto"));
    put_file("columns.csv", replaced(part, ",stop,", ",halt,"));
    put_file("p2.csv.partial", part.substr(0, last));
    put_file("empty.csv", "");
    run_well("generate --rows 20 --quiet --shard 2/4 -o four.csv");
    run_well("generate --rows 20 --quiet --seed 3 --shard 2/3 -o seed.csv");
    run_well("generate --rows 20 --quiet --shard 1/3 -o p1.jsonl");
    check_refusals({
        {"merge", 2, {"nothing to merge", "part-*.csv"}},
        {"merge p1.csv p2.csv p3.csv", 2, {"--output FILE is missing"}},
        {"merge p1.csv p2.csv p3.csv -o whole.csv", 2, {"whole.csv is there already", "--force"}},
        {"merge p1.csv p1.jsonl -o a.csv", 2, {"different formats"}},
        {"merge p1.csv p2.csv p3.csv -o a.jsonl", 2, {"--output = 'a.jsonl' must end as the shards do"}},
        {"merge p1.json -o a.json", 2, {"p1.json: shards are .csv or .jsonl"}},
        {"merge p1.csv absent.csv -o a.csv", 4, {"absent.csv", "No such file"}},
        {"merge p1.csv p3.csv -o a.csv", 3, {"a shard is missing: 2/3"}},
        {"merge p1.csv -o a.csv", 3, {"2 shards are missing: 2/3, 3/3"}},
        {"merge p1.csv seed.csv p3.csv -o a.csv",
         3,
         {"not parts of one run", "--seed is not set in p1.csv, '3' in seed.csv"}},
        {"merge p1.csv four.csv p3.csv -o a.csv", 3, {"p1.csv is shard 1/3, four.csv is shard 2/4"}},
        {"merge p1.csv p2.csv.partial p3.csv -o a.csv", 3, {"p2.csv.partial is not finished", "--resume"}},
        {"merge p1.csv short.csv p3.csv -o a.csv", 3, {"shard 2/3", "too early"}},
        {"merge p1.csv torn.csv p3.csv -o a.csv", 3, {"torn.csv: the last row is torn", "--resume"}},
        {"merge p1.csv gap.csv p3.csv -o a.csv", 3, {"gap.csv, row 1: expected the row with index 1"}},
        {"merge p1.csv twice.csv p3.csv -o a.csv", 3, {"twice.csv, row 2: expected the row with index 4"}},
        {"merge p1.csv cells.csv p3.csv -o a.csv", 3, {"cells.csv, row", "cells, expected"}},
        {"merge p1.csv p2.csv other.csv p3.csv -o a.csv", 3, {"both shard 2/3, but differ from row"}},
        {"merge p1.csv header.csv p3.csv -o a.csv", 3, {"header.csv: run_id and run do not fit"}},
        {"merge p1.csv place.csv p3.csv -o a.csv", 3, {"shard = '9/3'"}},
        {"merge p1.csv auto.csv p3.csv -o a.csv", 3, {"shard = 'auto'"}},
        {"merge p1.csv columns.csv p3.csv -o a.csv", 3, {"different columns or properties"}},
        {"merge empty.csv -o a.csv", 3, {"empty.csv: the file ends before its first row"}},
        {"merge links.csv -o a.csv", 3, {"links.csv has no run_id"}},
    });
    // The same shard twice is no harm.
    fs::copy("p2.csv", "again.csv");
    const Outcome outcome = run_line("merge p1.csv p2.csv again.csv p3.csv -o a.csv");
    CHECK(outcome.code == 0);
    CHECK_THAT(outcome.err, contains_text("again.csv is left out"));
    CHECK(file_text("a.csv") == file_text("whole.csv"));
}

TEST_CASE("tables of links that a benchmark did not write, or not to its end, are refused", "[corpus]") {
    const Shards shards;
    run_well("benchmark --data whole.csv --show links --method lsa --method auto --quiet -o good.csv");
    const std::string good = file_text("good.csv");
    const std::size_t last = good.rfind('\n', good.size() - 2) + 1, second = good.find(",lsa,1,");
    put_file("short.csv", good.substr(0, last));
    put_file("gap.csv", replaced(good, ",lsa,1,", ",lsa,2,"));
    put_file("other.csv", replaced(good, ",auto,0,", ",auto,0.5,"));
    put_file("protocol.csv", replaced(good, "whole,sns-finite,lsa,1,", "whole,aopp-finite,lsa,1,"));
    put_file("word.csv", replaced(good, "whole,sns-finite,", "whole,$(true),"));
    put_file("rateless.csv", replaced(good, ",best_rate,", ",good_rate,"));
    put_file("nothing.csv", good.substr(0, good.find("\nwhole,") + 1));
    REQUIRE(second != std::string::npos);
    check_refusals({
        {"benchmark --from good.csv --data whole.csv", 2, {"--data is for measuring", "--from"}},
        {"benchmark --from good.csv --model sns-finite", 2, {"--model is for measuring"}},
        {"benchmark --from good.csv --method auto", 2, {"--method is for measuring"}},
        {"benchmark --from good.csv --show residuals", 2, {"residuals", "parameters"}},
        {"benchmark --from absent.csv", 4, {"absent.csv", "No such file"}},
        {"benchmark --from links.csv", 3, {"links.csv", "'test_set'"}},
        {"benchmark --from short.csv", 3, {"short.csv:", "the last row of 'auto' on 'whole'"}},
        {"benchmark --from gap.csv", 3, {"gap.csv:", "expected row 1", "tfqkd merge"}},
        {"benchmark --from other.csv", 3, {"other.csv:", "expected row 0"}},
        {"benchmark --from protocol.csv", 3, {"protocol.csv:", "another link"}},
        {"benchmark --from word.csv", 3, {"word.csv:", "no protocol '$(true)'"}},
        {"benchmark --from rateless.csv", 3, {"rateless.csv", "'best_rate'"}},
        {"benchmark --from nothing.csv", 3, {"nothing.csv: there are no rows"}},
        {"benchmark --data whole.csv --search-links 0", 2, {"nothing to compare", "--model"}},
    });
}

TEST_CASE("manifests that can't be repeated are refused, and nothing is written", "[corpus]") {
    const Shards shards;
    run_well("optimize --links links.csv --quiet -o result.csv");
    const json good = json::parse(file_text("result.csv.manifest.json"));
    const auto put = [&](const char* name, const auto& change) {
        json manifest = good;
        change(manifest);
        put_file(name, manifest.dump());
    };
    put("newer.json", [](json& m) { m["schema"] = "tfqkd.manifest/2"; });
    put("no-schema.json", [](json& m) { m.erase("schema"); });
    put("no-words.json", [](json& m) { m["arguments"] = json::array(); });
    put("numbers.json", [](json& m) { m["arguments"] = {1, 2}; });
    put("no-output.json", [](json& m) { m.erase("output"); });
    put("command.json", [](json& m) { m["arguments"][0] = "rm"; });
    put("itself.json", [](json& m) { m["arguments"] = {"rerun", "itself.json"}; });
    put("writes.json", [](json& m) {
        m["arguments"] = {"optimize", "--links", "precious.csv", "-o", "x.csv"};
    });
    put("absent.json", [](json& m) { m["inputs"][0]["path"] = m["arguments"][2] = "absent.csv"; });
    put("pipe.json", [](json& m) { m["inputs"][0].erase("xxh3_128"); });
    put("changed.json", [](json& m) { m["inputs"][0]["xxh3_128"] = std::string(32, '0'); });
    put("flag.json", [](json& m) { m["arguments"].push_back("--no-such-flag"); });
    // What a stranger may have put there, to read or write what the result does not need.
    put("equals.json", [](json& m) { m["arguments"].push_back("--config=config.json"); });
    put("letter.json", [](json& m) { m["arguments"].insert(m["arguments"].end(), {"-o", "precious.csv"}); });
    put("config.json", [](json& m) { m["arguments"].insert(m["arguments"].end(), {"--config", "x.json"}); });
    put("bare.json", [](json& m) { m["arguments"].push_back("--links"); });
    put("device.json", [](json& m) { m["inputs"][0]["path"] = m["arguments"][2] = "/dev/zero"; });
    const auto put_words = [&](const char* name, const std::string& words) {
        put(name, [&](json& m) { m["arguments"] = words_of(words); });
    };
    put_words("gate.json",
              "benchmark --data links.csv --compare precious.csv --update-baseline --output x.csv");
    put_words("junit.json", "benchmark --data links.csv --junit new.xml --output x.csv");
    put_words("script.json", "plot rate --script new.gp --output x.svg");
    put_words("socket.json", "serve --socket new.socket --output x");
    put_words("operand.json", "report precious.csv --output x.html");
    put_words("above.json", "convert ../secret.csv --output x.csv");
    put_words("partial.json", "merge - --output x.csv");
    put_file("deep.json", std::string(100000, '['));
    put_file("no.json", "{");
    put_file("precious.csv", "distance_km\n1\n");
    check_refusals({
        {"rerun", 2, {"which run?", "manifest.json"}},
        {"rerun a b", 2, {"unexpected word 'b'"}},
        {"rerun nothing.json", 4, {"nothing.json", "No such file"}},
        {"rerun newer.json", 3, {"newer tfqkd"}},
        {"rerun no-schema.json", 3, {"not a manifest"}},
        {"rerun links.csv", 3, {"links.csv:1: not valid JSON"}},
        {"rerun no.json", 3, {"no.json:1: not valid JSON"}},
        {"rerun deep.json", 3, {"deep.json: nested too deep"}},
        {"rerun no-words.json", 3, {"not whole"}},
        {"rerun numbers.json", 3, {"not whole, or was changed"}},
        {"rerun no-output.json", 3, {"not whole, or was changed"}},
        {"rerun command.json", 3, {"no command 'rm'"}},
        {"rerun itself.json", 3, {"no command 'rerun'"}},
        {"rerun writes.json", 3, {"--links names a file that is not among the inputs"}},
        {"rerun absent.json", 4, {"'absent.csv'", "not there any more"}},
        {"rerun pipe.json", 3, {"can't be read again"}},
        {"rerun changed.json", 3, {"links.csv is not what it was"}},
        {"rerun flag.json", 3, {"no flag '--no-such-flag'", "optimize"}},
        {"rerun equals.json", 3, {"no flag '--config=config.json'"}},
        {"rerun letter.json", 3, {"'-o' is not among the inputs"}},
        {"rerun config.json", 3, {"a run with --config reads or writes more than its result"}},
        {"rerun bare.json", 3, {"--links has no value"}},
        {"rerun device.json", 3, {"/dev/zero is no regular file"}},
        {"rerun gate.json", 3, {"a run with --compare"}},
        {"rerun junit.json", 3, {"a run with --junit"}},
        {"rerun script.json", 3, {"a run with --script"}},
        {"rerun socket.json", 3, {"a run with --socket"}},
        {"rerun operand.json", 3, {"'precious.csv' is not among the inputs"}},
        {"rerun above.json", 3, {"'../secret.csv' is not among the inputs"}},
        {"rerun partial.json", 3, {"'-' is not among the inputs"}},
        {"rerun result.csv.manifest.json --tolerance 2", 2, {"--tolerance = 2", "[0, 1]"}},
        {"diff whole.csv", 2, {"two files are compared", "found 1"}},
        {"diff whole.csv absent.csv", 4, {"absent.csv"}},
        {"diff whole.csv newer.json", 3, {"one of them is a table"}},
        {"diff no.json no.json", 3, {"no.json:1: not valid JSON"}},
        {"diff deep.json deep.json", 3, {"deep.json: nested too deep"}},
        {"diff whole.csv p1.csv --tolerance x", 2, {"--tolerance = 'x'"}},
    });
}
