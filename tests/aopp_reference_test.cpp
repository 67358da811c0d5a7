#include "model_checks.hpp"
#include "protocol/aopp.hpp"
#include "sns_points.hpp"

using namespace tfqkd;
using checks::Model;

TEST_CASE("AOPP rates and intermediates agree with the reference values", "[reference]") {
    reference::check_sns_points("aopp-");
}

TEST_CASE("AOPP is finite everywhere, the same in every arithmetic, and has exact slopes", "[scalars]") {
    using enum SnsLevel;
    using enum AoppProof;
    Model<AoppModel<asymptotic, simple, SnsSymmetric>>("aopp-asymptotic").check();
    Model<AoppModel<decoy, simple, SnsSymmetric>>("aopp-decoy").check();
    Model<AoppModel<decoy, simple, SnsAsymmetric>>("aopp-decoy:sources=asymmetric").check();
    Model<AoppModel<finite, simple, SnsSymmetric>>("aopp-finite-simple").check();
    Model<AoppModel<finite, zigzag, SnsSymmetric>>("aopp-finite").check();
    Model<AoppModel<finite, zigzag, SnsAsymmetric>>("aopp-finite:sources=asymmetric").check();
}

namespace {

using Named = reference::Named;

struct Case {
    std::vector<double> link, point;
};
Case usual(const Protocol& protocol, Named link = {}) {
    link.insert({{"loss_a_db", 30}, {"loss_b_db", 30}});
    return {reference::row(link_quantities(), link), reference::row(protocol.info().parameters, {})};
}
double rate(const Protocol& protocol, const Case& at) {
    return protocol.rate(at.link, at.point, Measure::rate);
}

}  // namespace

TEST_CASE("The zigzag proof never gives more than pairs taken as independent") {
    const auto zigzag_proof = make_protocol("aopp-finite"), simple_form = make_protocol("aopp-finite-simple");
    const Columns links = checks::random_rows(link_quantities(), 20'000, 3);
    const Columns points = checks::random_rows(zigzag_proof->info().parameters, 20'000, 4);
    Eigen::ArrayXd proved(links.rows()), estimated(links.rows());
    zigzag_proof->rates(links, points, Measure::rate, proved);
    simple_form->rates(links, points, Measure::rate, estimated);
    CHECK((proved <= estimated).all());
    CHECK((proved > 0).count() > 20);
}

TEST_CASE("AOPP with the same sources at both users is the same with either option") {
    const Named source = {{"signal_intensity", 0.5},   {"sending_probability", 0.27},
                          {"decoy_ratio", 0.15},       {"weak_decoy_intensity", 0.04},
                          {"vacuum_probability", 0.1}, {"signal_window_probability", 0.8},
                          {"weak_decoy_fraction", 0.9}};
    Named both;
    for (const auto& [name, value] : source) both[name + "_a"] = both[name + "_b"] = value;
    for (const std::string name : {"aopp-asymptotic", "aopp-decoy", "aopp-finite", "aopp-finite-simple"}) {
        const auto one = make_protocol(name), two = make_protocol(name + ":sources=asymmetric");
        Case of_one = usual(*one), of_two = usual(*two);
        of_one.point = reference::row(one->info().parameters, source);
        of_two.point = reference::row(two->info().parameters, both);
        of_one.point.back() = of_two.point.back() = 0.3;  // the slice
        CHECK(rate(*one, of_one) > 0);
        CHECK(rate(*one, of_one) == Approx(rate(*two, of_two)).epsilon(1e-13));
    }
}

TEST_CASE("AOPP rates fall with loss, dark counts, misalignment and inefficiency, and grow with pulses") {
    for (const char* name : {"aopp-asymptotic", "aopp-decoy", "aopp-finite", "aopp-finite-simple"}) {
        const auto protocol = make_protocol(name);
        INFO(name);
        const double here = rate(*protocol, usual(*protocol));
        CHECK(here > 0);
        CHECK(here > rate(*protocol, usual(*protocol, {{"loss_a_db", 31}, {"loss_b_db", 31}})));
        CHECK(here > rate(*protocol, usual(*protocol, {{"dark_count_probability", 1e-7}})));
        CHECK(here > rate(*protocol, usual(*protocol, {{"misalignment", 0.05}})));
        CHECK(here > rate(*protocol, usual(*protocol, {{"error_correction_inefficiency", 1.2}})));
        CHECK(here <= rate(*protocol, usual(*protocol, {{"pulses", 1e13}})));
    }
    const auto infinite = make_protocol("aopp-decoy"), finite_form = make_protocol("aopp-finite");
    CHECK(rate(*finite_form, usual(*finite_form)) < rate(*infinite, usual(*infinite)));
}

TEST_CASE("Finite AOPP tends to AOPP of infinite data") {
    const auto infinite = make_protocol("aopp-decoy");
    for (const char* name : {"aopp-finite", "aopp-finite-simple"}) {
        const auto protocol = make_protocol(name);
        const Case many = usual(*protocol, {{"pulses", 1e18}});
        Case same = usual(*infinite);
        for (const Quantity& q : infinite->info().parameters)
            same.point[static_cast<std::size_t>(infinite->info().parameter(q.name))] =
                many.point[static_cast<std::size_t>(protocol->info().parameter(q.name))];
        CHECK(rate(*protocol, many) == Approx(rate(*infinite, same)).epsilon(0.01));
        CHECK(rate(*protocol, many) < rate(*infinite, same));
    }
}
