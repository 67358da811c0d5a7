#include "protocol/cal_decoy.hpp"

namespace tfqkd {

namespace {

ProtocolInfo describe(int decoys, bool asymmetric) {
    ProtocolInfo info;
    info.name = "cal-decoy";
    info.title = "CAL twin-field QKD, infinite data and 2 to 4 decoys";
    info.description =
        "Yields are bounded by products of one decoy combination of each user, tried over those that won "
        "on random settings within the search ranges. kp5 agrees with the linear program of the papers to "
        "1e-8 at all "
        "reference points; pplus is at most slightly looser. Decoy intensities have no optimum with infinite "
        "data (the "
        "middle ones go to an end of their range), so they are inputs. The published analytic bounds have "
        "the same product form; whether they use the same combinations is not known.";
    info.security = "asymptotic, coherent attacks";
    info.references = cal_references();
    info.equations = {"C3-C6", "R1", "R2", "P+", "KP5"};
    info.options = {
        {"decoys", {"3", "2", "4"}, "decoy intensities of each user, the weakest one included"},
        {"bound",
         {"kp5", "pplus"},
         "kp5: uses that no yield exceeds 1; pplus: does not, as needed for composable finite keys"},
        cal_sources_option()};
    info.uses = cal_uses();
    info.parameters = cal_quantities(decoys, asymmetric, asymmetric, 1e-5, false);
    return info;
}

template <int decoys, CalBound bound>
std::unique_ptr<const Protocol> make(ProtocolInfo info) {
    if (info.chosen.at("sources") == "asymmetric")
        return std::make_unique<Adapter<CalDecoy<decoys, bound, true>>>(std::move(info),
                                                                        CalDecoy<decoys, bound, true>{});
    return std::make_unique<Adapter<CalDecoy<decoys, bound, false>>>(std::move(info),
                                                                     CalDecoy<decoys, bound, false>{});
}

template <int decoys>
std::unique_ptr<const Protocol> make(ProtocolInfo info) {
    return info.chosen.at("bound") == "pplus" ? make<decoys, CalBound::p_plus>(std::move(info))
                                              : make<decoys, CalBound::kp5>(std::move(info));
}

}  // namespace

std::unique_ptr<const Protocol> make_cal_decoy(const Choices& choices) {
    const std::string decoys = choices.get("decoys", "3");
    const bool asymmetric = choices.get("sources", "symmetric") == "asymmetric";
    ProtocolInfo info = choices.check(describe(decoys == "2" ? 2 : decoys == "4" ? 4 : 3, asymmetric));
    return decoys == "2"   ? make<2>(std::move(info))
           : decoys == "4" ? make<4>(std::move(info))
                           : make<3>(std::move(info));
}

}  // namespace tfqkd
