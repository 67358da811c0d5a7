#pragma once

#include <set>
#include <string>
#include <vector>

// Models by name.
namespace tfqkd::cli {

// Where models that are asked for by name are looked for, in this order: $TFQKD_MODEL_DIR; the source tree's
// data/models for a program that runs from its build folder; share/tfqkd/models beside an installed program.
std::vector<std::string> model_folders();

// What there is in them.
std::set<std::string> model_names();

// The file that `name` stands for: itself if there is such a file, it has a '/' or ends in .json; else
// NAME.json in the first folder that has it. Throws Error (usage) that lists the models there are.
std::string model_path(const std::string& name);

}  // namespace tfqkd::cli
