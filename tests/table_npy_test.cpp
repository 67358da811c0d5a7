#include <cmath>
#include <cstring>
#include <random>
#include <sstream>

#include "catch.hpp"
#include "refusals.hpp"
#include "run_program.hpp"
#include "sizes.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/table_io.hpp"

using namespace tfqkd;
using namespace tfqkd::test;
namespace fs = std::filesystem;

namespace {

// An NPY file as numpy.save writes it (version 1.0).
std::string numpy_file(const std::string& description, const std::string& data) {
    std::string text = description;
    text += std::string(64 - (10 + text.size() + 1) % 64, ' ') + "\n";
    return std::string("\x93NUMPY\x01\0", 8) + static_cast<char>(text.size() & 255) +
           static_cast<char>(text.size() >> 8) + text + data;
}

template <class Number>
std::string bytes_of(Number value) {
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

std::string npy(const Table& table) {
    std::ostringstream out;
    write_table(out, TableFormat::npy, table);
    return out.str();
}

}  // namespace

TEST_CASE("an NPY file is laid out as numpy wants it", "[table][npy]") {
    Table table;
    table.add("x", Table::Numbers{1.5, NAN});
    table.add("name", Table::Text{"a", ""});
    table.properties = {{"run", "it's 'quoted'"}};
    const std::string file = npy(table);
    CHECK(file.starts_with(std::string("\x93NUMPY\x01\0", 8)));
    CHECK(file.substr(10).starts_with(
        "{'descr': [('x', '<f8'), ('name', '|S32'), ], 'fortran_order': False, 'shape': (2,), }"));
    const std::size_t length =
        static_cast<unsigned char>(file[8]) + 256u * static_cast<unsigned char>(file[9]);
    CHECK((10 + length) % 64 == 0);
    CHECK(file[10 + length - 1] == '\n');
    CHECK(file.size() == 10 + length + 2 * (8 + 32));
    CHECK(file.substr(10 + length, 9) == bytes_of(1.5) + "a");
}

TEST_CASE("from CSV to NPY and back nothing is lost", "[table][npy]") {
    const WorkFolder folder;
    REQUIRE(run_line("generate --rows 100 --quiet -o data.csv").code == 0);
    put_file("labels.csv",
             "# note: a, \"b\" 'c' \xc3\xa9\nname,x,empty\n\"a, \"\"b\"\"\",1e-300,\n\"two\nlines\",-0.1,\n"
             "\"\",,\n\xc3\xa9t\xc3\xa9,5e-324,\n" +
                 std::string(100, 'x') + ",1.7976931348623157e+308,\n");
    for (const std::string name : {"data", "labels"}) {
        CAPTURE(name);
        REQUIRE(run_line("convert " + name + ".csv -o " + name + ".npy").code == 0);
        REQUIRE(run_line("convert " + name + ".npy -o back.csv --force").code == 0);
        std::string expected = file_text(name + ".csv");
        if (name == "labels") expected.replace(expected.find("\"\",,"), 2, "");
        CHECK(file_text("back.csv") == expected);
    }
    CHECK(run_line("diff data.csv data.npy").code == 0);
}

TEST_CASE("NPY tables serve wherever tables do", "[table][npy]") {
    const WorkFolder folder;
    REQUIRE(run_line("generate --rows 60 --range distance_km=0:300 --quiet -o data.csv").code == 0);
    REQUIRE(run_line("generate --rows 60 --range distance_km=0:300 --quiet -o data.npy").code == 0);
    CHECK(run_line("diff data.csv data.npy --tolerance 0").code == 0);
    for (const char* ending : {"csv", "npy"}) {
        const std::string end = ending;
        REQUIRE(run_line("train --data data." + end + " --network grnn --quiet -o " + end + ".json").code ==
                0);
        REQUIRE(run_line("predict --model csv.json --quiet --links data." + end +
                         " --shard 2/3 -o predicted-" + end + ".csv")
                    .code == 0);
    }
    CHECK(file_text("csv.json") == file_text("npy.json"));
    CHECK(run_line("diff predicted-csv.csv predicted-npy.csv --tolerance 0").code == 0);
    // No row is outside at first, then one is in all ways.
    put_file(
        "far.csv", "distance_km,detector_efficiency,dark_count_probability,misalignment\n" + [] {
            std::string rows;
            for (int i = 0; i < 5000; ++i) rows += "100,0.5,1e-8,0.03\n";
            return rows + "1100,1,0.001,0.4\n";
        }());
    REQUIRE(run_line("predict --model csv.json --quiet --links far.csv -o far.npy").code == 0);
    CHECK(read_table("far.npy").text("outside").at(5000).size() > 32);
    CHECK(run_line("rerun data.npy.manifest.json").out == "same, byte for byte\n");
}

TEST_CASE("arrays that numpy made are read with their kinds", "[table][npy]") {
    const WorkFolder folder;
    const std::string text = std::string("\xe9\0\0\0b\0\0\0\0\0\0\0", 12);
    put_file("a.npy",
             numpy_file("{\"descr\": [('i', '<i4'), ('', '|V4'), ('l', '<i8'), ('f', '<f4'), ('u', '<U3')], "
                        "'fortran_order': False, 'shape': (1,), }",
                        bytes_of(std::int32_t{-7}) + "pad!" + bytes_of(std::int64_t{1} << 40) +
                            bytes_of(0.5f) + text));
    const Outcome outcome = run_line("convert a.npy -o -");
    CHECK(outcome.out ==
          "i,l,f,u\n-7,1099511627776,0.5,\xc3\xa9"
          "b\n");
}

TEST_CASE("hostile NPY files are refused before anything is made of them", "[corpus][npy]") {
    const WorkFolder folder;
    const std::string fields = "{'descr': [('x', '<f8')], 'fortran_order': False, ", one = bytes_of(1.0);
    const auto put = [&](const std::string& name, const std::string& text, const std::string& data) {
        put_file(name + ".npy", numpy_file(text, data));
    };
    put("huge", fields + "'shape': (18446744073709551615,), }", one);
    put("overflow", fields + "'shape': (2305843009213693953,), }", one);
    put("more", fields + "'shape': (2,), }", one);
    put("less", fields + "'shape': (1,), }", one + one);
    put("square", fields + "'shape': (1, 1), }", one);
    put("scalar", fields + "'shape': (), }", one);
    put("plain", "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }", one);
    put("object", "{'descr': [('x', '|O')], 'fortran_order': False, 'shape': (1,), }", one);
    put("big-endian", "{'descr': [('x', '>f8')], 'fortran_order': False, 'shape': (1,), }", one);
    put("wide", "{'descr': [('x', '|S99999999999')], 'fortran_order': False, 'shape': (1,), }", one);
    put("nothing", "{'descr': [], 'fortran_order': False, 'shape': (1,), }", "");
    put("nested", "{'descr': [('x', [('y', '<f8')])], 'fortran_order': False, 'shape': (1,), }", one);
    put("matrix", "{'descr': [('x', '<f8', (2,))], 'fortran_order': False, 'shape': (1,), }", one + one);
    put("twice", "{'descr': [('x', '<f8'), ('x', '<f8')], 'fortran_order': False, 'shape': (1,), }",
        one + one);
    put("no-name", "{'descr': [('', '<f8')], 'fortran_order': False, 'shape': (1,), }", one);
    put("keys", "{'descr': [('x', '<f8')], 'code': 'import os', 'shape': (1,), }", one);
    put("missing", "{'descr': [('x', '<f8')], 'shape': (1,), }", one);
    put("quote", "{'descr': [('x", one);
    put("deep", std::string(60000, '['), one);
    put("integer", "{'descr': [('x', '<i8')], 'fortran_order': False, 'shape': (1,), }",
        bytes_of((std::int64_t{1} << 53) + 2));
    put("zero", "{'descr': [('x', '|S8')], 'fortran_order': False, 'shape': (1,), }",
        std::string("a\0b\0\0\0\0\0", 8));
    put("infinite", "{'descr': [('distance_km', '<f8')], 'fortran_order': False, 'shape': (1,), }",
        bytes_of(HUGE_VAL));
    put("range", "{'descr': [('distance_km', '<f8')], 'fortran_order': False, 'shape': (1,), }",
        bytes_of(-5.0));
    put_file("empty.npy", "");
    put_file("text.npy", "x\n1\n");
    put_file("version.npy", std::string("\x93NUMPY\x09\0\x01\0 \n", 12));
    put_file("cut.npy", std::string("\x93NUMPY\x02\0\xff\xff\xff\xff", 12));
    put_file("renamed.csv", numpy_file(fields + "'shape': (1,), }", one));
    fs::create_directory("folder.npy");
    check_refusals({
        {"rate --links huge.npy", 3, {"18446744073709551615 rows of 8 bytes", "not whole"}},
        {"rate --links overflow.npy", 3, {"not whole"}},
        {"rate --links more.npy", 3, {"2 rows of 8 bytes, but there are 8 bytes"}},
        {"rate --links less.npy", 3, {"1 rows of 8 bytes, but there are 16 bytes"}},
        {"rate --links square.npy", 3, {"more than one dimension"}},
        {"rate --links scalar.npy", 3, {"expected a number of rows"}},
        {"rate --links plain.npy", 3, {"the fields have no names", "structured"}},
        {"rate --links object.npy", 3, {"'x' has the type '|O'"}},
        {"rate --links big-endian.npy", 3, {"'x' has the type '>f8'"}},
        {"rate --links wide.npy", 3, {"'x' has the type '|S99999999999'"}},
        {"rate --links nothing.npy", 3, {"there are no fields"}},
        {"rate --links nested.npy", 3, {"expected a name in quotes"}},
        {"rate --links matrix.npy", 3, {"no plain number or text"}},
        {"rate --links twice.npy", 3, {"two fields are named 'x'"}},
        {"rate --links no-name.npy", 3, {"without a proper name"}},
        {"rate --links keys.npy", 3, {"unexpected key 'code'"}},
        {"rate --links missing.npy", 3, {"is missing"}},
        {"rate --links quote.npy", 3, {"without its closing quote"}},
        {"rate --links deep.npy", 3, {"expected '{'"}},
        {"rate --links integer.npy", 3, {"integer.npy:1: x", "2^53"}},
        {"rate --links zero.npy", 3, {"zero.npy:1: x holds a zero byte"}},
        {"rate --links infinite.npy", 3, {"infinite.npy:1: distance_km = inf is not a finite number"}},
        {"rate --links range.npy", 3, {"range.npy:1: distance_km = -5 km", "[0, 1200]"}},
        {"rate --links empty.npy", 3, {"empty.npy: not an NPY file"}},
        {"rate --links text.npy", 3, {"text.npy: not an NPY file"}},
        {"rate --links version.npy", 3, {"unknown version"}},
        {"rate --links cut.npy", 3, {"cut off, or too long"}},
        {"rate --links renamed.csv", 3, {"this is an NPY file", ".npy"}},
        {"rate --links folder.npy", 4, {"folder.npy", "regular file"}},
        {"rate --links absent.npy", 4, {"absent.npy", "No such file"}},
        {"rate --distance-km 100 --format npy", 2, {"NPY tables need --output FILE"}},
        {"rate --distance-km 100 --format npy -o -", 2, {"NPY tables need --output FILE"}},
        {"generate --shard 1/2 -o a.npy", 2, {"--shard needs rows that stand alone"}},
        {"convert", 2, {"which table?"}},
        {"convert absent.csv -o a.npy", 4, {"absent.csv"}},
    });
}

TEST_CASE("texts that do not fit an NPY file are refused with the way out", "[table][npy]") {
    std::ostringstream out;
    TableWriter writer(out, TableFormat::npy);
    Table block;
    block.add("name", Table::Text{"short"});
    writer.write(block);
    Table wide;
    wide.add("name", Table::Text{std::string(33, 'x')});
    CHECK_THROWS_WITH(writer.write(wide), contains_text("tfqkd convert"));
}

TEST_CASE("an NPY header that is spoilt anywhere is read or refused, and never more", "[corpus][npy]") {
    const WorkFolder folder;
    REQUIRE(run_line("generate --rows 5 --quiet -o good.npy").code == 0);
    const std::string good = file_text("good.npy");
    std::mt19937 random(3);
    const std::size_t head = std::min<std::size_t>(good.size(), 1400);
    for (int i = 0; i < cases(600, 150); ++i) {
        std::string text = good;
        for (int k = 0; k < 1 + i % 3; ++k) text[random() % head] = static_cast<char>(random());
        if (i % 5 == 0) text.resize(random() % text.size());
        put_file("bad.npy", text);
        const Outcome outcome = run_line("convert bad.npy -o -");
        CAPTURE(i, outcome.err);
        REQUIRE((outcome.code == 0 || outcome.code == 3));
    }
}
