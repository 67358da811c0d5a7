#include "tfqkd/optimize/distance.hpp"

#include <cmath>
#include <sstream>

#include "catch.hpp"
#include "cli/run.hpp"
#include "optimize/root_bracket.hpp"
#include "reference.hpp"

using namespace tfqkd;

namespace {

constexpr double resolution = 0.01;

Columns one_link(const reference::Named& named) {
    const std::vector<double> link = reference::row(link_quantities(), named);
    return Eigen::Map<const Eigen::RowVectorXd>(link.data(), static_cast<Eigen::Index>(link.size()));
}

FibreLinks fibres(const Protocol& protocol, const Columns& links, double difference_km = 0) {
    return {protocol, links, Eigen::ArrayXd::Constant(links.rows(), 0.2), difference_km, {}, 1};
}

std::unique_ptr<Search> careful_search() {
    SearchOptions options;
    options.restarts = 8;
    return make_search("auto", options);
}

// Optimised signed rates of the first row at distances, each from the protocol's start.
Eigen::ArrayXd rates_at(const FibreLinks& one, const std::vector<double>& distances) {
    const std::vector<Eigen::Index> rows(distances.size(), 0);
    return careful_search()->maximize(make_objective(one.protocol, one.at(rows, distances), {}, 1)).rate;
}

std::vector<double> scale(double first, double last, double step) {
    std::vector<double> distances;
    for (double d = first; d <= last + 1e-9; d += step) distances.push_back(d);
    return distances;
}

// The last of the distances with a rate above 0.
double last_key(const FibreLinks& one, const std::vector<double>& distances) {
    const Eigen::ArrayXd rate = rates_at(one, distances);
    double last = -1;
    for (std::size_t k = 0; k < distances.size(); ++k)
        if (rate[static_cast<Eigen::Index>(k)] > 0) last = distances[k];
    return last;
}

std::string output_of(const std::vector<const char*>& words, int expected = 0, const char* input = "") {
    std::istringstream in(input);
    std::ostringstream out, err;
    CHECK(cli::run(static_cast<int>(words.size()), words.data(), in, out, err) == expected);
    return expected == 0 ? out.str() : err.str();
}

}  // namespace

TEST_CASE("A bracket closes on a root, whatever the function", "[distance]") {
    const auto steps = [](double root, auto f) {
        RootBracket bracket(0, f(0.0), 100, f(100.0), resolution);
        int count = 0;
        for (; !bracket.closed(); ++count) bracket.take(bracket.trial(), f(bracket.trial()));
        CHECK(bracket.above() <= root);
        CHECK(bracket.below() >= root);
        return count;
    };
    const int bisection = static_cast<int>(std::ceil(std::log2(100 / resolution)));
    CHECK(steps(33.3, [](double x) { return 33.3 - x; }) <= 6);
    CHECK(steps(33.3, [](double x) { return std::exp(3.33) - std::exp(x / 10); }) <= bisection + 1);
    CHECK(steps(70.7, [](double x) { return x < 70.7 ? 1.0 : -1.0; }) <= bisection + 1);
    CHECK(steps(12.3, [](double x) { return x < 12.3 ? 1.0 : -INFINITY; }) <= bisection + 1);
    CHECK(steps(99.99, [](double x) { return x < 99.99 ? 1e-9 : -1e9; }) <= bisection + 1);
}

TEST_CASE("The last distance with a key is that of a scan", "[distance]") {
    for (const char* spec : {"sns-finite", "pm-asymptotic", "cal-asymptotic"}) {
        INFO(spec);
        const auto protocol = make_protocol(spec);
        const FibreLinks one = fibres(*protocol, one_link({{"pulses", 3e12}}));
        const MaxDistances found = find_max_distance(*make_search("auto", {}), one, {});
        REQUIRE(found.status[0] == DistanceStatus::ok);
        const double end = found.distance_km[0];
        CHECK(found.rate[0] > 0);
        CHECK(last_key(one, scale(end - 0.05, end + 0.05, 0.01)) == Approx(end).margin(1.01 * resolution));
        CHECK(last_key(one, scale(end + 1, end + 100, 3)) == -1);
    }
}

TEST_CASE("Unequal arms keep their difference", "[distance]") {
    const auto protocol = make_protocol("sns-asymptotic:sources=asymmetric");
    const FibreLinks one = fibres(*protocol, one_link({}), 60);
    const Columns links = one.at({0}, {100});
    CHECK(links(0, 0) == Approx(16));
    CHECK(links(0, 1) == Approx(4));
    const MaxDistances found = find_max_distance(*make_search("auto", {}), one, {});
    const double end = found.distance_km[0];
    CHECK(last_key(one, scale(end - 0.05, end + 0.05, 0.01)) == Approx(end).margin(1.01 * resolution));
}

