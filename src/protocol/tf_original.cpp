#include "protocol/tf_original.hpp"

#include "protocol/registry.hpp"
#include "tfqkd/protocol/adapter.hpp"

namespace tfqkd {

std::unique_ptr<const Protocol> make_tf_original(const Choices& choices) {
    ProtocolInfo info;
    info.name = "tf-original";
    info.title = "TF-QKD as first proposed, a curve for plots";
    info.description =
        "The estimate of the first proposal: the decoy-state formula of BB84 at half the distance. It is a "
        "curve for plots and no security proof. On arms of unequal loss there is no formula and no key.";
    info.verification = {{"Lucamarini 2, 3", "rate and errors", "seen"}};
    info.caveats = {
        "Whether the intensity is one user's or both users', and what signal_duty contains, is not clear "
        "from the paper: do not compare rates with it."};
    info.security = "none: an estimate, not a security proof";
    info.references = {
        "Lucamarini, Yuan, Dynes, Shields, Overcoming the rate-distance limit of quantum key distribution "
        "without "
        "quantum repeaters, Nature 557, 400 (2018), arXiv:1811.06826"};
    info.equations = {"Lucamarini 2", "Lucamarini 3"};
    Quantity intensity = pm_intensity;
    intensity.start = 0.4;
    intensity.help = "mean photon number of a pulse, mu";
    info.parameters = {intensity, pm_phase_slices, tf_signal_duty};
    info.uses = link_uses({"loss_a_db", "loss_b_db", "detector_efficiency", "dark_count_probability",
                           "misalignment", "error_correction_inefficiency"});
    return std::make_unique<Adapter<TfOriginalModel>>(choices.check(std::move(info)), TfOriginalModel{});
}

}  // namespace tfqkd
