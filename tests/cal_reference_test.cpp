#include "catch.hpp"
#include "reference.hpp"

// The independent 50-digit values of the Curty-Azuma-Lo family.
namespace {

using namespace tfqkd;
using namespace reference;
using nlohmann::json;

double given(const json& point, const char* part, const char* name) {
    return number(point.at(part).at(name));
}
double parameter(const json& point, const char* name) { return given(point, "parameters", name); }

std::vector<double> link_of(const json& point) {
    Named values{{"detector_efficiency", 1}};
    const std::map<std::string, const char*> names{
        {"loss_a_db", "loss_a_db"}, {"loss_b_db", "loss_b_db"},     {"dark_count_probability", "pd"},
        {"misalignment", "e_pol"},  {"phase_mismatch", "delta_ph"}, {"error_correction_inefficiency", "f"}};
    for (const auto& [ours, theirs] : names) values[ours] = given(point, "condition", theirs);
    const json& parameters = point.at("parameters");
    if (parameters.contains("N")) values["pulses"] = parameter(point, "N");
    if (parameters.contains("eps_s")) values["privacy_failure"] = parameter(point, "eps_s");
    if (parameters.contains("eps_cor")) values["correctness_failure"] = parameter(point, "eps_cor");
    return row(link_quantities(), values);
}

bool asymmetric(const json& point) {
    const json& p = point.at("parameters");
    return p.at("s_a") != p.at("s_b") || (p.contains("nu") && p.at("nu") != p.at("mu"));
}

void add_decoys(Named& values, const json& intensities, const std::string& suffix) {
    const char* names[] = {"decoy_intensity", "decoy_ratio", "second_decoy_ratio"};
    for (std::size_t k = 0; k + 1 < intensities.size(); ++k) {
        const double over = k == 0 ? 1 : number(intensities[k - 1]);
        values[names[k] + suffix] = number(intensities[k]) / over;
    }
    values["weakest_decoy_intensity"] = number(intensities.back());
}

// The coordinates of a point's parameters.
Named values_of(const json& point, bool own_signals, bool own_decoys) {
    const json& p = point.at("parameters");
    const double s_a = parameter(point, "s_a"), s_b = parameter(point, "s_b");
    Named values{{"signal_intensity", own_signals ? std::sqrt(s_a * s_b) : s_a}, {"signal_ratio", s_a / s_b}};
    if (p.contains("mu")) add_decoys(values, p.at("mu"), own_decoys ? "_a" : "");
    if (own_decoys && p.contains("nu")) add_decoys(values, p.at("nu"), "_b");
    const auto add_shares = [&](const json& shares) {
        const auto weight = [&](std::size_t k) { return number(shares[k]); };
        double sum = 0;
        for (const json& share : shares) sum += number(share);
        values["weakest_decoy_probability"] = weight(shares.size() - 1) / sum;
        if (shares.size() == 3) values["strong_decoy_fraction"] = weight(0) / (weight(0) + weight(1));
    };
    if (p.contains("P_s")) values["signal_probability"] = parameter(point, "P_s");
    if (p.contains("p_x")) values["key_basis_probability"] = parameter(point, "p_x");
    if (p.contains("P_mu")) add_shares(p.at("P_mu"));
    if (p.contains("p_mu")) add_shares(p.at("p_mu"));
    if (p.contains("gamma")) values["standard_errors"] = parameter(point, "gamma");
    return values;
}

std::string spec_of(const json& point) {
    const std::string variant = point.at("variant");
    const json& p = point.at("parameters");
    const std::string sources = asymmetric(point) ? "sources=asymmetric" : "sources=symmetric";
    const bool plus = p.contains("method") && p.at("method") == "P+";
    const std::string bound = plus ? ",bound=pplus" : "";
    if (variant == "cal_inf") {
        const std::string set = p.at("S");
        return "cal-asymptotic:" + sources + ",set=" +
               (set == "GC9"    ? "gc9"
                : set == "CAL5" ? "cal5"
                                : "all");
    }
    if (variant == "npp") return "npp-asymptotic:" + sources;
    if (variant == "cal_decoy")
        return "cal-decoy:" + sources + ",decoys=" + std::to_string(p.at("mu").size()) + bound;
    if (variant == "wang_lo") return plus ? "cal-gaussian:bound=pplus" : "cal-gaussian";
    return "cal-finite:" + sources + ",tail=" + p.at("tail").get<std::string>();
}

// Every number below a result, by its name in our notes: {"Y": {"0,2": x}} is Y_02.
void flatten(const json& value, const std::string& name, Named& into) {
    if (value.is_string()) {
        into[name] = number(value);
    } else if (value.is_object()) {
        for (const auto& [key, inner] : value.items()) {
            std::string digits;
            for (const char c : key)
                if (c != ',') digits += c;
            flatten(inner, name + "_" + digits, into);
        }
    } else {
        for (std::size_t i = 0; i < value.size(); ++i)
            flatten(value[i], name + (value[i].is_array() ? "_" : "") + std::to_string(i), into);
    }
}
Named flattened(const json& result) {
    Named values;
    for (const auto& [key, value] : result.items())
        if (key != "rate" && key != "reason") {
            Named inner;
            flatten(value, key, inner);
            for (const auto& [name, x] : inner) {
                const bool matrix = value.is_array();
                values[matrix ? name.substr(0, key.size()) + "_" + name.substr(key.size() + 1) : name] = x;
            }
        }
    return values;
}

struct Worst {
    double error = 0;
    std::string where;
    void take(double e, const std::string& w) {
        if (!(e <= error)) error = e, where = w;
    }
};

void check_point(const json& point, double tolerance, Worst& worst) {
    const std::string id = point.at("id"), variant = point.at("variant");
    const auto protocol = make_protocol(spec_of(point));
    const auto link = link_of(point);
    const bool common = variant == "wang_lo";
    const auto at = row(protocol->info().parameters,
                        values_of(point, common || asymmetric(point), !common && asymmetric(point)));
    const auto notes = reference::notes(*protocol, link, at);
    const json& p = point.at("parameters");
    const bool linear_program = p.contains("method") && p.at("method") == "LP";
    const bool no_tail = point.at("result").contains("reason");  // its `signed` is a mere mark
    INFO(id << " " << spec_of(point));
    for (const auto& [name, expected] : flattened(point.at("result"))) {
        const bool rate = name == "signed" || name == "ell";
        if ((rate && no_tail) || name == "ell") continue;
        REQUIRE(notes.contains(name == "signed" ? "key_rate" : name));
        const double found = notes.at(name == "signed" ? "key_rate" : name);
        const double sifted = notes.at("sifted");
        const double scale = std::max({std::abs(expected), rate ? sifted : 0, 1e-300});
        const double error = std::abs(found - expected) / scale;
        INFO(name << ": " << found << " for " << expected << ", relative error " << error);
        if (linear_program && (name.starts_with("M_nm") || name.starts_with("Delta_nm"))) {
            CHECK(found > expected * (1 - 1e-9));  // the linear program may bound a count better
            continue;
        }
        CHECK(error < tolerance);
        worst.take(error, id + " " + name);
    }
    if (no_tail) CHECK(notes.at("key_rate") <= 0);
    const double best = std::max(protocol->rate(link, at, Measure::rate), 0.0);
    const double expected = given(point, "result", "rate");
    CHECK(std::abs(best - expected) <= tolerance * std::max(expected, 1e-300) + (expected > 0 ? 0 : 1e-300));
}

void check_variant(const std::string& variant, double tolerance, double linear_program) {
    Worst exact, loose;
    const json file = load("cal.json");
    for (const json& point : file.at("points")) {
        if (point.at("variant") != variant) continue;
        const json& p = point.at("parameters");
        const bool lp = p.contains("method") && p.at("method") == "LP";
        check_point(point, lp ? linear_program : tolerance, lp ? loose : exact);
    }
    INFO(variant << ": worst relative error " << exact.error << " at " << exact.where << "; linear programs "
                 << loose.error << " at " << loose.where);
    CHECK(exact.error < tolerance);
}

}  // namespace

TEST_CASE("cal-asymptotic agrees with the reference values", "[reference]") {
    check_variant("cal_inf", 1e-12, 0);
}
TEST_CASE("cal-decoy agrees with the reference values", "[reference]") {
    check_variant("cal_decoy", 1e-11, 1e-7);
}
TEST_CASE("cal-gaussian agrees with the reference values", "[reference]") {
    check_variant("wang_lo", 1e-9, 1e-7);
}
TEST_CASE("cal-finite agrees with the reference values", "[reference]") { check_variant("cl21", 1e-9, 3e-3); }
TEST_CASE("npp-asymptotic agrees with the reference values", "[reference]") {
    check_variant("npp", 1e-12, 0);
}
