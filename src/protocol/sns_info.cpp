#include "protocol/sns_info.hpp"

#include "protocol/registry.hpp"

namespace tfqkd {

namespace {

constexpr std::string_view not_optimised[] = {"weak_decoy_intensity", "decoy_ratio",
                                              "signal_window_probability", "phase_slice_rad"};

constexpr std::string_view ill_posed =
    "with infinite data it has no optimum: it would go to an end of its range";

// Where data are infinite, decoys and windows have no optimum: they are inputs, with these defaults.
void fix_inputs(std::vector<Quantity>& quantities, SnsLevel level) {
    if (level == SnsLevel::finite) return;
    for (Quantity& q : quantities) {
        for (const std::string_view name : not_optimised)
            if (q.name.starts_with(name)) q.optimised = false, q.input_reason = ill_posed;
        if (q.name.starts_with("signal_window_probability")) q.start = 1;
        if (q.name == "phase_slice_rad") q.start = level == SnsLevel::decoy ? 0.3 : 0;
        if (q.name.starts_with("decoy_ratio")) q.start = 0.05 / 0.3;
    }
}

void add_source(std::vector<Quantity>& quantities, SnsLevel level, bool weak_decoy,
                const std::string& suffix) {
    static constexpr auto fields = SnsSource<double>::fields();
    for (std::size_t k = 0; k < fields.size(); ++k) {
        if (!sns_uses(level, k) || (k == sns_weak_decoy_field && !weak_decoy)) continue;
        Quantity q = fields[k].quantity;
        if (!suffix.empty()) {
            if (k == sns_weak_decoy_field) q.search.lower = 1e-5;  // the nearer user sends very weak decoys
            q.name = permanent(std::string(q.name) + "_" + suffix);
            q.help = permanent((suffix == "a" ? "Alice: " : "Bob: ") + std::string(q.help));
        }
        quantities.push_back(q);
    }
}

// What is known of the formulas that all protocols of the family share; effects on the rate are at the
// default devices.
void add_provenance(ProtocolInfo& info, SnsLevel level) {
    info.verification = {{"S1-S8, S12-S15", "channel, detectors, observables", "derived; S4 also seen"}};
    if (level == SnsLevel::asymptotic)
        info.verification.push_back({"S9-S11", "exact single-photon quantities", "derived"});
    else
        info.verification.push_back({"S16-S19", "decoy bounds", "seen, derived"});
    if (level == SnsLevel::finite)
        info.verification.push_back(
            {"S20-S25", "Chernoff bounds, numbers of windows", "recalled; closed forms derived"});
    info.verification.push_back(
        {"S50", "security constraint between the users' sources", "recalled; seen that there is one"});
    info.caveats = {
        "Dark counts are per detector; where a paper means both detectors together its rate is 1 to 3 % "
        "higher at 300 km and 24 to 46 % near the last distance.",
        "Misalignment is the chance of a click at the wrong detector, in X windows only; an X error rate "
        "as experiments quote it contains the width of the phase slice as well.",
        "Vacuum is exactly vacuum; experiments report a few 1e-4 of the signal left.",
        "Intensities are one user's; some papers give the sum of both users'.",
        "With sources=symmetric a link of unequal arms is secure, but its rate is poor."};
    if (level != SnsLevel::finite) return;
    info.caveats.insert(
        info.caveats.end(),
        {"Each side of a Chernoff bound fails with chernoff_failure/2; with all of it on each side, as some "
         "experiments print, the rate is 0.3 % higher at 300 km, 1.2 % at 420 km.",
         "Both phase slices are bounded together; one by one the rate is 6 to 7 % lower at 300 km and 15 to "
         "17 % near the last distance.",
         "Vacuum from signal windows in which nothing is sent is used; without it rates are 17 to 39 % "
         "lower.",
         "Counts are expected values, not rounded."});
}

}  // namespace

std::vector<Quantity> sns_quantities(SnsLevel level, bool symmetric) {
    std::vector<Quantity> quantities;
    add_source(quantities, level, symmetric, symmetric ? "" : "a");
    if (!symmetric) add_source(quantities, level, true, "b");
    quantities.push_back(sns_phase_slice<double>);
    fix_inputs(quantities, level);
    return quantities;
}

ProtocolInfo sns_family_info(std::string_view name, SnsLevel level, bool symmetric) {
    ProtocolInfo info;
    info.name = name;
    info.references = {
        "Wang, Yu, Hu, Twin-field QKD with large misalignment error, PRA 98, 062323 (2018), arXiv:1805.09222",
        "Yu, Hu, Jiang, Xu, Wang, SNS TF-QKD in practice, Sci. Rep. 9, 3080 (2019), arXiv:1807.09891",
        "Hu, Jiang, Yu, Wang, SNS with asymmetric source parameters, PRA 100, 062337 (2019), "
        "arXiv:1908.05073"};
    info.description =
        "Each user sends a phase-randomised signal pulse or not; sending is one bit value, not sending the "
        "other. Decoy windows bound the single-photon yield and phase error. ";
    info.options = {
        {"sources",
         {"symmetric", "asymmetric"},
         "symmetric: both users choose the same; asymmetric: each chooses, Alice's weak decoy follows from "
         "the security constraint (S50)"}};
    info.parameters = sns_quantities(level, symmetric);
    info.uses = link_uses({"loss_a_db", "loss_b_db", "detector_efficiency", "dark_count_probability",
                           "misalignment", "error_correction_inefficiency"});
    if (level == SnsLevel::finite)
        add_uses(info.uses, {"pulses", "chernoff_failure", "correctness_failure", "privacy_failure",
                             "smoothing_failure"});
    add_provenance(info, level);
    return info;
}

std::string_view sns_inputs_note(SnsLevel level) {
    if (level == SnsLevel::finite) return "";
    if (level == SnsLevel::asymptotic)
        return "The signal window probability and the phase slice have no optimum with infinite data (they "
               "would go to an end of their range), so they are inputs. ";
    return "Decoy intensities, window probability and phase slice have no optimum with infinite data (all "
           "would go to an end of their range), so they are inputs. ";
}

}  // namespace tfqkd
