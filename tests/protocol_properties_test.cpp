#include <bit>
#include <limits>
#include <numeric>

#include "model_checks.hpp"
#include "sizes.hpp"

using namespace tfqkd;
using checks::row_of;

// What must hold for every protocol of the registry, whatever its formulas: tried with each of its options on
// random links and points.
namespace {

constexpr Eigen::Index usual_rows = cases(10'000, 400);

bool has_option(const Protocol& protocol, std::string_view name) {
    const auto& options = protocol.info().options;
    return std::any_of(options.begin(), options.end(),
                       [&](const ProtocolOption& o) { return o.name == name; });
}

// Every protocol by itself and with each choice of each option.
std::vector<std::string> all_specs() {
    std::vector<std::string> specs;
    for (const std::string_view name : protocol_names()) {
        const auto protocol = make_protocol(name);
        specs.emplace_back(name);
        for (const ProtocolOption& option : protocol->info().options)
            for (std::size_t k = 1; k < option.choices.size(); ++k)
                specs.push_back(std::string(name) + ":" + option.name + "=" + option.choices[k]);
    }
    return specs;
}

bool is_bound(const Protocol& protocol) { return protocol.info().security.starts_with("an upper bound"); }

int link_column(std::string_view name) {
    const auto& quantities = link_quantities();
    const auto found =
        std::find_if(quantities.begin(), quantities.end(), [&](const Quantity& q) { return q.name == name; });
    return static_cast<int>(found - quantities.begin());
}

bool uses(const Protocol& protocol, std::string_view name) {
    return protocol.info().uses[static_cast<std::size_t>(link_column(name))];
}

// Random links, every other one with equal arms, and random points: a half anywhere in the box, a half near
// the start.
struct Sample {
    Sample(const Protocol& protocol, Eigen::Index rows, unsigned seed)
        : links(checks::random_rows(link_quantities(), rows, seed)),
          points(checks::random_rows(protocol.info().parameters, rows, seed + 1)) {
        const auto& parameters = protocol.info().parameters;
        std::vector<double> start(parameters.size());
        for (Eigen::Index row = 0; row < rows; ++row) {
            if (row % 2 == 0) links(row, 1) = links(row, 0);
            if (row % 4 > 1) continue;
            protocol.start(row_of(links, row), start);
            for (std::size_t k = 0; k < parameters.size(); ++k) {
                const Quantity& q = parameters[k];
                double& x = points(row, static_cast<Eigen::Index>(k));
                const double near = 0.85 * to_scale(q.scale, start[k]) + 0.15 * to_scale(q.scale, x);
                x = std::clamp(from_scale(q.scale, near), q.search.lower, q.search.upper);
                if (!q.optimised) x = start[k];
            }
        }
    }

    Columns links, points;
};

Eigen::ArrayXd rates(const Protocol& protocol, const Columns& links, const Columns& points,
                     Measure measure = Measure::rate) {
    Eigen::ArrayXd values(links.rows());
    protocol.rates(links, points, measure, values);
    return values;
}

// The rate of sifted bits, by whichever name a model notes it; 0 where there is none.
double sifted(const Protocol& protocol, const std::vector<double>& link, const std::vector<double>& point) {
    double found = 0;
    for (const Intermediate& note : protocol.explain(link, point)) {
        if (note.name == "n_t_aopp") return note.value;
        if (note.name == "sifted" || note.name == "n_t" || note.name == "Q") found = note.value;
    }
    return found;
}

// What rounding errors of a rate are relative to: the rate, or the sifted rate where nearly nothing is left
// of it.
Eigen::ArrayXd sizes(const Protocol& protocol, const Columns& links, const Columns& points) {
    Eigen::ArrayXd size = rates(protocol, links, points).abs();
    for (Eigen::Index row = 0; row < size.size(); ++row)
        size[row] = std::max(size[row], sifted(protocol, row_of(links, row), row_of(points, row)));
    return size;
}

bool same_bits(double x, double y) {
    return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
}

// How many numbers differ in any bit.
Eigen::Index differing(const Columns& a, const Columns& b) {
    REQUIRE(a.rows() == b.rows());
    Eigen::Index count = 0;
    for (Eigen::Index k = 0; k < a.cols(); ++k)
        for (Eigen::Index row = 0; row < a.rows(); ++row) count += !same_bits(a(row, k), b(row, k));
    return count;
}

// Everything a batch gives: rate, score, then value and slopes of each.
Columns batch(const Protocol& protocol, const Columns& links, const Columns& points) {
    Columns all(links.rows(), 4 + 2 * points.cols());
    Eigen::Index column = 0;
    for (const Measure measure : {Measure::rate, Measure::score}) {
        Eigen::ArrayXd values(links.rows());
        Columns slopes(links.rows(), points.cols());
        protocol.rates(links, points, measure, values);
        all.col(column++) = values;
        protocol.slopes(links, points, measure, values, slopes);
        all.col(column++) = values;
        all.middleCols(column, slopes.cols()) = slopes;
        column += slopes.cols();
    }
    return all;
}

// The rows with a key, at which a rate can be seen to rise or fall.
std::vector<Eigen::Index> rows_with_key(const Protocol& protocol, const Sample& sample) {
    const Eigen::ArrayXd rate = rates(protocol, sample.links, sample.points);
    std::vector<Eigen::Index> rows;
    for (Eigen::Index row = 0; row < rate.size(); ++row)
        if (rate[row] > 0) rows.push_back(row);
    return rows;
}

std::vector<double> start_of(const Protocol& protocol, const std::vector<double>& link) {
    std::vector<double> point(protocol.info().parameters.size());
    protocol.start(link, point);
    return point;
}

std::vector<double> usual_link(double loss_db) {
    std::vector<double> link;
    for (const Quantity& q : link_quantities()) link.push_back(q.start);
    link[0] = link[1] = loss_db;
    return link;
}

// The point of one protocol that has another's values where the names agree.
Columns renamed(const Protocol& from, const Columns& points, const Protocol& to) {
    Columns result(points.rows(), static_cast<Eigen::Index>(to.info().parameters.size()));
    for (std::size_t k = 0; k < to.info().parameters.size(); ++k)
        result.col(static_cast<Eigen::Index>(k)) =
            points.col(from.info().parameter(to.info().parameters[k].name));
    return result;
}

// The parameters with Alice and Bob in each other's place. Alice's weak decoy intensity is not one of them:
// it follows from Bob's (S50).
std::vector<double> exchanged(const Protocol& protocol, const std::vector<double>& point) {
    const auto& parameters = protocol.info().parameters;
    const auto at = [&](const std::string& name) {
        return point[static_cast<std::size_t>(protocol.info().parameter(name))];
    };
    const auto odds = [&](const std::string& user) {
        const double epsilon = at("sending_probability_" + user), mu = at("signal_intensity_" + user);
        return epsilon / (1 - epsilon) * mu * std::exp(-mu);
    };
    std::vector<double> other = point;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const std::string name(parameters[k].name), stem = name.substr(0, name.size() - 2);
        if (name == "weak_decoy_intensity_b")
            other[k] = point[k] * odds("a") / odds("b");
        else if (name.ends_with("_a"))
            other[k] = at(stem + "_b");
        else if (name.ends_with("_b"))
            other[k] = at(stem + "_a");
        else if (name == "photon_share")
            other[k] = 1 - point[k];
        else if (name == "signal_ratio")
            other[k] = 1 / point[k];
    }
    return other;
}

}  // namespace

