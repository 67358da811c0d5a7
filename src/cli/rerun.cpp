#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "cli/manifest.hpp"
#include "cli/run.hpp"
#include "cli/subcommands.hpp"
#include "cli/temporary_folder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/report/difference.hpp"
#include "tfqkd/table/content_hash.hpp"
#include "tfqkd/table/number.hpp"
#include "tfqkd/table/text_file.hpp"

namespace tfqkd::cli {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& message) { throw Error(ErrorKind::data, message); }

// Where an input is now: where it was, or beside the manifest. Its content must be what it was.
std::string find_input(const Manifest::File& input, const fs::path& folder) {
    if (input.hash.empty())
        refuse("the run read " + in_quotes(input.path) +
               ", which can't be read again, so it can't be repeated");
    const fs::path beside = folder / fs::path(input.path).filename();
    const std::string path = fs::exists(input.path) ? input.path : beside.string();
    if (!fs::exists(path))
        throw Error(ErrorKind::io, "the run read " + in_quotes(input.path) + ", which is not there any more");
    if (hash_file(path).hash != input.hash)
        refuse(path + " is not what it was when the run read it, so the run can't be repeated");
    return path;
}

const Command& command_of(const Manifest& manifest, const std::string& path) {
    for (const Command& command : commands())
        if (command.name == manifest.words.front() && command.name != "rerun") return command;
    refuse(path + ": no command " + in_quotes(manifest.words.front()) + " that can be repeated");
}

// The run's words with inputs where they are now and another output. A file that the manifest does not list
// as an input is refused: it might be written to.
std::vector<std::string> words_for(const Manifest& manifest, const std::string& path,
                                   const std::string& output) {
    const Command& command = command_of(manifest, path);
    std::vector<std::string> words = manifest.words;
    const std::vector<Option> options = all_options(command, words);
    bool has_output = false;
    for (std::size_t k = 1; k + 1 < words.size(); ++k) {
        const auto option = std::find_if(options.begin(), options.end(),
                                         [&](const Option& one) { return one.flag == words[k]; });
        if (option == options.end() || option->value.empty()) continue;
        ++k;
        if (option->flag == "--output") {
            words[k] = output;
            has_output = true;
        } else if (option->value == "FILE") {
            const auto input =
                std::find_if(manifest.inputs.begin(), manifest.inputs.end(),
                             [&](const Manifest::File& file) { return file.path == words[k]; });
            if (input == manifest.inputs.end())
                refuse(path + ": " + option->flag + " names a file that is not among the inputs");
            words[k] = find_input(*input, fs::path(path).parent_path());
        }
    }
    if (!has_output) refuse(path + ": the run has no --output");
    if (!command.operand.empty())
        for (const Manifest::File& input : manifest.inputs)
            for (std::string& word : words)
                if (word == input.path) word = find_input(input, fs::path(path).parent_path());
    std::erase(words, "--force");
    return words;
}

void repeat(const std::vector<std::string>& words, std::ostream& err) {
    std::vector<const char*> argv{"tfqkd"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    std::istringstream in;
    std::ostringstream out, talk;
    const int code = cli::run(static_cast<int>(argv.size()), argv.data(), in, out, talk);
    if (code == 0 || code == 1) return;
    err << talk.str();
    throw Error(ErrorKind::data, "the repetition ended with exit code " + std::to_string(code));
}

// The result that the manifest is of, if it still is what it was.
std::string find_result(const Manifest& manifest, const std::string& path) {
    const fs::path beside = fs::path(path).parent_path() / fs::path(manifest.output.path).filename();
    for (const std::string& place : {beside.string(), manifest.output.path})
        if (fs::is_regular_file(place) && hash_file(place).hash == manifest.output.hash) return place;
    return "";
}

int report(const std::string& before, const std::string& after, double tolerance, std::ostream& out) {
    const Difference difference = compare_files(before, after, tolerance);
    const auto worst = std::max_element(difference.columns.begin(), difference.columns.end(),
                                        [](const auto& a, const auto& b) { return a.worst < b.worst; });
    const std::string where = worst == difference.columns.end() || worst->row == 0
                                  ? ""
                                  : "; the worst: " + worst->column + ", row " + std::to_string(worst->row) +
                                        ": " + worst->a + " before, " + worst->b + " now";
    out << (difference.same() ? "same within " : "different: beyond ") << format_number(tolerance) << where
        << "\n";
    if (difference.rows_a != difference.rows_b)
        out << difference.rows_a << " rows before, " << difference.rows_b << " now\n";
    return difference.same() ? 0 : 1;
}

int rerun(const Arguments& arguments, Streams& streams) {
    const std::vector<std::string> operands = arguments.all("");
    if (operands.empty())
        throw Error(ErrorKind::usage,
                    "which run? Name its manifest, as in 'tfqkd rerun run.csv.manifest.json'");
    const double tolerance = arguments.number("--tolerance", {0, 1});
    const std::string& path = operands.front();
    const Manifest manifest = read_manifest(read_text_file(path), path);
    const TemporaryFolder folder;
    const std::string again = folder.path / fs::path(manifest.output.path).filename();
    repeat(words_for(manifest, path, again), streams.err);
    if (hash_file(again).hash == manifest.output.hash) {
        streams.out << "same, byte for byte\n";
        return 0;
    }
    const std::string before = find_result(manifest, path);
    if (!before.empty()) return report(before, again, tolerance, streams.out);
    streams.out << "different: other bytes; " << manifest.output.path
                << " is not there as it was, so they can't be compared\n";
    return 1;
}

}  // namespace

Command rerun_command() {
    return {
        "rerun",
        "repeat an earlier run and compare its result",
        "Repeats the run that a manifest describes, into a temporary place, and says whether the result is "
        "the same byte for byte, the same within the tolerance (as on another processor), or different, and "
        "where. Inputs must be what they were. Exit code 1 when it is different.",
        {{"tfqkd generate --rows 5000 -o run.csv && tfqkd rerun run.csv.manifest.json",
          "a run of this program"},
         {"tfqkd rerun run.csv.manifest.json --tolerance 1e-6", "the same, less strict"}},
        "MANIFEST",
        [](const std::vector<std::string>&) {
            return std::vector<Option>{{"--tolerance", "NUMBER", "1e-9",
                                        "numbers may differ by so much of the larger one, [0, 1]",
                                        "Comparison"}};
        },
        rerun};
}

}  // namespace tfqkd::cli
