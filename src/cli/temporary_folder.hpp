#pragma once

#include <stdlib.h>

#include <filesystem>

#include "tfqkd/error.hpp"

namespace tfqkd::cli {

// A folder that is removed with all that is in it.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "tfqkd-XXXXXX").string();
        if (!::mkdtemp(name.data())) throw Error(ErrorKind::io, "can't make a temporary folder " + name);
        path = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path path;
};

}  // namespace tfqkd::cli