TEST_CASE("Rates, scores and slopes of every protocol are numbers, and no key never scores above 0") {
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        const Sample sample(*protocol, usual_rows, 1);
        INFO(spec);
        CHECK(batch(*protocol, sample.links, sample.points).isFinite().all());
        const Eigen::ArrayXd rate = rates(*protocol, sample.links, sample.points),
                             score = rates(*protocol, sample.links, sample.points, Measure::score);
        CHECK((rate > 0 || score <= 0).all());
        CHECK((rate <= 0 || score == rate).all());
        CHECK((rate > 0).count() > usual_rows / 100);
    }
}

TEST_CASE("At the ends of all ranges rates and slopes are numbers still") {
    std::mt19937_64 engine(7);
    const auto corner = [&](const Interval& range) {
        const double inside = 1e-9 * std::min(1.0, range.upper - range.lower);
        return engine() % 2 ? range.upper - (range.upper_open ? inside : 0)
                            : range.lower + (range.lower_open ? inside : 0);
    };
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        Sample sample(*protocol, cases(3000, 300), 3);
        const auto &quantities = link_quantities(), &parameters = protocol->info().parameters;
        for (Eigen::Index row = 0; row < sample.links.rows(); ++row) {
            for (std::size_t k = 0; k < quantities.size(); ++k)
                if (engine() % 2)
                    sample.links(row, static_cast<Eigen::Index>(k)) = corner(quantities[k].valid);
            for (std::size_t k = 0; k < parameters.size(); ++k)
                if (engine() % 2)
                    sample.points(row, static_cast<Eigen::Index>(k)) = corner(parameters[k].search);
        }
        const Columns all = batch(*protocol, sample.links, sample.points);
        Eigen::Index bad = -1, count = 0;
        for (Eigen::Index row = 0; row < all.rows(); ++row)
            if (!all.row(row).isFinite().all()) bad = row, ++count;
        INFO(spec << ", rows: " << count);
        if (bad >= 0) {
            INFO(sample.links.row(bad) << "\n" << sample.points.row(bad) << "\n" << all.row(bad));
            CHECK(bad < 0);
        } else
            CHECK(bad < 0);
    }
}

