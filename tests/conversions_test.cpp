#include "tfqkd/protocol/conversions.hpp"

#include <map>

#include "catch.hpp"
#include "tfqkd/protocol/protocol.hpp"

// The same link said in two ways gives the same rate.
using namespace tfqkd;

namespace {

using Said = std::map<std::string, double>;

std::vector<double> link_of(const Said& said) {
    Table table;
    for (const auto& [name, value] : said) table.add(name, Table::Numbers{value});
    const Columns links = read_links(table);
    return {links.row(0).begin(), links.row(0).end()};
}

double rate_of(const Protocol& protocol, const Said& said) {
    const std::vector<double> link = link_of(said);
    std::vector<double> point(protocol.info().parameters.size());
    protocol.start(link, point);
    return protocol.rate(link, point, Measure::rate);
}

// For every protocol; bounds of the fibre alone do not know the detector.
void check_same(const Said& one, const Said& other, bool bounds = true) {
    for (const std::string_view name : protocol_names()) {
        const auto protocol = make_protocol(name);
        if (!bounds && protocol->info().kind == Kind::bound) continue;
        INFO(name);
        const double rate = rate_of(*protocol, one);
        CHECK(rate > 0);
        CHECK(rate_of(*protocol, other) == Approx(rate).epsilon(1e-9));
    }
}

double noted(const Protocol& protocol, const Said& said, const std::vector<double>& point,
             const std::string& symbol) {
    for (const Intermediate& step : protocol.explain(link_of(said), point))
        if (step.name == symbol) return step.value;
    FAIL("no intermediate " << symbol);
    return 0;
}

}  // namespace

TEST_CASE("distances, losses and arms say the same link", "[conversions]") {
    const Said distance{{"distance_km", 150}, {"attenuation_db_per_km", 0.16}};
    check_same(distance, {{"loss_db", 24}});
    check_same(distance, {{"loss_a_db", 12}, {"loss_b_db", 12}});
    check_same(distance, {{"distance_a_km", 75}, {"distance_b_km", 75}, {"attenuation_db_per_km", 0.16}});
}

TEST_CASE("the detection efficiency may be told apart from the arm's loss or be part of it",
          "[conversions]") {
    const double with_detector = 17, efficiency = 0.3;
    const double loss = loss_without_detector_db(with_detector, efficiency);
    CHECK(loss == Approx(11.7712125472));
    check_same({{"loss_a_db", loss}, {"loss_b_db", loss}, {"detector_efficiency", efficiency}},
               {{"loss_a_db", with_detector}, {"loss_b_db", with_detector}, {"detector_efficiency", 1}},
               false);
    const auto plob = make_protocol("plob:detector=with");
    CHECK(rate_of(*plob, {{"loss_db", 20}, {"detector_efficiency", 0.1}}) ==
          Approx(rate_of(*plob, {{"loss_db", 30}, {"detector_efficiency", 1}})));
}

TEST_CASE("dark counts per second and per window", "[conversions]") {
    CHECK(dark_counts_per_window(4, 1e-9) == Approx(4e-9).epsilon(1e-8));
    check_same({{"distance_km", 100}, {"dark_count_probability", dark_counts_per_window(20, 1e-9)}},
               {{"distance_km", 100}, {"dark_count_probability", 2e-8}});
}

TEST_CASE("misalignment and phase mismatch join to one error", "[conversions]") {
    CHECK(misalignment_of_angle(2 * std::asin(std::sqrt(0.02))) == Approx(0.02));
    CHECK(error_of_phase_mismatch(0.02) == Approx(0.000987).epsilon(1e-3));
    CHECK(error_of_phase_mismatch(0.091) == Approx(0.0203).epsilon(1e-2));
    // The bit error of CAL's key rounds is the same, whichever of the two it comes from.
    const auto cal = make_protocol("cal-asymptotic");
    const double apart =
        noted(*cal, {{"distance_km", 100}, {"misalignment", 0.02}, {"phase_mismatch", 0.1}}, {0.02}, "e_x");
    const double joined = joined_errors(0.02, error_of_phase_mismatch(0.1));
    CHECK(noted(*cal, {{"distance_km", 100}, {"misalignment", joined}}, {0.02}, "e_x") == Approx(apart));
}

TEST_CASE("PM counts both users' photons, CAL one user's", "[conversions]") {
    // With thin phase slices PM's signals are CAL's: the same clicks of both outcomes together.
    const Said link{{"distance_km", 100}, {"misalignment", 0}};
    const double one_user = 0.02;
    const double both_outcomes = 2 * noted(*make_protocol("cal-asymptotic"), link, {one_user}, "p_xx");
    const double gain = noted(*make_protocol("pm-asymptotic:model=exact"), link,
                              {summed_intensity(one_user), 0.5, 1000}, "Q");
    CHECK(gain == Approx(both_outcomes).epsilon(1e-4));
}

TEST_CASE("the table of conversions names link quantities", "[conversions]") {
    for (const Conversion& one : conversions()) {
        INFO(one.quantity);
        const std::string first = one.quantity.substr(0, one.quantity.find(','));
        CHECK((is_link_input(first) || first == "intensities"));
        CHECK_FALSE(one.stated_as.empty());
        CHECK_FALSE(one.conversion.empty());
    }
}
