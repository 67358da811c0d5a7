#pragma once

#include <string>
#include <vector>

namespace tfqkd::cli {

// What a manifest says that a repetition of its run needs.
struct Manifest {
    struct File {
        std::string path, hash;
    };
    std::vector<std::string> words;
    std::vector<File> inputs;
    File output;
};

// Throws Error (data) for anything that is not a whole manifest; `source` names it.
Manifest read_manifest(const std::string& text, const std::string& source);

}  // namespace tfqkd::cli