TEST_CASE("A batch gives what single rows give, to 1e-12", "[scalars]") {
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        const Sample sample(*protocol, usual_rows, 11);
        const Eigen::ArrayXd packed = rates(*protocol, sample.links, sample.points),
                             score = rates(*protocol, sample.links, sample.points, Measure::score),
                             size = sizes(*protocol, sample.links, sample.points);
        double worst = 0, worst_score = 0;
        for (Eigen::Index row = 0; row < packed.size(); ++row) {
            const auto link = row_of(sample.links, row), point = row_of(sample.points, row);
            const double plain = protocol->rate(link, point, Measure::rate);
            worst = std::max(worst, std::abs(packed[row] - plain) / std::max(size[row], 1e-300));
            const double plain_score = protocol->rate(link, point, Measure::score);
            if (packed[row] <= 0 && plain <= 0)
                worst_score =
                    std::max(worst_score, std::abs(score[row] - plain_score) / (1 + std::abs(plain_score)));
        }
        INFO(spec);
        CHECK(worst < 1e-12);
        CHECK(worst_score < 1e-9);
    }
}

TEST_CASE("A row's result does not depend on the other rows, their number or their order", "[scalars]") {
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        const Eigen::Index rows = cases(1000, 100);
        const Sample sample(*protocol, rows, 21);
        const Columns whole = batch(*protocol, sample.links, sample.points);
        INFO(spec);
        for (const Eigen::Index count : {1, 7, 8, 9, 17})
            for (const Eigen::Index first : {Eigen::Index{0}, Eigen::Index{3}, rows - count}) {
                const Columns part = batch(*protocol, sample.links.middleRows(first, count),
                                           sample.points.middleRows(first, count));
                INFO(count << " rows from " << first);
                CHECK(differing(part, whole.middleRows(first, count)) == 0);
            }
        std::vector<Eigen::Index> order(static_cast<std::size_t>(rows));
        std::iota(order.begin(), order.end(), 0);
        std::shuffle(order.begin(), order.end(), std::mt19937_64(5));
        const Columns shuffled =
            batch(*protocol, sample.links(order, Eigen::all), sample.points(order, Eigen::all));
        CHECK(differing(shuffled, whole(order, Eigen::all)) == 0);
    }
}

