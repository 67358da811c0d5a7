#pragma once

#include <iosfwd>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace tfqkd::cli {

std::string version_number();

// Version, compiler, flags, instruction sets and libraries.
nlohmann::ordered_json version_facts();

// The same for people, or as JSON.
void print_version(bool json, std::ostream& out);

}  // namespace tfqkd::cli
