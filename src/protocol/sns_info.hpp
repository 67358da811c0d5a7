#pragma once

#include "protocol/sns_parameters.hpp"
#include "tfqkd/protocol/protocol.hpp"

// What the protocols on sending-or-not-sending have in common besides formulas.
namespace tfqkd {

// Name, parameters, link quantities, the option `sources`, and the references and words that hold for every
// protocol of the family; the rest is to be added.
ProtocolInfo sns_family_info(std::string_view name, SnsLevel level, bool symmetric);

// The reason why a level with infinite data has inputs instead of parameters to optimise; "" for finite data.
std::string_view sns_inputs_note(SnsLevel level);

}  // namespace tfqkd
