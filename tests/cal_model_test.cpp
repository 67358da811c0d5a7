#include <random>

#include "catch.hpp"
#include "protocol/cal_asymptotic.hpp"
#include "protocol/cal_decoy.hpp"
#include "protocol/cal_finite.hpp"
#include "protocol/cal_gaussian.hpp"
#include "protocol/npp_asymptotic.hpp"
#include "reference.hpp"
#include "tfqkd/protocol/adapter.hpp"

// Scalars against one another, slopes against differences, and what physics demands of the Curty-Azuma-Lo
// family.
namespace {

using namespace tfqkd;
using namespace reference;

const char* const specs[] = {"cal-asymptotic",
                             "cal-asymptotic:set=all,sources=asymmetric",
                             "cal-decoy",
                             "cal-decoy:decoys=2,sources=asymmetric",
                             "cal-decoy:decoys=4,sources=asymmetric",
                             "cal-decoy:bound=pplus",
                             "cal-gaussian",
                             "cal-gaussian:bound=pplus",
                             "cal-finite",
                             "cal-finite:sources=asymmetric,tail=cs",
                             "cal-finite:decoys=2",
                             "npp-asymptotic:sources=asymmetric"};

double on_scale(Scale scale, double x) {
    return scale == Scale::log ? std::log(x) : scale == Scale::logit ? std::log(x / (1 - x)) : x;
}
double off_scale(Scale scale, double x) {
    return scale == Scale::log ? std::exp(x) : scale == Scale::logit ? 1 / (1 + std::exp(-x)) : x;
}

class Draw {
  public:
    explicit Draw(unsigned seed) : generator_(seed) {}
    double between(double lower, double upper) {
        return lower + (upper - lower) * static_cast<double>(generator_()) / 4294967296.0;
    }
    double anywhere(const Quantity& q) {
        return off_scale(q.scale,
                         between(on_scale(q.scale, q.search.lower), on_scale(q.scale, q.search.upper)));
    }
    std::vector<double> anywhere(const std::vector<Quantity>& quantities) {
        std::vector<double> values;
        for (const Quantity& q : quantities) values.push_back(anywhere(q));
        return values;
    }
    // Points where there is a key, as a rule.
    std::vector<double> good(const std::vector<Quantity>& parameters) {
        std::vector<double> values;
        for (const Quantity& q : parameters) {
            const bool fixed = q.name == "weakest_decoy_intensity" || q.scale == Scale::linear;
            const double away = fixed ? 0 : between(-0.15, 0.15);
            values.push_back(fixed ? q.start : off_scale(q.scale, on_scale(q.scale, q.start) + away));
        }
        return values;
    }