TEST_CASE("Slopes by parameters and by link quantities agree with differences") {
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        const Eigen::Index rows = cases(150, 20);
        const Sample sample(*protocol, rows, 31);
        const Eigen::ArrayXd size = sizes(*protocol, sample.links, sample.points);
        const std::size_t quantities = link_quantities().size(),
                          parameters = protocol->info().parameters.size();
        Columns slopes(rows, sample.points.cols());
        Eigen::ArrayXd values(rows);
        protocol->slopes(sample.links, sample.points, Measure::rate, values, slopes);
        double worst = 0, apart = 0;
        std::size_t smooth = 0;
        std::string where;
        for (Eigen::Index row = 0; row < rows; ++row) {
            const auto link = row_of(sample.links, row), point = row_of(sample.points, row);
            const std::vector<double> exact = protocol->sensitivity(link, point);
            REQUIRE(exact.size() == quantities + parameters);
            const double here = protocol->rate(link, point, Measure::rate);
            for (std::size_t k = 0; k < exact.size(); ++k) {
                const bool of_link = k < quantities;
                const double x = of_link ? link[k] : point[k - quantities];
                if (!of_link) {
                    const double packed = slopes(row, static_cast<Eigen::Index>(k - quantities));
                    apart = std::max(apart,
                                     std::abs(packed - exact[k]) * x / (size[row] + std::abs(exact[k] * x)));
                }
                const auto at = [&](double moved) {
                    auto l = link, p = point;
                    (of_link ? l[k] : p[k - quantities]) = moved;
                    return protocol->rate(l, p, Measure::rate);
                };
                const double step = 3e-6 * x;
                if (x == 0 || (of_link && x + step > link_quantities()[k].valid.upper)) continue;
                const double right = (at(x + step) - here) / step, left = (here - at(x - step)) / step;
                const double scale = size[row] / x + std::abs(exact[k]);
                if (std::abs(right - left) > 1e-4 * scale) continue;  // a kink, or very curved
                ++smooth;
                // Where equal branches meet, as at equal arms, the slope is that of one of them.
                const double error =
                    (std::abs((right + left) / 2 - exact[k]) - std::abs(right - left)) / scale;
                if (error > worst) {
                    worst = error;
                    where = std::string(of_link ? link_quantities()[k].name
                                                : protocol->info().parameters[k - quantities].name);
                }
            }
        }
        INFO(spec << ", worst by " << where);
        CHECK(worst < 1e-6);
        CHECK(apart < 1e-9);
        CHECK(smooth > 9 * static_cast<std::size_t>(rows) * (quantities + parameters) / 10);
    }
}

TEST_CASE("Rates fall with loss, dark counts, misalignment and inefficiency, and grow with pulses") {
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        const Sample sample(*protocol, usual_rows, 41);
        const std::vector<Eigen::Index> rows = rows_with_key(*protocol, sample);
        const Columns links = sample.links(rows, Eigen::all), points = sample.points(rows, Eigen::all);
        const Eigen::ArrayXd here = rates(*protocol, links, points), size = sizes(*protocol, links, points);
        const auto worst_rise = [&](auto change) {
            Columns worse = links;
            change(worse);
            return ((rates(*protocol, worse, points) - here) / size).maxCoeff();
        };
        // The zigzag proof is not monotone: pairs lost to dark counts leave more bits to estimate errors
        // with.
        const double room = spec.starts_with("aopp-finite") ? 1e-3 : 1e-12;
        INFO(spec);
        CHECK(worst_rise([](Columns& l) { l.leftCols(2) += 0.3; }) < 1e-12);
        CHECK(worst_rise([](Columns& l) { l.col(link_column("detector_efficiency")) *= 0.97; }) < 1e-12);
        CHECK(worst_rise([](Columns& l) { l.col(link_column("dark_count_probability")) *= 1.1; }) < room);
        CHECK(worst_rise([](Columns& l) { l.col(link_column("misalignment")) += 0.002; }) < 1e-12);
        CHECK(worst_rise([](Columns& l) { l.col(link_column("error_correction_inefficiency")) += 0.01; }) <
              1e-12);
        CHECK(worst_rise([](Columns& l) { l.col(link_column("pulses")) *= 0.9; }) < 1e-12);
        CHECK(worst_rise([](Columns& l) { l.rightCols(4) *= 0.5; }) < 1e-12);
        // ... and they do depend on what they are said to depend on, on nothing else.
        for (std::size_t k = 0; k < link_quantities().size(); ++k) {
            Columns other = links;
            other.col(static_cast<Eigen::Index>(k)) *= 0.9;
            INFO(link_quantities()[k].name);
            CHECK((rates(*protocol, other, points) != here).any() == protocol->info().uses[k]);
        }
    }
}

