#include "protocol/cal_gaussian.hpp"

namespace tfqkd {

namespace {

ProtocolInfo describe() {
    ProtocolInfo info;
    info.name = "cal-gaussian";
    info.title = "CAL twin-field QKD, asymmetric, finite data by standard errors";
    info.description =
        "The variant of Wang and Lo's machine-learning paper: each user has a signal intensity of its own, "
        "decoys and probabilities are common. Gains fluctuate by standard_errors (5.3 for 1e-7) for each "
        "pair and outcome; p_xx and e_x do not. Product bounds take the place of the paper's linear "
        "program (1e-10 apart at the reference points), tried over a selection: on 450 random settings the "
        "others would tighten a yield's bound by at most 2e-5.";
    info.kind = Kind::gaussian;
    add_cal_provenance(info);
    info.verification.push_back({"P+, KP5", "product bounds of yields", "derived"});
    info.verification.push_back({"A3", "what fluctuates and what is chosen", "read"});
    info.verification.push_back({"A3", "width of the intervals, weakest decoy", "recalled"});
    info.caveats.push_back(
        "The machine-learning paper prints no rate to compare with; whether it lets each outcome fluctuate "
        "or both together (a relative width smaller by sqrt 2), and its weakest intensity, are not known.");
    info.caveats.push_back("5.3 standard errors are the paper's round figure; 1e-7 on two sides is 5.327.");
    info.security = "finite data with Gaussian statistics, collective attacks; not composable";
    info.references = cal_references(
        {"Wang, Lo, Machine learning for optimal parameter prediction in QKD, PRA 100, 062334 (2019), "
         "arXiv:1812.07724"});
    info.equations = {"C3-C5", "R1", "R2", "P+", "KP5", "A3"};
    info.options = {{"bound", {"kp5", "pplus"}, "kp5: uses that no yield exceeds 1; pplus: does not"}};
    info.uses = cal_uses();
    add_uses(info.uses, {"pulses"});
    info.parameters = cal_quantities(cal_gaussian_decoys, true, false, 0, true);
    info.parameters.push_back({"signal_probability",
                               "",
                               {0, 1, true, true},
                               {0.02, 0.995},
                               0.8,
                               Scale::logit,
                               "probability of a key pulse, P_s"});
    add_share_quantities(info.parameters, cal_gaussian_decoys);
    info.parameters.push_back({"standard_errors",
                               "",
                               {0, 100},
                               {3, 10},
                               5.3,
                               Scale::linear,
                               "width of the intervals on either side in standard errors, gamma",
                               false,
                               "it sets how often the intervals fail"});
    info.more_starts = cal_more_starts();
    return info;
}

}  // namespace

std::unique_ptr<const Protocol> make_cal_gaussian(const Choices& choices) {
    ProtocolInfo info = choices.check(describe());
    if (info.chosen.at("bound") == "pplus")
        return std::make_unique<Adapter<CalGaussian<CalBound::p_plus>>>(std::move(info),
                                                                        CalGaussian<CalBound::p_plus>{});
    return std::make_unique<Adapter<CalGaussian<CalBound::kp5>>>(std::move(info),
                                                                 CalGaussian<CalBound::kp5>{});
}

}  // namespace tfqkd
