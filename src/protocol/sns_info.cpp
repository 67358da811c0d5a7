#include "protocol/sns_info.hpp"

#include "protocol/registry.hpp"

namespace tfqkd {

namespace {

constexpr std::string_view not_optimised[] = {"weak_decoy_intensity", "decoy_ratio",
                                              "signal_window_probability", "phase_slice_rad"};

// Where data are infinite, decoys and windows have no optimum: they are inputs, with these defaults.
void fix_inputs(std::vector<Quantity>& quantities, SnsLevel level) {
    if (level == SnsLevel::finite) return;
    for (Quantity& q : quantities) {
        for (const std::string_view name : not_optimised)
            if (q.name.starts_with(name)) q.optimised = false;
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