TEST_CASE("Links without an end say so", "[distance]") {
    const auto finite = make_protocol("sns-finite"), infinite = make_protocol("sns-asymptotic");
    const auto search = make_search("auto", {});
    const MaxDistances none = find_max_distance(*search, fibres(*finite, one_link({{"pulses", 1e6}})), {});
    CHECK(none.status[0] == DistanceStatus::no_key);
    CHECK(std::isnan(none.distance_km[0]));
    const MaxDistances endless =
        find_max_distance(*search, fibres(*infinite, one_link({{"dark_count_probability", 0}})), {});
    CHECK(endless.status[0] == DistanceStatus::beyond);
    CHECK(std::isnan(endless.distance_km[0]));
}

TEST_CASE("The optimised rate exceeds the bound between the crossings and not outside", "[distance]") {
    const auto protocol = make_protocol("sns-finite"), bound = make_protocol("plob");
    const FibreLinks one = fibres(*protocol, one_link({{"pulses", 1e13}}));
    const auto excess = [&](const std::vector<double>& distances) {
        const std::vector<Eigen::Index> rows(distances.size(), 0);
        Eigen::ArrayXd most(static_cast<Eigen::Index>(distances.size()));
        bound->rates(one.at(rows, distances), Columns(most.size(), 0), Measure::rate, most);
        return Eigen::ArrayXd(rates_at(one, distances) - most);
    };
    // A step of 200 km passes over the whole stretch, which is then found below the best ratio.
    for (const double step : {25.0, 200.0}) {
        DistanceOptions options;
        options.step_km = step;
        const Crossings found = find_crossings(*make_search("auto", {}), one, *bound, options);
        REQUIRE(found.status[0] == DistanceStatus::ok);
        const double first = found.first_km[0], last = found.last_km[0];
        CHECK((excess({first, last}) > 0).all());
        CHECK((excess({first - resolution, last + resolution}) <= 0).all());
        CHECK((excess(scale(10, first - 1, 20)) <= 0).all());
        CHECK((excess(scale(first + 1, last - 1, 10)) > 0).all());
        CHECK((excess(scale(last + 1, last + 60, 5)) <= 0).all());
    }
}

TEST_CASE("A rate that stays below the bound has no crossing", "[distance]") {
    const auto protocol = make_protocol("sns-finite"), bound = make_protocol("plob");
    const Crossings found =
        find_crossings(*make_search("auto", {}), fibres(*protocol, one_link({{"pulses", 1e10}})), *bound, {});
    CHECK(found.status[0] == DistanceStatus::no_crossing);
    CHECK(std::isnan(found.first_km[0]));
}

TEST_CASE("A distance does not depend on the other rows", "[distance]") {
    const auto protocol = make_protocol("aopp-finite");
    const auto search = make_search("gradient", {});
    Columns links(3, one_link({}).cols());
    links << one_link({{"pulses", 1e11}}), one_link({{"pulses", 1e6}}), one_link({{"pulses", 1e14}});
    const MaxDistances all = find_max_distance(*search, fibres(*protocol, links), {});
    for (Eigen::Index row : {0, 2}) {
        const MaxDistances alone = find_max_distance(*search, fibres(*protocol, links.row(row)), {});
        CHECK(alone.distance_km[0] == all.distance_km[row]);
        CHECK(alone.evaluations[0] == all.evaluations[static_cast<std::size_t>(row)]);
    }
}

TEST_CASE("The command line finds distances", "[distance]") {
    const std::string csv =
        output_of({"tfqkd", "optimize", "--protocol", "pm-asymptotic", "--find", "crossing", "--sweep",
                   "misalignment=0.01:0.02:0.01", "--format", "csv"});
    CHECK(csv.find("misalignment,first_crossing_km,last_crossing_km,evaluations,status") !=
          std::string::npos);
    CHECK(csv.find("# bound: plob\n") != std::string::npos);
    CHECK(output_of({"tfqkd", "optimize", "--find", "max-distance", "--distance-km", "3"}, 2)
              .find("--distance-km states the length") != std::string::npos);
    CHECK(output_of({"tfqkd", "optimize", "--find", "max-distance", "--sweep", "loss_db=1:2:1"}, 2)
              .find("leave it out") != std::string::npos);
    CHECK(output_of({"tfqkd", "optimize", "--find", "crosing"}, 2).find("did you mean 'crossing'") !=
          std::string::npos);
}

TEST_CASE("Distances are found for tables of links", "[distance]") {
    const std::vector<const char*> words{"tfqkd",    "optimize",     "--protocol",     "pm-asymptotic",
                                         "--find",   "max-distance", "--links",        "-",
                                         "--format", "csv",          "--misalignment", "0.02"};
    const std::string csv = output_of(words, 0, "name,attenuation_db_per_km\nold,0.2\nnew,0.16\n");
    CHECK(csv.find("\nname,attenuation_db_per_km,misalignment,max_distance_km,key_rate_bit_per_pulse,") !=
          std::string::npos);
    CHECK(csv.find("\nold,0.2,0.02,5") != std::string::npos);
    CHECK(output_of(words, 2, "distance_km\n100\n").find("distance_km states the length") !=
          std::string::npos);
    CHECK(output_of(words, 2, "# link.loss_db: 40\nname\nold\n").find("loss_db states the length") !=
          std::string::npos);
}
