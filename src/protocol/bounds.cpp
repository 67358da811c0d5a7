#include "protocol/bounds.hpp"

#include "protocol/registry.hpp"
#include "tfqkd/protocol/adapter.hpp"

namespace tfqkd {

namespace {

template <class Model>
std::unique_ptr<const Protocol> make(ProtocolInfo info, const Choices& choices) {
    const bool with = choices.get("detector", "without") == "with";
    info.title += with ? ", with detection efficiency" : ", without detection efficiency (fibre only)";
    info.description += with ? "The detection efficiency counts as loss. "
                             : "The detection efficiency does not count as loss. ";
    info.description += "Where nothing is lost at all the bound is infinite and given as 53 bits.";
    info.kind = Kind::bound;
    info.security = "an upper bound for any protocol, not a protocol";
    info.verification = {{info.equations.front(), "capacity of a lossy channel", "recalled"}};
    info.caveats = {"Published figures differ in whether the detection efficiency counts as loss."};
    info.options = {{"detector", {"without", "with"}, "whether the detection efficiency counts as loss"}};
    info.uses = link_uses({"loss_a_db", "loss_b_db"});
    if (with) add_uses(info.uses, {"detector_efficiency"});
    return std::make_unique<Adapter<Model>>(choices.check(std::move(info)), Model{with});
}

}  // namespace

std::unique_ptr<const Protocol> make_plob(const Choices& choices) {
    ProtocolInfo info;
    info.name = "plob";
    info.title = "bound without repeater, -log2(1 - eta)";
    info.equations = {"-log2(1 - eta)"};
    info.description = "What no protocol without a repeater exceeds on the channel from Alice to Bob. ";
    info.references = {
        "Pirandola, Laurenza, Ottaviani, Banchi, Fundamental limits of repeaterless quantum communications, "
        "Nat. "
        "Commun. 8, 15043 (2017), arXiv:1510.08863"};
    return make<PlobModel>(std::move(info), choices);
}

std::unique_ptr<const Protocol> make_repeater(const Choices& choices) {
    ProtocolInfo info;
    info.name = "repeater";
    info.title = "bound with one repeater, -log2(1 - min(eta_a, eta_b))";
    info.equations = {"-log2(1 - min(eta_a, eta_b))"};
    info.description = "What no protocol with one station in the middle exceeds; the worse arm decides. ";
    info.references = {
        "Pirandola, End-to-end capacities of a quantum communication network, Commun. Phys. 2, 51 (2019), "
        "arXiv:1601.00966"};
    return make<RepeaterModel>(std::move(info), choices);
}

}  // namespace tfqkd