TEST_CASE("At the same parameters finite data give less than infinite, decoys less than exact yields") {
    for (const std::string family : {"sns", "aopp"})
        for (const std::string option : {"", ":sources=asymmetric"}) {
            const auto exact = make_protocol(family + "-asymptotic" + option),
                       decoys = make_protocol(family + "-decoy" + option),
                       finite = make_protocol(family + "-finite" + option);
            const Sample sample(*finite, usual_rows, 51);
            const Eigen::ArrayXd few = rates(*finite, sample.links, sample.points),
                                 many =
                                     rates(*decoys, sample.links, renamed(*finite, sample.points, *decoys)),
                                 all = rates(*exact, sample.links, renamed(*finite, sample.points, *exact));
            const Eigen::ArrayXd room =
                1e-12 * sizes(*decoys, sample.links, renamed(*finite, sample.points, *decoys));
            INFO(finite->info().spec());
            CHECK((few <= many + room).all());
            CHECK((many <= all + room).all());
            CHECK((few > 0).count() > usual_rows / 100);
        }
}

TEST_CASE("Correcting errors by Bob's bit value never costs more than correcting them together") {
    for (const std::string name : {"sns-asymptotic", "sns-decoy", "sns-finite"}) {
        const auto plain = make_protocol(name), refined = make_protocol(name + ":error_correction=refined");
        const Sample sample(*plain, usual_rows, 61);
        const Eigen::ArrayXd together = rates(*plain, sample.links, sample.points),
                             apart = rates(*refined, sample.links, sample.points);
        CHECK((apart >= together - 1e-12 * sizes(*plain, sample.links, sample.points)).all());
        CHECK((apart > together).any());
    }
}

TEST_CASE("No protocol exceeds the bound with one repeater, detectors not counted") {
    const auto bound = make_protocol("repeater");
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        if (is_bound(*protocol)) continue;
        const Sample sample(*protocol, usual_rows, 71);
        const Eigen::ArrayXd rate = rates(*protocol, sample.links, sample.points),
                             most = rates(*bound, sample.links, Columns(usual_rows, 0));
        INFO(spec << ", at most " << (rate / most).maxCoeff() << " of it");
        CHECK((rate < most).all());
        CHECK(most[0] == Approx(-std::log2(1 - std::pow(10, -sample.links(0, 0) / 10))).epsilon(1e-12));
    }
}

TEST_CASE("Alice and Bob in each other's place get the same rate") {
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        // Bob pairs his bits, errors are corrected by his bits, or Eve's knowledge is that of Alice's bits:
        // there the users differ.
        if (spec.starts_with("aopp") || spec.starts_with("npp") || spec.find("refined") != std::string::npos)
            continue;
        Sample sample(*protocol, usual_rows, 81);
        sample.links.col(1) = sample.links.col(0).array() + (sample.links.col(1) - sample.links.col(0)) * 0.3;
        const Eigen::ArrayXd here = rates(*protocol, sample.links, sample.points),
                             size = sizes(*protocol, sample.links, sample.points);
        Columns links = sample.links, points = sample.points;
        links.col(0).swap(links.col(1));
        for (Eigen::Index row = 0; row < usual_rows; ++row) {
            const std::vector<double> other = exchanged(*protocol, row_of(sample.points, row));
            std::copy(other.begin(), other.end(), points.row(row).begin());
        }
        INFO(spec);
        CHECK(((rates(*protocol, links, points) - here).abs() <= 1e-10 * size).all());
        CHECK((here > 0).count() > usual_rows / 100);
    }
}

