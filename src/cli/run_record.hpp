#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "cli/command.hpp"

namespace tfqkd::cli {

// A file that a run read.
struct InputFile {
    std::string flag, path;
    std::string hash;  // "" for what can be read only once
    std::uint64_t bytes = 0;
};

// What a run was: its settings, inputs, program and machine, for the head of its result and for the manifest
// beside it.
class RunRecord {
  public:
    // Reads the inputs' hashes, and starts the clock.
    explicit RunRecord(const Arguments& arguments);

    // What determines the rows, in the words of a command line; files stand there by their content, values
    // that are the default are left out. "" when an input can't be read twice.
    const std::string& line() const { return line_; }

    // An input that can't be read twice, such as a pipe; null for none.
    const InputFile* read_once() const;
    // Every flag and the value that holds, given or not.
    const std::vector<std::pair<std::string, std::string>>& settings() const { return settings_; }

    void count(const std::string& what, std::uint64_t number);
    // For a result that another run's rows make up, as a merge does.
    void take_line(std::string line) { line_ = std::move(line); }

    // Writes FILE.manifest.json for a result that is in place. Throws Error (io).
    void write_manifest(const std::string& file) const;

  private:
    void add_given(const Option& option, const std::vector<std::string>& values,
                   std::vector<std::string>& line);
    std::string add_input(const std::string& flag, const std::string& path);

    std::vector<std::string> words_;  // the command that repeats the run
    std::vector<std::pair<std::string, std::string>> settings_;
    std::vector<InputFile> inputs_;
    std::string line_, seed_;
    int threads_;
    std::vector<std::pair<std::string, std::uint64_t>> counters_;
    std::chrono::system_clock::time_point start_;
};

inline constexpr const char* manifest_schema = "tfqkd.manifest/1";
inline constexpr const char* manifest_ending = ".manifest.json";

// Whether a flag names a file that is read.
bool names_input(const Option& option);

}  // namespace tfqkd::cli
