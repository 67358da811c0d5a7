#include "cli/model_library.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".json";

bool is_file(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored) && !fs::is_directory(path, ignored);
}

[[noreturn]] void refuse(const std::string& name) {
    const std::set<std::string> known = model_names();
    const std::vector<std::string_view> views(known.begin(), known.end());
    std::string list, folders;
    for (const std::string& other : known) list += (list.empty() ? "; there are: " : ", ") + other;
    if (known.empty()) {
        for (const std::string& folder : model_folders()) folders += (folders.empty() ? "" : ", ") + folder;
        list = "; there are none in: " + folders + "; train one with 'tfqkd train'";
    }
    throw Error(ErrorKind::usage, "--model = " + in_quotes(name) +
                                      ": no such file, and no model of that name" +
                                      did_you_mean(name, views) + list);
}

}  // namespace

std::vector<std::string> model_folders() {
    std::vector<std::string> folders;
    if (const char* own = std::getenv("TFQKD_MODEL_DIR"); own && *own) folders.emplace_back(own);
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    if (error) return folders;
    if (program.string().starts_with(std::string(TFQKD_BUILD_FOLDER) + "/"))
        folders.emplace_back(TFQKD_SOURCE_MODELS);
    folders.push_back((program.parent_path().parent_path() / TFQKD_INSTALLED_MODELS).string());
    return folders;
}

std::set<std::string> model_names() {
    std::set<std::string> names;
    for (const std::string& folder : model_folders()) {
        std::error_code ignored;
        for (const auto& entry : fs::directory_iterator(folder, ignored))
            if (entry.path().extension() == ending && entry.path().stem().extension() != ".manifest" &&
                is_file(entry.path()))
                names.insert(entry.path().stem().string());
    }
    return names;
}

std::string model_path(const std::string& name) {
    if (name.find('/') != std::string::npos || name.ends_with(ending) || fs::exists(name)) return name;
    for (const std::string& folder : model_folders())
        if (const fs::path path = fs::path(folder) / (name + std::string(ending)); is_file(path))
            return path.string();
    refuse(name);
}

}  // namespace tfqkd::cli
