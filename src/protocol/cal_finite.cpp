#include "protocol/cal_finite.hpp"

namespace tfqkd {

namespace {

ProtocolInfo describe(int decoys, bool asymmetric) {
    ProtocolInfo info;
    info.name = "cal-finite";
    info.title = "CAL twin-field QKD, finite data, composable";
    info.description =
        "Counts are taken at their expected values. Chernoff bounds of each pair's expectation, all "
        "positive product bounds of each photon-number count, Kato's and Azuma's inequalities for the sums "
        "of probabilities. Every allowed combination of decoys is tried, except for the weakest one alone "
        "where it would bound more than vacuum. Signals must be weaker than 0.99 of the strongest decoy, "
        "or there is no key. The landscape has several maxima and, where the best combination changes, "
        "kinks: start searches more than once. Of the failure probabilities, privacy_failure is that of "
        "secrecy as a whole, eps_s.";
    info.kind = Kind::finite;
    add_cal_provenance(info);
    info.verification.insert(
        info.verification.end(),
        {{"P+", "product bounds of photon-number counts", "derived"},
         {"section 6, steps 1-6", "structure of the proof", "recalled; each step derived"},
         {"section 6, step 4", "Kato's inequality, best coefficients", "seen, derived"},
         {"section 6, step 7", "number of failing events, split of the failure probability", "recalled"}});
    info.caveats.insert(
        info.caveats.end(),
        {"Not compared with the paper's text: the number of failing events and the split of the failure "
         "probability (they enter by logarithms only), Azuma's inequality for the outer deviation, the form "
         "of the tail, the weakest decoy.",
         "The weakest decoy weighs much where data are few: at 60 dB and 1e10 rounds the best rate is "
         "1.27e-6 with 1e-4, 1.76e-6 with 1e-5 and 1.88e-6 with vacuum.",
         "Counts are expected values, not rounded."});
    info.security = "composable, coherent attacks; total failure privacy_failure + correctness_failure";
    info.references =
        cal_references({"Curras-Lorenzo, Navarrete, Azuma, Kato, Curty, Razavi, Tight finite-key security "
                        "for twin-field QKD, npj "
                        "Quantum Inf. 7, 22 (2021), arXiv:1910.11407",
                        "Kato, Concentration inequality using unconfirmed knowledge (2020), arXiv:2002.04357",
                        "Zhang, Zhao, Razavi, Ma, Improved key-rate bounds for practical decoy-state QKD, "
                        "PRA 95, 012333 (2017), "
                        "arXiv:1611.02524"});
    info.equations = {"C3-C5", "P+", "section 6, steps 1-7"};
    info.options = {
        {"tail",
         {"sum", "cs"},
         "photon numbers above 4: sum: amplitude by amplitude; cs: by Cauchy-Schwarz, about 1 % more key"},
        {"decoys", {"3", "2"}, "decoy intensities of each user, the weakest one included"},
        cal_sources_option()};
    info.uses = cal_uses();
    add_uses(info.uses, {"pulses", "correctness_failure", "privacy_failure"});
    info.parameters = cal_quantities(decoys, asymmetric, asymmetric, 1e-4, true);
    info.parameters.push_back({"key_basis_probability",
                               "",
                               {0, 1, true, true},
                               {0.02, 0.99},
                               0.75,
                               Scale::logit,
                               "probability of a key round, p_X"});
    add_share_quantities(info.parameters, decoys);
    info.more_starts = cal_more_starts();
    return info;
}

template <int decoys>
std::unique_ptr<const Protocol> make(ProtocolInfo info) {
    const CalTail tail = info.chosen.at("tail") == "cs" ? CalTail::cs : CalTail::sum;
    if (info.chosen.at("sources") == "asymmetric")
        return std::make_unique<Adapter<CalFinite<decoys, true>>>(std::move(info),
                                                                  CalFinite<decoys, true>{tail});
    return std::make_unique<Adapter<CalFinite<decoys, false>>>(std::move(info),
                                                               CalFinite<decoys, false>{tail});
}

}  // namespace

std::unique_ptr<const Protocol> make_cal_finite(const Choices& choices) {
    const int decoys = choices.get("decoys", "3") == "2" ? 2 : 3;
    ProtocolInfo info = choices.check(describe(decoys, choices.get("sources", "symmetric") == "asymmetric"));
    return decoys == 2 ? make<2>(std::move(info)) : make<3>(std::move(info));
}

}  // namespace tfqkd
