#pragma once

#include <memory>
#include <vector>

#include "cli/command.hpp"
#include "tfqkd/nn/regressor.hpp"

namespace tfqkd::cli {

// The options that shape a network, a group for each kind.
std::vector<Option> network_options();

// The untrained network that --network and its options ask for. Throws Error (usage).
std::unique_ptr<Regressor> make_network(const Arguments& arguments);

}  // namespace tfqkd::cli
