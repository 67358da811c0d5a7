#include "protocol/cal_asymptotic.hpp"

namespace tfqkd {

namespace {

ProtocolInfo describe(bool asymmetric) {
    ProtocolInfo info;
    info.name = "cal-asymptotic";
    info.title = "CAL twin-field QKD, infinite data and infinite decoys";
    info.description =
        "Coherent key pulses with phase 0 or pi; the phase error is bounded from photon-number yields, "
        "which are exact on a chosen set and 1 beyond it. The set is a convention that moves the rate: at "
        "80 dB cal5 gives a third of gc9, and all 7 % more. Channel and formulas derived and checked "
        "against 50-digit arithmetic.";
    info.security = "asymptotic, coherent attacks";
    info.references = cal_references();
    info.equations = {"C3", "C4", "C6", "R1", "R2"};
    info.options = {{"set",
                     {"gc9", "cal5", "all"},
                     "photon-number pairs with known yields: gc9: equal parity, n+m <= 4; cal5: the five of "
                     "the first proof; all: n+m <= 12, the limit of infinite decoys"},
                    cal_sources_option()};
    info.uses = cal_uses();
    info.parameters = cal_quantities(0, asymmetric, false, 0, false);
    return info;
}

template <bool asymmetric>
std::unique_ptr<const Protocol> make(ProtocolInfo info) {
    const std::string set = info.chosen.at("set");
    const auto with = [&]<CalSet chosen>() -> std::unique_ptr<const Protocol> {
        return std::make_unique<Adapter<CalAsymptotic<chosen, asymmetric>>>(
            std::move(info), CalAsymptotic<chosen, asymmetric>{});
    };
    if (set == "cal5") return with.template operator()<CalSet::cal5>();
    if (set == "all") return with.template operator()<CalSet::all>();
    return with.template operator()<CalSet::gc9>();
}

}  // namespace

std::unique_ptr<const Protocol> make_cal_asymptotic(const Choices& choices) {
    const bool asymmetric = choices.get("sources", "symmetric") == "asymmetric";
    ProtocolInfo info = choices.check(describe(asymmetric));
    return asymmetric ? make<true>(std::move(info)) : make<false>(std::move(info));
}

}  // namespace tfqkd
