#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "cli/manifest.hpp"
#include "cli/model_library.hpp"
#include "cli/run.hpp"
#include "cli/run_record.hpp"
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
    if (!fs::is_regular_file(path)) refuse(path + " is no regular file, so the run can't be repeated");
    if (hash_file(path).hash != input.hash)
        refuse(path + " is not what it was when the run read it, so the run can't be repeated");
    return path;
}

const Command& command_of(const Manifest& manifest, const std::string& path) {
    for (const Command& command : commands())
        if (command.name == manifest.words.front() && command.name != "rerun") return command;
    refuse(path + ": no command " + in_quotes(manifest.words.front()) + " that can be repeated");
}

bool names_path(const Option& option) {
    constexpr std::string_view values[] = {"FILE", "PATH", "FOLDER", "BASELINE", "XML"};
    return std::find(std::begin(values), std::end(values), option.value) != std::end(values);
}

// The words of a run, made fit for a repetition: inputs where they are now, another output. A manifest may
// come from anywhere, so no file is read but an input whose content is as it says, and none is written but
// the output.
class Repetition {
  public:
    Repetition(const Manifest& manifest, const std::string& path, std::string output)
        : manifest_(manifest),
          path_(path),
          output_(std::move(output)),
          command_(command_of(manifest, path)),
          options_(all_options(command_, manifest.words)) {}

    std::vector<std::string> words() {
        std::vector<std::string> words{command_.name};
        for (std::size_t k = 1; k < manifest_.words.size(); ++k) {
            const std::string& word = manifest_.words[k];
            if (!word.starts_with("--")) {
                words.push_back(operand(word));
                continue;
            }
            const Option& option = option_of(word);
            if (word == "--force") continue;
            words.push_back(word);
            if (option.value.empty()) continue;
            if (++k == manifest_.words.size()) refuse(path_ + ": " + word + " has no value");
            words.push_back(value(option, manifest_.words[k]));
        }
        if (!has_output_) refuse(path_ + ": the run has no --output");
        return words;
    }

  private:
    const Option& option_of(const std::string& word) const {
        const auto option = std::find_if(options_.begin(), options_.end(),
                                         [&](const Option& one) { return one.flag == word; });
        if (option == options_.end())
            refuse(path_ + ": no flag " + in_quotes(word) + " of " + command_.name + " that can be repeated");
        return *option;
    }

    std::string value(const Option& option, const std::string& text) {
        if (option.flag == "--output") {
            has_output_ = true;
            return output_;
        }
        if (!names_path(option)) return text;
        if (!names_input(option))
            refuse(path_ + ": a run with " + option.flag +
                   " reads or writes more than its result, so it can't be repeated");
        const Manifest::File* const file = input(option.flag == "--model" ? model_path(text) : text);
        if (!file) refuse(path_ + ": " + option.flag + " names a file that is not among the inputs");
        return find_input(*file, fs::path(path_).parent_path());
    }

    // A word without a flag: an input, or a name that is no file.
    std::string operand(const std::string& word) const {
        if (const Manifest::File* const file = input(word))
            return find_input(*file, fs::path(path_).parent_path());
        if (word.starts_with("-") || word.find('/') != std::string::npos || fs::exists(word))
            refuse(path_ + ": " + in_quotes(word) + " is not among the inputs");
        return word;
    }

    const Manifest::File* input(const std::string& path) const {
        const auto found = std::find_if(manifest_.inputs.begin(), manifest_.inputs.end(),
                                        [&](const Manifest::File& file) { return file.path == path; });
        return found == manifest_.inputs.end() ? nullptr : &*found;
    }

    const Manifest& manifest_;
    const std::string& path_;
    std::string output_;
    const Command& command_;
    std::vector<Option> options_;
    bool has_output_ = false;
};

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
    repeat(Repetition(manifest, path, again).words(), streams.err);
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
