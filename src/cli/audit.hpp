#pragma once

#include "cli/common.hpp"
#include "tfqkd/optimize/audit.hpp"

// optimize --audit N: a search against others, on some of the input's rows.
namespace tfqkd::cli {

std::vector<Option> audit_options();
int run_audit(const Arguments& arguments, Streams& streams);

// The flags that state a link in full, so that the very same numbers are read back.
std::string link_flags(const Columns& links, Eigen::Index row);

}  // namespace tfqkd::cli
