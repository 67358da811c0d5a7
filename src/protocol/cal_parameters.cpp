#include "protocol/cal_parameters.hpp"

namespace tfqkd {

namespace {

constexpr Quantity signal_intensity{"signal_intensity",
                                    "photon",
                                    {0, 4, true},
                                    {1e-4, 0.5},
                                    0.02,
                                    Scale::log,
                                    "mean photon number of a key pulse, s"};
constexpr Quantity mean_signal_intensity{
    "signal_intensity",
    "photon",
    {0, 4, true},
    {1e-4, 0.5},
    0.02,
    Scale::log,
    "mean photon number of a key pulse, geometric mean of both users, sqrt(s_A s_B)"};
constexpr Quantity signal_ratio{"signal_ratio",
                                "",
                                {1e-6, 1e6},
                                {1e-3, 1e3},
                                1,
                                Scale::log,
                                "Alice's over Bob's mean photon number of a key pulse, s_A/s_B"};
constexpr Quantity decoy_intensity{"decoy_intensity",
                                   "photon",
                                   {0, 4, true},
                                   {0.05, 1},
                                   0.5,
                                   Scale::log,
                                   "mean photon number of the strongest decoy pulse, mu_0"};
constexpr Quantity decoy_ratio{"decoy_ratio",
                               "",
                               {0, 1, true, true},
                               {0.02, 0.9},
                               0.25,
                               Scale::logit,
                               "second over strongest decoy intensity, mu_1/mu_0"};
constexpr Quantity second_decoy_ratio{"second_decoy_ratio",
                                      "",
                                      {0, 1, true, true},
                                      {0.02, 0.9},
                                      0.25,
                                      Scale::logit,
                                      "third over second decoy intensity, mu_2/mu_1"};
constexpr Quantity weakest_decoy{"weakest_decoy_intensity",
                                 "photon",
                                 {0, 0.1},
                                 {0, 1e-3},
                                 0,
                                 Scale::linear,
                                 "mean photon number of the weakest decoy pulse of both users",
                                 false,
                                 "it is what the modulators leave; 0 would be best"};

Quantity of_user(Quantity q, std::string_view suffix) {
    if (suffix.empty()) return q;
    q.name = permanent(std::string(q.name) + "_" + std::string(suffix));
    q.help = permanent((suffix == "a" ? "Alice: " : "Bob: ") + std::string(q.help));
    return q;
}

}  // namespace

std::vector<Quantity> cal_quantities(int decoys, bool own_signals, bool own_decoys, double weakest,
                                     bool optimise_decoys) {
    std::vector<Quantity> all{own_signals ? mean_signal_intensity : signal_intensity};
    if (own_signals) all.push_back(signal_ratio);
    if (decoys == 0) return all;
    for (const std::string_view suffix :
         own_decoys ? std::vector<std::string_view>{"a", "b"} : std::vector<std::string_view>{""}) {
        int left = decoys - 1;
        for (Quantity q : {decoy_intensity, decoy_ratio, second_decoy_ratio}) {
            if (left-- == 0) break;
            q.optimised = optimise_decoys;
            if (!optimise_decoys)
                q.input_reason = "with infinite data it has no optimum: it would go to an end of its range";
            all.push_back(of_user(q, suffix));
        }
    }
    all.push_back(weakest_decoy);
    all.back().start = weakest;
    return all;
}

void add_share_quantities(std::vector<Quantity>& quantities, int decoys) {
    quantities.push_back({"weakest_decoy_probability",
                          "",
                          {0, 1, true, true},
                          {0.02, 0.98},
                          0.6,
                          Scale::logit,
                          "probability of the weakest decoy in a round that is not for the key"});
    if (decoys == 3)
        quantities.push_back({"strong_decoy_fraction",
                              "",
                              {0, 1, true, true},
                              {0.02, 0.98},
                              0.3,
                              Scale::logit,
                              "share of the strongest decoy among the stronger two, p_0/(p_0+p_1)"});
}

std::string indexed_name(const char* symbol, std::size_t i, std::size_t j) {
    return std::string(symbol) + "_" + std::to_string(i) + std::to_string(j);
}

std::vector<std::vector<std::pair<std::string, double>>> cal_more_starts() {
    const auto start = [](double decoy, double ratio, double weakest, double strong) {
        return std::vector<std::pair<std::string, double>>{{"decoy_intensity", decoy},
                                                           {"decoy_ratio", ratio},
                                                           {"weakest_decoy_probability", weakest},
                                                           {"strong_decoy_fraction", strong}};
    };
    return {start(0.68, 0.26, 0.75, 0.2), start(0.4, 0.12, 0.82, 0.5), start(0.8, 0.06, 0.7, 0.95),
            start(0.9, 0.5, 0.66, 0.35),  start(0.5, 0.09, 0.45, 0.5), start(0.2, 0.2, 0.38, 0.3)};
}

std::vector<bool> cal_uses() {
    return link_uses({"loss_a_db", "loss_b_db", "detector_efficiency", "dark_count_probability",
                      "misalignment", "phase_mismatch", "error_correction_inefficiency"});
}

std::vector<std::string> cal_references(std::initializer_list<std::string_view> more) {
    std::vector<std::string> all{
        "Curty, Azuma, Lo, Simple security proof of twin-field type QKD protocol, npj Quantum Inf. 5, 64 "
        "(2019), arXiv:1807.07667",
        "Grasselli, Curty, Practical decoy-state method for twin-field QKD, New J. Phys. 21, 073001 (2019), "
        "arXiv:1902.10034",
        "Wang, Lo, Simple method for asymmetric twin-field QKD, New J. Phys. 22, 013020 (2020), "
        "arXiv:1907.05291"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

void add_cal_provenance(ProtocolInfo& info) {
    info.verification = {{"C3-C5", "channel, gains, bit error", "seen, derived"},
                         {"C6", "yields of photon numbers in closed form", "derived"},
                         {"R1, R2", "key rate, phase error", "seen, derived"},
                         {"", "unequal arms and signals", "derived"}};
    info.caveats = {
        "Misalignment is that of polarisation, theta = 2 arcsin sqrt(misalignment): 2 % alone gives a bit "
        "error of 2 %. A paper that means theta = arcsin sqrt(e_d) has a quarter of it.",
        "Public codes for this protocol have errors, some of them unsafe: rates above these need a second "
        "look."};
}

ProtocolOption cal_sources_option() {
    return {"sources",
            {"symmetric", "asymmetric"},
            "symmetric: both users choose the same intensities; asymmetric: each chooses"};
}

}  // namespace tfqkd
