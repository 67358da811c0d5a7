#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cli/run.hpp"

namespace tfqkd::test {

// What a run of the program left behind.
struct Outcome {
    int code;
    std::string out, err;
};

// Runs the program in process; words are those behind its name.
inline Outcome run_program(const std::vector<std::string>& words, const std::string& input = "") {
    std::vector<const char*> argv{"tfqkd"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    std::istringstream in(input);
    std::ostringstream out, err;
    const int code = cli::run(static_cast<int>(argv.size()), argv.data(), in, out, err);
    return {code, out.str(), err.str()};
}

// The words of a command line without quotes.
inline std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    return {std::istream_iterator<std::string>(in), {}};
}

inline Outcome run_line(const std::string& line, const std::string& input = "") {
    return run_program(words_of(line), input);
}

inline std::string file_text(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void put_file(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

// A folder of its own that is the current one while it lives.
class WorkFolder {
  public:
    WorkFolder() : before_(std::filesystem::current_path()) {
        std::string name = (std::filesystem::temp_directory_path() / "tfqkd-cli-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
        path_ = name;
        std::filesystem::current_path(path_);
    }
    ~WorkFolder() {
        std::filesystem::current_path(before_);
        std::filesystem::remove_all(path_);
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

  private:
    std::filesystem::path before_, path_;
};

}  // namespace tfqkd::test
