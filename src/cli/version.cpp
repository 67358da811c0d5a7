#include "cli/version.hpp"

#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <ostream>

#include "tfqkd/math/pack.hpp"
#include "tfqkd/report/export.hpp"

namespace tfqkd::cli {

std::string version_number() { return TFQKD_VERSION; }

nlohmann::ordered_json version_facts() {
    const std::string eigen = std::to_string(EIGEN_WORLD_VERSION) + "." +
                              std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION);
    const std::string nlohmann = std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + "." +
                                 std::to_string(NLOHMANN_JSON_VERSION_MINOR) + "." +
                                 std::to_string(NLOHMANN_JSON_VERSION_PATCH);
    return {{"version", TFQKD_VERSION},
            {"compiler", TFQKD_COMPILER},
            {"build", TFQKD_BUILD},
            {"architecture", TFQKD_ARCHITECTURE},
            {"instruction_sets", Eigen::SimdInstructionSetsInUse()},
            {"pack_width", Pack::width},
            {"eigen", eigen},
            {"nlohmann_json", nlohmann},
            {"boost", BOOST_LIB_VERSION},
            {"nlopt", TFQKD_NLOPT},
            {"onnx_export", onnx_is_built()}};
}

void print_version(bool json, std::ostream& out) {
    const nlohmann::ordered_json facts = version_facts();
    if (json) {
        out << facts.dump(2) << "\n";
        return;
    }
    out << "tfqkd " << TFQKD_VERSION << "\n";
    for (const auto& [key, value] : facts.items())
        if (key != "version")
            out << "  " << key << std::string(20 - key.size(), ' ')
                << (value.is_string() ? value.get<std::string>() : value.dump()) << "\n";
}

}  // namespace tfqkd::cli
