#pragma once

#include "catch.hpp"
#include "reference.hpp"

// The reference points of SNS and AOPP in tfqkd's names.
namespace reference {

struct SnsPoint {
    std::string id, spec;
    std::vector<double> link, point;
    json rate, intermediates;  // rate: null where a condition for any key fails
};

inline bool same_sources(const json& par) {
    for (const char* name : {"mu_z", "mu_1", "mu_2", "eps_", "p_z", "p_0", "p_1"})
        if (par.at(name + std::string("a")) != par.at(name + std::string("b"))) return false;
    return true;
}

inline void add_source(Named& named, const json& par, const std::string& user, const std::string& suffix) {
    const auto get = [&](const std::string& name) { return number(par.at(name + user)); };
    named["signal_intensity" + suffix] = get("mu_z");
    named["sending_probability" + suffix] = get("eps_");
    named["weak_decoy_intensity" + suffix] = get("mu_1");
    named["decoy_ratio" + suffix] = get("mu_1") / get("mu_2");
    named["signal_window_probability" + suffix] = get("p_z");
    named["vacuum_probability" + suffix] = get("p_0");
    named["weak_decoy_fraction" + suffix] = get("p_1") / (1 - get("p_0"));
}

inline SnsPoint read_sns_point(const json& from) {
    static const std::map<std::string, std::string> names = {
        {"sns-inf", "sns-asymptotic"},       {"sns-4i", "sns-decoy"},   {"sns-fin", "sns-finite"},
        {"aopp-inf", "aopp-asymptotic"},     {"aopp-4i", "aopp-decoy"}, {"aopp-fin", "aopp-finite"},
        {"aopp-fin-s", "aopp-finite-simple"}};
    const json &par = from.at("par"), &cond = from.at("cond");
    const auto get = [&](const char* name) { return number(cond.at(name)); };
    const Named link = {{"loss_a_db", get("loss_a_db")},
                        {"loss_b_db", get("loss_b_db")},
                        {"detector_efficiency", get("eta_d")},
                        {"dark_count_probability", get("p_d")},
                        {"misalignment", get("e_d")},
                        {"error_correction_inefficiency", get("f")},
                        {"pulses", get("N")},
                        {"chernoff_failure", get("xi")},
                        {"correctness_failure", get("eps_cor")},
                        {"privacy_failure", get("eps_pa")},
                        {"smoothing_failure", get("eps_hat")}};
    Named point = {{"phase_slice_rad", number(par.at("delta"))}};
    const bool same = same_sources(par);
    add_source(point, par, "a", same ? "" : "_a");
    if (!same) add_source(point, par, "b", "_b");
    std::string spec = names.at(from.at("variant")) + (same ? "" : ":sources=asymmetric");
    if (cond.at("ec") == "refined") spec += (same ? ":" : ",") + std::string("error_correction=refined");
    const auto protocol = tfqkd::make_protocol(spec);
    return {from.at("id"),
            spec,
            row(tfqkd::link_quantities(), link),
            row(protocol->info().parameters, point),
            from.at("R_raw"),
            from.at("inter")};
}

// All points and optimised points of the variants whose names start with `family`.
inline std::vector<SnsPoint> sns_points(const std::string& family) {
    const json file = load("sns.json");
    std::vector<SnsPoint> points;
    for (const char* list : {"points", "optimised"})
        for (const json& point : file.at(list))
            if (point.at("variant").get<std::string>().starts_with(family))
                points.push_back(read_sns_point(point));
    return points;
}

// The intermediate that is furthest from the reference, relative to it; both count as 0 below 1e-200.
inline std::pair<std::string, double> worst_intermediate(const SnsPoint& point, const Named& notes) {
    std::pair<std::string, double> worst{"none", 0};
    for (const auto& [name, text] : point.intermediates.items()) {
        const auto found = notes.find(name);
        const double expected = number(text), value = found == notes.end() ? NAN : found->second;
        if (std::abs(expected) < 1e-200 && std::abs(value) < 1e-200) continue;
        const double error = off(value, expected, expected);
        if (!(error <= worst.second)) worst = {name, error};
    }
    return worst;
}

// Rate and intermediates of every point of a family.
inline void check_sns_points(const std::string& family) {
    for (const SnsPoint& point : sns_points(family)) {
        const auto protocol = tfqkd::make_protocol(point.spec);
        const double rate = protocol->rate(point.link, point.point, tfqkd::Measure::rate);
        const Named noted = notes(*protocol, point.link, point.point);
        const auto [name, error] = worst_intermediate(point, noted);
        INFO(point.id << " " << point.spec << ", furthest intermediate " << name);
        CHECK(error < 1e-12);
        if (point.rate.is_null()) {
            CHECK(rate <= 0);
            CHECK(protocol->rate(point.link, point.point, tfqkd::Measure::score) < -0.1);
            continue;
        }
        const double expected = number(point.rate);
        const double sifted = noted.count("n_t_aopp") ? noted.at("n_t_aopp") : noted.at("n_t");
        CHECK(off(rate, expected, std::max(std::abs(expected), 0.01 * sifted)) < 1e-12);
    }
}

}  // namespace reference
