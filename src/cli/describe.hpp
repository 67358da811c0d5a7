#pragma once

#include <iosfwd>

#include "tfqkd/protocol/protocol.hpp"

// All that is known of a protocol, for people and for programs.
namespace tfqkd::cli {

void describe(const ProtocolInfo& info, std::ostream& out);  // sections, 100 columns
void describe_as_json(const ProtocolInfo& info, std::ostream& out);

}  // namespace tfqkd::cli
