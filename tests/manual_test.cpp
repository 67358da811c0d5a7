#include "catch.hpp"
#include "cli/command.hpp"
#include "golden.hpp"
#include "process.hpp"
#include "run_program.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// What bash offers behind a line of words, the last one unfinished.
std::string offered(const std::string& words) {
    put_file(
        "try.sh",
        "source ./tfqkd.bash\nCOMP_WORDS=(" + words +
            ")\nCOMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))\n_tfqkd 2>/dev/null\necho \"${COMPREPLY[*]}\"\n");
    Process bash("/bin/bash", {"try.sh"});
    bash.close_input();
    const std::string line = bash.read_line();
    CHECK(bash.wait() == 0);
    return line;
}

}  // namespace

TEST_CASE("the command reference is what the program says", "[manual]") {
    check_golden("../../data/commands.md", run_line("manual markdown").out);
}

TEST_CASE("there is a page for man of every command, with every flag", "[manual]") {
    const WorkFolder folder;
    REQUIRE(run_line("manual man -o man1").code == 0);
    CHECK(has(file_text("man1/tfqkd.1"), ".SH COMMANDS"));
    for (const cli::Command& command : cli::commands()) {
        const std::string page = file_text("man1/tfqkd-" + command.name + ".1");
        CAPTURE(command.name);
        CHECK(has(page, ".SH SYNOPSIS"));
        for (const cli::Option& option : cli::all_options(command, {})) {
            std::string flag = "\\fB";
            for (const char letter : option.flag)
                flag += letter == '-' ? std::string("\\-") : std::string(1, letter);
            CAPTURE(option.flag);
            CHECK(has(page, flag + "\\fR"));
        }
    }
    CHECK(run_line("manual man -o man1").code == 2);  // the pages are there
    CHECK(run_line("manual man -o man1 --force").code == 0);
}

TEST_CASE("bash completes commands, flags and values", "[manual]") {
    const WorkFolder folder;
    put_file("tfqkd.bash", run_line("manual bash").out);
    CHECK(offered("tfqkd opt") == "optimize");
    CHECK(offered("tfqkd train --netw") == "--network");
    CHECK(offered("tfqkd train --network r") == "rbfnn");
    CHECK(has(offered("tfqkd rate --protocol sns"), "sns-finite"));
    CHECK(offered("tfqkd rate --links ''").empty());  // files, which bash knows itself
    CHECK(offered("tfqkd nothing --x").empty());
}

TEST_CASE("zsh and fish get every command and flag", "[manual]") {
    const std::string zsh = run_line("manual zsh").out, fish = run_line("manual fish").out;
    for (const cli::Command& command : cli::commands()) {
        CHECK(has(zsh, "        " + command.name + ")\n"));
        for (const cli::Option& option : cli::all_options(command, {})) {
            CHECK(has(zsh, option.flag + "["));
            CHECK(has(fish, "__fish_seen_subcommand_from " + command.name + "' -l " + option.flag.substr(2)));
        }
    }
}