TEST_CASE("The same source at both users is the same with either option, on arms of any loss") {
    for (const std::string_view name : protocol_names()) {
        const auto one = make_protocol(name);
        if (!has_option(*one, "sources")) continue;
        const auto two = make_protocol(std::string(name) + ":sources=asymmetric");
        const Sample sample(*one, usual_rows, 91);
        Columns points(usual_rows, static_cast<Eigen::Index>(two->info().parameters.size()));
        for (std::size_t k = 0; k < two->info().parameters.size(); ++k) {
            std::string parameter(two->info().parameters[k].name);
            if (parameter == "signal_ratio" || parameter == "photon_share") {
                points.col(static_cast<Eigen::Index>(k)) = two->info().parameters[k].start;
                continue;
            }
            if (parameter.ends_with("_a") || parameter.ends_with("_b"))
                parameter.resize(parameter.size() - 2);
            points.col(static_cast<Eigen::Index>(k)) = sample.points.col(one->info().parameter(parameter));
        }
        const Eigen::ArrayXd symmetric = rates(*one, sample.links, sample.points);
        INFO(name);
        CHECK(((rates(*two, sample.links, points) - symmetric).abs() <=
               1e-12 * sizes(*one, sample.links, sample.points))
                  .all());
    }
}

TEST_CASE("Finite data tend to infinite data, as one over the root of their number") {
    for (const std::string family : {"sns", "aopp"}) {
        const auto decoys = make_protocol(family + "-decoy");
        for (const std::string& name : {family + "-finite", family + "-finite-simple"}) {
            if (name == "sns-finite-simple") continue;
            const auto finite = make_protocol(name);
            for (const double loss_db : {5.0, 20.0, 30.0}) {
                std::vector<double> link = usual_link(loss_db);
                const std::vector<double> point = start_of(*finite, link);
                const Columns row =
                    Eigen::Map<const Eigen::RowVectorXd>(point.data(), finite->info().parameters.size());
                const double limit =
                    decoys->rate(link, row_of(renamed(*finite, row, *decoys), 0), Measure::rate);
                const auto missing = [&](double pulses) {
                    link[static_cast<std::size_t>(link_column("pulses"))] = pulses;
                    return 1 - finite->rate(link, point, Measure::rate) / limit;
                };
                INFO(name << " at " << loss_db << " dB an arm");
                CHECK(limit > 0);
                CHECK(missing(1e18) > 0);
                CHECK(missing(1e18) < 5e-3);
                CHECK(missing(1e20) == Approx(missing(1e18) / 10).epsilon(0.05));
                CHECK(missing(1e24) == Approx(missing(1e20) / 100).epsilon(0.05));
            }
        }
    }
}

TEST_CASE("There is no key where half of the clicks go to the wrong detector") {
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        if (is_bound(*protocol) || !uses(*protocol, "misalignment")) continue;
        Sample sample(*protocol, usual_rows, 101);
        sample.links.col(link_column("misalignment")) = 0.5;
        INFO(spec);
        CHECK((rates(*protocol, sample.links, sample.points) <= 0).all());
        // It goes on to there without a step: most of the way there is no key left.
        sample.links.col(link_column("misalignment")) = 0.4999;
        CHECK((rates(*protocol, sample.links, sample.points) <= 1e-6).all());
    }
}

// Bounds of amplitudes go as the fourth root of few counts, so "few" is very few.
TEST_CASE("Rates go on to those without dark counts") {
    for (const std::string& spec : all_specs()) {
        const auto protocol = make_protocol(spec);
        Sample sample(*protocol, cases(2000, 200), 111);
        const auto at = [&](double dark_counts) {
            sample.links.col(link_column("dark_count_probability")) = dark_counts;
            return rates(*protocol, sample.links, sample.points);
        };
        const Eigen::ArrayXd size = sizes(*protocol, sample.links, sample.points), few = at(1e-60),
                             none = at(0);
        INFO(spec);
        CHECK(batch(*protocol, sample.links, sample.points).isFinite().all());
        CHECK(((none - few).abs() <= 1e-9 * size).all());
        CHECK((none >= few - 1e-12 * size).all());
        CHECK((none > 0).any());
    }
}
