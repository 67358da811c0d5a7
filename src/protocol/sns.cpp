#include "protocol/sns.hpp"

#include "protocol/registry.hpp"
#include "protocol/sns_info.hpp"
#include "tfqkd/protocol/adapter.hpp"

namespace tfqkd {

namespace {

ProtocolInfo describe(std::string_view name, SnsLevel level, bool symmetric) {
    ProtocolInfo info = sns_family_info(name, level, symmetric);
    info.options.push_back(
        {"error_correction", {"plain", "refined"}, "plain: one string; refined: by Bob's bit value (S34)"});
    info.description += sns_inputs_note(level);
    info.kind = level == SnsLevel::finite ? Kind::finite : Kind::asymptotic;
    info.verification.push_back({"S30", "key rate", "seen"});
    info.verification.push_back({"S34", "refined error correction", "derived, after a paper's abstract"});
    switch (level) {
        case SnsLevel::asymptotic:
            info.title = "SNS, infinite data and infinite decoys";
            info.security = "asymptotic";
            info.equations = {"S1-S5", "S9-S15", "S30", "S34", "S50"};
            info.description += "Single-photon quantities are exact.";
            break;
        case SnsLevel::decoy:
            info.title = "SNS, infinite data and four intensities";
            info.security = "asymptotic";
            info.equations = {"S1-S8", "S12-S19", "S30", "S34", "S50"};
            break;
        case SnsLevel::finite:
            info.title = "SNS, finite data and four intensities";
            info.security =
                "composable, coherent attacks; total failure 22 x chernoff_failure when all failure "
                "probabilities are equal";
            info.equations = {"S1-S8", "S12-S25", "S31-S34", "S50"};
            info.references.push_back(
                "Jiang, Yu, Hu, Wang, Unconditional security of SNS TF-QKD with finite pulses, PR Applied "
                "12, 024061 (2019), "
                "arXiv:1904.00192");
            info.description += "Fluctuations are bounded by Chernoff bounds.";
            info.verification.push_back(
                {"S31-S33", "key of finite data and its failure probability", "recalled"});
            info.caveats.push_back(
                "Both users' single photons are bounded by their sum; one by one the rate is 0.3 % lower at "
                "300 km.");
            break;
    }
    return info;
}

template <SnsLevel level>
std::unique_ptr<const Protocol> make(std::string_view name, const Choices& choices) {
    const bool symmetric = choices.get("sources", "symmetric") == "symmetric";
    ProtocolInfo info = choices.check(describe(name, level, symmetric));
    const auto correction =
        info.chosen.at("error_correction") == "refined" ? ErrorCorrection::refined : ErrorCorrection::plain;
    if (symmetric)
        return std::make_unique<Adapter<SnsModel<level, SnsSymmetric>>>(
            std::move(info), SnsModel<level, SnsSymmetric>{correction});
    return std::make_unique<Adapter<SnsModel<level, SnsAsymmetric>>>(
        std::move(info), SnsModel<level, SnsAsymmetric>{correction});
}

}  // namespace

std::unique_ptr<const Protocol> make_sns_asymptotic(const Choices& choices) {
    return make<SnsLevel::asymptotic>("sns-asymptotic", choices);
}
std::unique_ptr<const Protocol> make_sns_decoy(const Choices& choices) {
    return make<SnsLevel::decoy>("sns-decoy", choices);
}
std::unique_ptr<const Protocol> make_sns_finite(const Choices& choices) {
    return make<SnsLevel::finite>("sns-finite", choices);
}

}  // namespace tfqkd
