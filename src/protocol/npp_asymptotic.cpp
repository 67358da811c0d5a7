#include "protocol/npp_asymptotic.hpp"

namespace tfqkd {

namespace {

ProtocolInfo describe(bool asymmetric) {
    ProtocolInfo info;
    info.name = "npp-asymptotic";
    info.title = "Twin-field QKD without phase post-selection (NPP), infinite data and infinite decoys";
    info.description =
        "Another bound for the same key as cal-asymptotic, about 1 % above it: Eve's information is "
        "maximised over counts by photon-number parity, which has a closed solution. The key is Alice's "
        "bits, so the users are not alike on unequal arms. Yields are exact for up to 24 photons. The "
        "channel is that of the CAL protocols and not the paper's own, which counts double clicks and has "
        "no misalignment, so the paper's figures are not reproduced. Checked against 50-digit arithmetic.";
    info.security = "asymptotic, collective attacks";
    info.references =
        cal_references({"Cui, Yin, Wang, Chen, Wang, Guo, Han, Twin-field QKD without phase postselection, "
                        "PR Applied 11, 034053 "
                        "(2019), arXiv:1807.02334"});
    info.equations = {"C3", "C4", "C6", "(2), (3), (A7) of arXiv:1807.02334"};
    info.options = {cal_sources_option()};
    info.uses = cal_uses();
    info.parameters = cal_quantities(0, asymmetric, false, 0, false);
    return info;
}

}  // namespace

std::unique_ptr<const Protocol> make_npp_asymptotic(const Choices& choices) {
    const bool asymmetric = choices.get("sources", "symmetric") == "asymmetric";
    ProtocolInfo info = choices.check(describe(asymmetric));
    if (asymmetric) return std::make_unique<Adapter<Npp<true>>>(std::move(info), Npp<true>{});
    return std::make_unique<Adapter<Npp<false>>>(std::move(info), Npp<false>{});
}

}  // namespace tfqkd