  private:
    std::mt19937 generator_;
};

// A link on which every protocol has a key.
Named good_link() {
    return {{"loss_a_db", 15},      {"loss_b_db", 14},        {"detector_efficiency", 0.8},
            {"misalignment", 0.02}, {"phase_mismatch", 0.03}, {"pulses", 1e14}};
}
std::vector<double> link_with(Named changes) {
    changes.merge(good_link());
    return row(link_quantities(), changes);
}

Columns columns(const std::vector<std::vector<double>>& rows) {
    Columns all(static_cast<Eigen::Index>(rows.size()), static_cast<Eigen::Index>(rows[0].size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t k = 0; k < rows[i].size(); ++k)
            all(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) = rows[i][k];
    return all;
}

double sifted(const Protocol& protocol, const std::vector<double>& link, const std::vector<double>& point) {
    return notes(protocol, link, point).at("sifted");
}

double start_rate(const std::string& spec, const Named& changes, const Named& parameters = {}) {
    const auto protocol = make_protocol(spec);
    return protocol->rate(link_with(changes), row(protocol->info().parameters, parameters), Measure::rate);
}

template <class Model>
void check_long_double(const std::string& spec, Model model) {
    const ProtocolInfo info = make_protocol(spec)->info();
    const Adapter<Model> adapter(info, model);
    Draw draw(3);
    for (int i = 0; i < 100; ++i) {
        const auto link = draw.anywhere(link_quantities());
        const auto point = draw.anywhere(info.parameters);
        const auto plain = adapter.template key_rate<double>(link, point);
        const auto exact = adapter.template key_rate<long double>(link, point);
        INFO(spec << " " << i);
        CHECK(std::abs(plain.rate - static_cast<double>(exact.rate)) <=
              1e-9 * (plain.sifted + std::abs(plain.rate)));
        CHECK(std::abs(plain.sifted / static_cast<double>(exact.sifted) - 1) < 1e-12);
        CHECK(plain.excess == Approx(static_cast<double>(exact.excess)).epsilon(1e-8).margin(1e-8));
    }
}

}  // namespace

TEST_CASE("the CAL family agrees in double and long double", "[scalars]") {
    check_long_double("cal-asymptotic:sources=asymmetric", CalAsymptotic<CalSet::gc9, true>{});
    check_long_double("cal-decoy:sources=asymmetric", CalDecoy<3, CalBound::kp5, true>{});
    check_long_double("cal-gaussian", CalGaussian<CalBound::kp5>{});
    check_long_double("cal-finite", CalFinite<3, false>{});
    check_long_double("npp-asymptotic:sources=asymmetric", Npp<true>{});
}

TEST_CASE("the CAL family is finite anywhere, and agrees in packs, slopes and single rows", "[scalars]") {
    for (const char* spec : specs) {
        const auto protocol = make_protocol(spec);
        Draw draw(7);
        std::vector<std::vector<double>> links, points;
        for (int i = 0; i < 203; ++i) {
            links.push_back(draw.anywhere(link_quantities()));
            points.push_back(draw.anywhere(protocol->info().parameters));
        }
        for (const Measure measure : {Measure::rate, Measure::score}) {
            Eigen::ArrayXd values(203), also(203);
            Columns slopes(203, static_cast<Eigen::Index>(points[0].size()));
            protocol->rates(columns(links), columns(points), measure, values);
            protocol->slopes(columns(links), columns(points), measure, also, slopes);
            CHECK(slopes.allFinite());
            for (std::size_t i = 0; i < 203; ++i) {
                INFO(spec << " " << i);
                const double one = protocol->rate(links[i], points[i], measure);
                const double scale =
                    std::abs(one) +
                    (measure == Measure::rate ? sifted(*protocol, links[i], points[i]) : 1e-300);
                REQUIRE(std::isfinite(one));
                CHECK(std::abs(values(static_cast<Eigen::Index>(i)) - one) <= 1e-8 * scale);
                CHECK(std::abs(also(static_cast<Eigen::Index>(i)) - one) <= 1e-8 * scale);
            }
        }
    }
}

TEST_CASE("the CAL family has the slopes of differences") {
    for (const char* spec : specs) {
        const auto protocol = make_protocol(spec);
        Draw draw(11);
        int kinks = 0, compared = 0;
        for (int i = 0; i < 10; ++i) {
            const auto link = link_with({});
            const auto point = draw.good(protocol->info().parameters);
            const auto slopes = protocol->sensitivity(link, point);
            Columns by_parameter(1, static_cast<Eigen::Index>(point.size()));
            Eigen::ArrayXd rate(1);
            protocol->slopes(columns({link}), columns({point}), Measure::rate, rate, by_parameter);
            const double size = sifted(*protocol, link, point);
            for (std::size_t k = 0; k < slopes.size(); ++k) {
                const bool of_link = k < link.size();
                const double x = of_link ? link[k] : point[k - link.size()];
                const auto moved = [&](double step) {
                    auto l = link, p = point;
                    (of_link ? l[k] : p[k - link.size()]) = x + step;
                    return protocol->rate(l, p, Measure::rate);
                };
                if (x == 0) continue;
                const double h = 1e-4 * x;
                const double coarse = (moved(2 * h) - moved(-2 * h)) / (4 * h),
                             fine = (moved(h) - moved(-h)) / (2 * h);
                const double difference = fine + (fine - coarse) / 3,
                             unit = (std::abs(slopes[k]) * x + size) / x;
                ++compared;
                if (std::abs(fine - coarse) > 1e-4 * unit) {
                    ++kinks;
                    continue;
                }
                INFO(spec << " " << k << ": " << slopes[k] << " for " << difference);
                CHECK(std::abs(slopes[k] - difference) < 2e-6 * unit);
                if (!of_link)
                    CHECK(std::abs(by_parameter(0, static_cast<Eigen::Index>(k - link.size())) - slopes[k]) <
                          1e-8 * unit);
            }
        }
        CHECK(kinks <= compared / 20);
    }
}

TEST_CASE("CAL key rates fall with every imperfection") {
    for (const char* spec : specs) {
        INFO(spec);
        const double best = start_rate(spec, {});
        CHECK(best > 0);
        CHECK(best < -std::log2(1 - 0.8 * std::pow(10, -1.4)));
        CHECK(start_rate(spec, {{"loss_a_db", 16}, {"loss_b_db", 15}}) < best);
        CHECK(start_rate(spec, {{"dark_count_probability", 1e-6}}) < best);
        CHECK(start_rate(spec, {{"misalignment", 0.03}}) < best);
        CHECK(start_rate(spec, {{"phase_mismatch", 0.1}}) < best);
        CHECK(start_rate(spec, {{"error_correction_inefficiency", 1.2}}) < best);
    }
}

TEST_CASE("CAL: less is known with fewer decoys and fewer pulses") {
    for (const double s : {0.01, 0.02, 0.04}) {
        const Named at{{"signal_intensity", s}, {"decoy_intensity", 0.4}, {"decoy_ratio", 0.3}};
        const double all = start_rate("cal-asymptotic:set=all", {}, at),
                     some = start_rate("cal-asymptotic", {}, at),
                     few = start_rate("cal-asymptotic:set=cal5", {}, at);
        CHECK(all > some);
        CHECK(some > few);
        const double four = start_rate("cal-decoy:decoys=4", {}, at), three = start_rate("cal-decoy", {}, at),
                     two = start_rate("cal-decoy:decoys=2", {}, at),
                     plus = start_rate("cal-decoy:bound=pplus", {}, at);
        CHECK(some > four);
        CHECK(four > three);
        CHECK(three > two);
        CHECK(three >= plus);
        CHECK(plus > start_rate("cal-finite", {{"pulses", 1e18}}, at));
        CHECK(three > start_rate("cal-gaussian", {{"pulses", 1e18}}, at));
        CHECK(start_rate("cal-finite", {}, at) > start_rate("cal-finite", {{"pulses", 1e11}}, at));
        CHECK(start_rate("cal-finite:tail=cs", {}, at) > start_rate("cal-finite", {}, at));
        CHECK(start_rate("cal-gaussian", {}, at) > start_rate("cal-gaussian", {{"pulses", 1e11}}, at));
        CHECK(start_rate("npp-asymptotic", {}, at) > all);
    }
}

TEST_CASE("CAL: the users are alike") {
    const Named there{{"loss_a_db", 20}, {"loss_b_db", 12}}, back{{"loss_a_db", 12}, {"loss_b_db", 20}};
    for (const char* spec : {"cal-asymptotic:sources=asymmetric", "cal-decoy:sources=asymmetric",
                             "cal-gaussian", "cal-finite:sources=asymmetric"}) {
        INFO(spec);
        const double one = start_rate(spec, there, {{"signal_ratio", 5}, {"decoy_intensity_a", 0.6}});
        const double other = start_rate(spec, back, {{"signal_ratio", 0.2}, {"decoy_intensity_b", 0.6}});
        CHECK(one == Approx(other).epsilon(1e-11));
        const std::string name = spec;
        if (name.find(':') == std::string::npos) continue;
        CHECK(start_rate(name, there) ==
              Approx(start_rate(name.substr(0, name.find(':')), there)).epsilon(1e-11));
    }
}

TEST_CASE("CAL: no key where an intensity is out of bounds, and a way back") {
    const auto finite = make_protocol("cal-finite");
    const auto at = [&](double s) {
        const auto point =
            row(finite->info().parameters, {{"signal_intensity", s}, {"decoy_intensity", 0.2}});
        return finite->rate(link_with({}), point, Measure::score);
    };
    CHECK(at(0.3) < at(0.25));
    CHECK(at(0.25) < 0);
    CHECK(start_rate("cal-asymptotic:sources=asymmetric", {},
                     {{"signal_intensity", 1}, {"signal_ratio", 100}}) < 0);
    CHECK(start_rate("cal-decoy", {}, {{"weakest_decoy_intensity", 0.1}, {"decoy_ratio", 0.1}}) < 0);
}
