#pragma once

#include <string>

// What a shell offers when Tab is pressed behind tfqkd: commands, flags, and values where they are known.
// Made from the table of options, as the help is.
namespace tfqkd::cli {

std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace tfqkd::cli
