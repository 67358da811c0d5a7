#include "tfqkd/protocol/protocol.hpp"

namespace tfqkd {

std::string_view kind_name(Kind kind) {
    switch (kind) {
        case Kind::estimate:
            return "estimate";
        case Kind::bound:
            return "bound";
        case Kind::asymptotic:
            return "asymptotic";
        case Kind::gaussian:
            return "gaussian";
        case Kind::finite:
            return "finite";
    }
    return "";
}

std::string_view kind_meaning(Kind kind) {
    switch (kind) {
        case Kind::estimate:
            return "an estimate without a proof";
        case Kind::bound:
            return "an upper bound of any protocol, not a protocol";
        case Kind::asymptotic:
            return "proved for infinite data";
        case Kind::gaussian:
            return "finite data with Gaussian fluctuations, collective attacks; not composable";
        case Kind::finite:
            return "finite data, coherent attacks, composable with a stated failure probability";
    }
    return "";
}

std::string_view mark_meanings() {
    return "derived: from first principles, and tested numerically. seen: read in public text or code, "
           "possibly second-hand. read: in the paper itself. recalled: from memory of the paper, whose text "
           "was not read again; limits "
           "and the direction of each bound were checked. chosen: papers are silent or differ.";
}

}  // namespace tfqkd
