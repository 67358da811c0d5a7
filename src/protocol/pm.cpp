#include "protocol/pm.hpp"

#include "protocol/pm_decoy.hpp"
#include "protocol/pm_exact.hpp"
#include "protocol/registry.hpp"
#include "tfqkd/protocol/adapter.hpp"

namespace tfqkd {

namespace {

const ProtocolOption model_option{"model",
                                  {"paper", "exact"},
                                  "paper: the paper's formulas, arms of equal loss only; exact: phases "
                                  "averaged over the slices, arms of any "
                                  "loss"};
const ProtocolOption bound_option{
    "bound",
    {"prx", "spp"},
    "phase error: prx: odd photon numbers by their errors; spp: symmetry-protected privacy, all even photon "
    "numbers count, none of the channel's errors"};
const ProtocolOption misalignment_option{
    "link_misalignment",
    {"ignored", "added", "only"},
    "the link's misalignment (the papers leave open whether they use it): ignored; added to the error of the "
    "slices; only: in place of it"};
const ProtocolOption slice_error_option{"misalignment_model",
                                        {"b19", "sinc"},
                                        "error of the phase slices: b19: the paper's, 0.38 % for 16; sinc: "
                                        "of phases uniform in their slices, 0.64 %"};
const ProtocolOption photon_number_option{
    "largest_photon_number", {"5", "11"}, "odd photon numbers up to this one are counted by their errors"};

ProtocolInfo describe(std::string_view name) {
    ProtocolInfo info;
    info.name = name;
    info.compared_as = info.name + ":link_misalignment=added";
    info.kind = Kind::asymptotic;
    info.security = "asymptotic";
    info.references = {
        "Ma, Zeng, Zhou, Phase-matching quantum key distribution, PRX 8, 031043 (2018), arXiv:1805.05538",
        "Zeng, Wu, Ma, Symmetry-protected privacy, PR Applied 13, 064013 (2020), arXiv:1910.05737"};
    info.description =
        "Both users send pulses of random phase and keep the rounds in which their phase slices match, 2 of "
        "phase_slices. The intensity is the sum of both users' pulses. ";
    info.uses = link_uses({"loss_a_db", "loss_b_db", "detector_efficiency", "dark_count_probability",
                           "error_correction_inefficiency"});
    info.verification = {{"B23", "key rate", "seen, in two independent copies"}};
    info.caveats = {
        "The intensity is the sum of both users'; papers on CAL and SNS give one user's.",
        "Whether the paper's curve uses its misalignment of 1.5 % is open: its last distance of 418 km is "
        "that of 'ignored', and where it exceeds the bound, 250 km, that of 'added'. No one reading "
        "reproduces the figure."};
    return info;
}

// The paper's channel and phase error.
void add_paper_provenance(ProtocolInfo& info) {
    info.verification.insert(info.verification.end(),
                             {{"B13, B14, B20", "yields, gain, errors of photon numbers", "seen"},
                              {"B27", "phase error, prx", "seen"},
                              {"", "phase error, spp", "recalled"},
                              {"B19", "error of the phase slices, b19", "seen"},
                              {"P1", "error of the phase slices, sinc", "derived"}});
    info.caveats.push_back(
        "B19 falls as M^-3 with the number of slices, phases uniform in their slices give M^-2 "
        "(misalignment_model=sinc): 0.38 % and 0.64 % for 16 slices.");
}

constexpr const char* equal_arms_only =
    "The formulas hold for arms of equal loss only: on unequal arms there is no key. ";

PmOptions options(const ProtocolInfo& info) {
    const auto is = [&](const char* option, std::string_view choice) {
        const auto chosen = info.chosen.find(option);
        return chosen != info.chosen.end() && chosen->second == choice;
    };
    PmOptions options;
    if (is("bound", "spp")) options.bound = PmBound::spp;
    if (is("misalignment_model", "sinc")) options.slice_error = PmSliceError::sinc;
    if (is("link_misalignment", "added")) options.misalignment = PmMisalignment::added;
    if (is("link_misalignment", "only")) options.misalignment = PmMisalignment::only;
    if (is("largest_photon_number", "11")) options.largest_photon_number = 11;
    return options;
}

// The protocol once its options are known; only then does the link's misalignment matter or not.
template <class Model>
std::unique_ptr<const Protocol> make(ProtocolInfo info, const Choices& choices) {
    info = choices.check(std::move(info));
    const PmOptions chosen = options(info);
    if (chosen.misalignment != PmMisalignment::ignored) add_uses(info.uses, {"misalignment"});
    return std::make_unique<Adapter<Model>>(std::move(info), Model{chosen});
}

std::unique_ptr<const Protocol> make_paper(const Choices& choices) {
    ProtocolInfo info = describe("pm-asymptotic");
    info.title = "PM, infinite data and infinite decoys, the paper's model";
    info.description += equal_arms_only;
    info.description +=
        "The phase slices have no error but that of the slices unless link_misalignment says otherwise.";
    info.equations = {"B13", "B14", "B19", "B20", "B22", "B23", "B27"};
    info.options = {model_option, bound_option, misalignment_option, slice_error_option,
                    photon_number_option};
    info.parameters = {pm_intensity, pm_phase_slices};
    add_paper_provenance(info);
    info.verification.push_back({"B22", "bit error", "seen"});
    info.caveats.push_back("B22 is the Poissonian sum of B20 to first order only; pm-decoy uses the sum.");
    info.caveats.push_back(
        "Odd photon numbers are counted to 5 as the paper says (recalled); its code counts to 11: 5e-7 "
        "relative.");
    return make<PmModel>(std::move(info), choices);
}

std::unique_ptr<const Protocol> make_exact(const Choices& choices) {
    ProtocolInfo info = describe("pm-asymptotic");
    info.title = "PM, infinite data and infinite decoys, exact channel, arms of any loss";
    info.description +=
        "Derived, not from a paper: the phase between matched slices is triangular on +-2 pi/M; all photon "
        "numbers are summed. The prx bound counts the correct clicks of even photon numbers.";
    info.equations = {"A33", "B23"};
    info.options = {model_option, bound_option, misalignment_option};
    info.parameters = {pm_intensity, pm_photon_share, pm_phase_slices};
    info.verification.push_back({"A33", "phase error, prx", "seen"});
    info.verification.push_back({"", "phase error, spp", "recalled"});
    info.verification.push_back({"", "channel, gains and errors of photon numbers", "derived"});
    add_uses(info.uses, {"phase_mismatch"});
    return make<PmExactModel>(std::move(info), choices);
}

}  // namespace

std::unique_ptr<const Protocol> make_pm_asymptotic(const Choices& choices) {
    return choices.get("model", "paper") == "exact" ? make_exact(choices) : make_paper(choices);
}

std::unique_ptr<const Protocol> make_pm_decoy(const Choices& choices) {
    ProtocolInfo info = describe("pm-decoy");
    info.title = "PM, infinite data and the intensities mu, nu and 0";
    info.description += equal_arms_only;
    info.description +=
        "Bit errors are the Poissonian sum of the photon numbers' errors, which the paper's closed form is "
        "only "
        "to first order. With infinite data the best decoy is as weak as allowed, so decoy_ratio is an "
        "input.";
    info.equations = {"B13", "B14", "B19", "B20", "B23", "B27"};
    info.options = {bound_option, misalignment_option, slice_error_option};
    info.parameters = {pm_intensity, pm_decoy_ratio, pm_phase_slices};
    add_paper_provenance(info);
    info.verification.push_back({"", "bounds by vacuum and weak decoy, bit error as a sum", "derived"});
    return make<PmDecoyModel>(std::move(info), choices);
}

}  // namespace tfqkd
