#pragma once

#include <string>

#include "cli/command.hpp"

// The manual, made from the same tables as the help.
namespace tfqkd::cli {

std::string man_page();                        // tfqkd(1)
std::string man_page(const Command& command);  // tfqkd-COMMAND(1)
std::string markdown_reference();              // every command on one page

}  // namespace tfqkd::cli
