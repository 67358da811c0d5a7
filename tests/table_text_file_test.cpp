#include <filesystem>
#include <fstream>

#include "table_helpers.hpp"
#include "tfqkd/table/text_file.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

TEST_CASE("a text file is read whole, or the reason is said", "[table]") {
    const std::filesystem::path path = std::filesystem::temp_directory_path() / "tfqkd-text-file-test";
    std::string text(200000, 'x');
    text[70000] = '\0';
    std::ofstream(path, std::ios::binary) << text;
    CHECK(read_text_file(path.string()) == text);
    std::filesystem::remove(path);
    CHECK(error_of([&] { read_text_file(path.string()); }) ==
          "io: can't open " + path.string() + ": No such file or directory");
    CHECK(error_of([] { read_text_file("/"); }) == "io: can't read /: Is a directory");
}

TEST_CASE("a place in a text is its line", "[table]") {
    CHECK(place_in_text("f", "a\nb\nc", 0) == "f:1");
    CHECK(place_in_text("f", "a\nb\nc", 2) == "f:2");
    CHECK(place_in_text("f", "a\nb\nc", 1000) == "f:3");
}

TEST_CASE("how near a name must be can be said", "[table]") {
    const std::string_view names[] = {"vacuum_probability", "pulses"};
    CHECK(did_you_mean("failure_probability", names) != "");
    CHECK(did_you_mean("failure_probability", names, 6).empty());
    CHECK(did_you_mean("vacum_probability", names, 6) == " (did you mean 'vacuum_probability'?)");
    CHECK(did_you_mean("pulse", names, 6) == " (did you mean 'pulses'?)");
}
