#include "protocol/aopp.hpp"

#include "protocol/registry.hpp"
#include "protocol/sns_info.hpp"
#include "tfqkd/protocol/adapter.hpp"

namespace tfqkd {

namespace {

struct Words {
    Kind kind;
    std::string_view title, security, description;
    std::vector<std::string> equations, references;
    std::vector<Verification> verification;
    std::vector<std::string> caveats;
};

Words words(SnsLevel level, AoppProof proof) {
    const Verification rate{"S44-S46", "key rate", "seen"};
    if (level == SnsLevel::asymptotic)
        return {Kind::asymptotic,
                "AOPP, infinite data and infinite decoys",
                "asymptotic",
                "Single-photon quantities are exact.",
                {"S1-S5", "S9-S15", "S40-S46", "S50"},
                {},
                {rate},
                {}};
    if (level == SnsLevel::decoy)
        return {Kind::asymptotic,
                "AOPP, infinite data and four intensities",
                "asymptotic",
                "",
                {"S1-S8", "S12-S19", "S40-S46", "S50"},
                {},
                {rate},
                {}};
    const std::string finite =
        "Jiang, Yu, Hu, Wang, Unconditional security of SNS TF-QKD with finite pulses, PR Applied 12, 024061 "
        "(2019), arXiv:1904.00192";
    if (proof == AoppProof::simple)
        return {
            Kind::estimate,
            "AOPP, finite data, pairs taken as independent",
            "not proved: treats pairs as independent; an upper estimate of what a proof gives",
            "",
            {"S1-S8", "S12-S25", "S40-S43", "S47", "S50"},
            {finite},
            {{"S47", "key of finite data", "chosen, in the manner of a paper"}},
            {"The rate is above that of aopp-finite: 1 % at 300 km, 9 % at 420 km, more for few pulses."}};
    return {
        Kind::finite,
        "AOPP, finite data, zigzag proof",
        "composable, coherent attacks; total failure 34 x chernoff_failure for each half of the pairs when "
        "all failure probabilities are equal (own count)",
        "The pairs are split into two halves, each one a part of random pairing, whose proof then holds.",
        {"S1-S8", "S12-S25", "S40-S43", "S50", "S60-S68"},
        {finite,
         "Jiang, Hu, Xu, Yu, Wang, Zigzag approach to higher key rate of SNS TF-QKD with finite key "
         "effects, NJP 22, 053048 (2020), arXiv:1908.05670"},
        {{"S60-S68", "zigzag key of finite data",
          "recalled; the figures of the abstract, 13 x the absolute and 40 x the practical bound, are "
          "reproduced"},
         {"", "count of failure probabilities", "chosen"}},
        {"The paper's journal version adds a McDiarmid bound, by its abstract more than 20 % better; it is "
         "not included."}};
}

ProtocolInfo describe(std::string_view name, SnsLevel level, AoppProof proof, bool symmetric) {
    ProtocolInfo info = sns_family_info(name, level, symmetric);
    Words text = words(level, proof);
    info.kind = text.kind;
    info.title = text.title;
    info.security = text.security;
    info.description +=
        "Bob pairs his bits 0 with his bits 1 at random; pairs of odd parity at Alice's side "
        "give one bit each, nearly free of errors. ";
    info.description += std::string(sns_inputs_note(level)) + std::string(text.description);
    info.equations = std::move(text.equations);
    info.references.push_back(
        "Xu, Yu, Jiang, Hu, Wang, SNS TF-QKD: breaking the direct transmission key rate, PRA 101, 042330 "
        "(2020), arXiv:1904.06331");
    for (std::string& reference : text.references) info.references.push_back(std::move(reference));
    info.verification.push_back({"S40-S43", "pairing", "seen"});
    info.verification.insert(info.verification.end(), text.verification.begin(), text.verification.end());
    info.caveats.insert(info.caveats.end(), text.caveats.begin(), text.caveats.end());
    for (Quantity& q : info.parameters)
        if (q.name.starts_with("sending_probability")) q.start = 0.27;  // pairing pays for frequent sending
    return info;
}

template <SnsLevel level, AoppProof proof>
std::unique_ptr<const Protocol> make(std::string_view name, const Choices& choices) {
    const bool symmetric = choices.get("sources", "symmetric") == "symmetric";
    ProtocolInfo info = choices.check(describe(name, level, proof, symmetric));
    if (symmetric)
        return std::make_unique<Adapter<AoppModel<level, proof, SnsSymmetric>>>(
            std::move(info), AoppModel<level, proof, SnsSymmetric>{});
    return std::make_unique<Adapter<AoppModel<level, proof, SnsAsymmetric>>>(
        std::move(info), AoppModel<level, proof, SnsAsymmetric>{});
}

}  // namespace

std::unique_ptr<const Protocol> make_aopp_asymptotic(const Choices& choices) {
    return make<SnsLevel::asymptotic, AoppProof::simple>("aopp-asymptotic", choices);
}
std::unique_ptr<const Protocol> make_aopp_decoy(const Choices& choices) {
    return make<SnsLevel::decoy, AoppProof::simple>("aopp-decoy", choices);
}
std::unique_ptr<const Protocol> make_aopp_finite(const Choices& choices) {
    return make<SnsLevel::finite, AoppProof::zigzag>("aopp-finite", choices);
}
std::unique_ptr<const Protocol> make_aopp_finite_simple(const Choices& choices) {
    return make<SnsLevel::finite, AoppProof::simple>("aopp-finite-simple", choices);
}

}  // namespace tfqkd
