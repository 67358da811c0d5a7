#include <bit>

#include "model_checks.hpp"
#include "optimize/bracket.hpp"
#include "sizes.hpp"
#include "sns_points.hpp"
#include "tfqkd/dataset/generate.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/math/random.hpp"
#include "tfqkd/optimize/search.hpp"

using namespace tfqkd;

namespace {

// Landscapes with a known optimum, of three parameters on three scales.
enum class Landscape { peak, ridge, kink, island, nowhere };

// Where the optimum is, as a share of each axis' range; the link's misalignment moves it.
template <class T>
std::array<T, 3> top(const Link<T>& link) {
    return {0.3 + link.misalignment, T(0.6), 0.7 - link.misalignment};
}

struct Toy {
    template <class T>
    struct Parameters {
        T length, power, share;
        template <class F>
        void each(F f) {
            f(length);
            f(power);
            f(share);
        }
    };
    static constexpr int parameter_count = 3;

    static std::vector<Quantity> quantities() {
        return {{"length", "", {0, 10}, {1, 9}, 2, Scale::linear, ""},
                {"power", "", {0, 1e6, true}, {1e-2, 1e2}, 0.1, Scale::log, ""},
                {"share", "", {0, 1, true, true}, {0.05, 0.95}, 0.2, Scale::logit, ""}};
    }

    Landscape landscape = Landscape::peak;

    template <class T, class Notes>
    KeyRate<T> key_rate(const Link<T>& link, const Parameters<T>& p, Notes&&) const {
        const std::array<T, 3> at = top(link);
        const double odds = std::log(19.0);  // of the ends of `share`
        const T u = (p.length - 1.0) / 8.0 - at[0];
        const T v = (log(p.power) / std::numbers::ln10 + 2.0) / 4.0 - at[1];
        const T w = (log(p.share / (1.0 - p.share)) + odds) / (2.0 * odds) - at[2];
        const T far = u * u + v * v + w * w;
        switch (landscape) {
            case Landscape::peak:
                return {0.01 * exp(-3.0 * far), T(1.0), T(0.0)};
            case Landscape::ridge:  // a hundred times as steep across as along
                return {0.01 * exp(-300.0 * (u - v) * (u - v) - 3.0 * far), T(1.0), T(0.0)};
            case Landscape::kink:
                return {0.01 * exp(-(max(u, -u) + 2.0 * max(v, -v) + max(w, -3.0 * w))), T(1.0), T(0.0)};
            case Landscape::island:  // flat without a key around it
                return {where_greater(far, T(0.09), T(-0.5), 0.01 * (1.0 - 10.0 * far)), T(1.0), T(0.0)};
            case Landscape::nowhere:
                return {T(-0.5), T(1.0), T(0.0)};
        }
        return {};
    }
};

Adapter<Toy> toy(Landscape landscape) {
    ProtocolInfo info;
    info.name = "toy";
    info.parameters = Toy::quantities();
    info.uses.assign(link_quantities().size(), true);
    return {std::move(info), Toy{landscape}};
}

Columns links_of_misalignments(std::initializer_list<double> misalignments) {
    Columns links =
        checks::random_rows(link_quantities(), static_cast<Eigen::Index>(misalignments.size()), 5);
    Eigen::Index row = 0;
    for (const double misalignment : misalignments) links(row++, 4) = misalignment;
    return links;
}

Optima search(const std::string& method, const Objective& objective, const SearchOptions& options = {}) {
    return make_search(method, options)->maximize(objective);
}

// Distance of a point from the known optimum, as a share of the ranges.
double distance(const Optima& optima, Eigen::Index row, const Columns& links) {
    Link<double> link{};
    link.misalignment = links(row, 4);
    const auto at = top(link);
    double largest = 0;
    for (std::size_t k = 0; k < 3; ++k) {
        const Quantity q = Toy::quantities()[k];
        const double low = to_scale(q.scale, q.search.lower), high = to_scale(q.scale, q.search.upper);
        const double x = to_scale(q.scale, optima.points(row, static_cast<Eigen::Index>(k)));
        largest = std::max(largest, std::abs((x - low) / (high - low) - at[k]));
    }
    return largest;
}

// Every method but those of NLopt.
std::vector<std::string> own_methods() {
    std::vector<std::string> methods = search_methods();
    std::erase_if(methods, [](const std::string& name) { return name.starts_with("nlopt:"); });
    return methods;
}

bool same_bits(const Eigen::ArrayXd& a, const Eigen::ArrayXd& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](double x, double y) {
               return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
           });
}

// Row `from` of one result against row `to` of another, bit for bit.
bool same_row(const Optima& one, Eigen::Index from, const Optima& other, Eigen::Index to) {
    const auto i = static_cast<std::size_t>(from), j = static_cast<std::size_t>(to);
    Eigen::ArrayXd a(one.points.cols() + 2), b(one.points.cols() + 2);
    a << one.points.row(from).transpose(), one.rate[from], one.projected_slope[from];
    b << other.points.row(to).transpose(), other.rate[to], other.projected_slope[to];
    return same_bits(a, b) && one.evaluations[i] == other.evaluations[j] && one.stop[i] == other.stop[j] &&
           one.status[i] == other.status[j];
}

void check_within_bounds(const Protocol& protocol, const Objective& objective, const Optima& optima) {
    const auto& parameters = protocol.info().parameters;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const auto column = static_cast<Eigen::Index>(k);
        if (objective.free[k]) {
            CHECK((optima.points.col(column) >= parameters[k].search.lower).all());
            CHECK((optima.points.col(column) <= parameters[k].search.upper).all());
        } else {
            CHECK((optima.points.col(column) == objective.starts.col(column)).all());
        }
    }
}

void check_not_below_start(const Protocol& protocol, const Objective& objective, const Optima& optima) {
    Eigen::ArrayXd start(objective.links.rows()), end(objective.links.rows());
    protocol.rates(objective.links, objective.starts, Measure::score, start);
    protocol.rates(objective.links, optima.points, Measure::score, end);
    for (Eigen::Index row = 0; row < start.size(); ++row) {
        INFO("row " << row);
        CHECK(end[row] >= start[row] - 1e-12 * std::abs(start[row]));
    }
}

// Links of the default domain, drawn as `generate` draws them.
Columns default_links(const std::string& spec, std::uint64_t rows, std::uint64_t seed) {
    const auto protocol = make_protocol(spec);
    const Domain domain = default_domain(*protocol);
    Table table;
    for (std::size_t k = 0; k < domain.axes.size(); ++k) {
        const DomainAxis& axis = domain.axes[k];
        const double low = to_scale(axis.scale, axis.lower), high = to_scale(axis.scale, axis.upper);
        Table::Numbers values;
        for (std::uint64_t row = 0; row < rows; ++row)
            values.push_back(std::clamp(
                from_scale(axis.scale, low + uniform(seed, Purpose::sample, row, k) * (high - low)),
                axis.lower, axis.upper));
        table.add(axis.name, std::move(values));
    }
    return read_links(table);
}

// Runs a bracket on `f` and returns it; every trial lies within the line.
template <class F>
Bracket bracketed(F f, double step, double lowest, double highest, int* trials = nullptr) {
    Bracket bracket(f(0.0), step, lowest, highest);
    int asked = 0;
    while (bracket.wants_more() && asked < 100) {
        CHECK(bracket.trial() >= lowest);
        CHECK(bracket.trial() <= highest);
        bracket.tell(f(bracket.trial()));
        ++asked;
    }
    CHECK(asked < 20);
    CHECK(bracket.best_value() >= f(0.0));
    CHECK(bracket.best_value() == f(bracket.best()));
    if (trials) *trials = asked;
    return bracket;
}

}  // namespace

TEST_CASE("A bracket finds the top of a parabola, wherever it is and however it steps") {
    for (const double at : {-0.9, -0.31, -0.02, 0.013, 0.2, 0.75})
        for (const double step : {0.1, -0.1, 0.04, -0.3}) {
            INFO("top at " << at << ", step " << step);
            const auto f = [&](double x) { return 5 - 2 * (x - at) * (x - at); };
            const Bracket bracket = bracketed(f, step, -4, 4);
            CHECK(bracket.best() == Approx(at).margin(1e-3 * std::abs(step)));
            CHECK(bracket.best_value() == Approx(5).epsilon(1e-7));
            CHECK(bracket.next_step() * at > 0);
        }
}

TEST_CASE("A bracket stays on a plateau and at a peak, and then steps shorter") {
    for (const double step : {0.1, -0.1}) {
        const Bracket plateau = bracketed([](double) { return 1.0; }, step, -1, 1);
        CHECK(plateau.best() == 0);
        CHECK(plateau.next_step() == step / 4);
        const Bracket peak = bracketed([](double x) { return -std::abs(x); }, step, -1, 1);
        CHECK(peak.best() == 0);
        CHECK(peak.next_step() == step / 4);
    }
}

TEST_CASE("A bracket goes to the end of its line and not beyond") {
    const auto up = [](double x) { return x; };
    CHECK(bracketed(up, 0.1, -0.5, 0.65).best() == 0.65);
    CHECK(bracketed(up, -0.1, -0.5, 0.65).best() == 0.65);
    CHECK(bracketed(up, 0.1, -0.5, 0).best() == 0);
    CHECK(bracketed(up, -0.1, -0.5, 0).best() == 0);
    int trials = 0;
    CHECK(bracketed(up, 0.1, 0, 0, &trials).best() == 0);
    CHECK(trials == 0);
}

TEST_CASE("A bracket takes values that are no numbers for bad ones") {
    for (const double bad : {std::nan(""), -std::numeric_limits<double>::infinity(), -1e300}) {
        const auto f = [&](double x) { return x > 0.2 ? bad : -(x - 0.1) * (x - 0.1); };
        for (const double step : {0.3, -0.3, 0.05}) {
            Bracket bracket(f(0.0), step, -1, 1);
            for (int trial = 0; bracket.wants_more() && trial < 50; ++trial) bracket.tell(f(bracket.trial()));
            CHECK_FALSE(bracket.wants_more());
            CHECK(std::isfinite(bracket.best()));
            CHECK(bracket.best() <= 0.2);
            CHECK(bracket.best_value() >= f(0.0));
        }
    }
}

TEST_CASE("Searches find the known optimum of a smooth peak and of a ridge") {
    const Columns links = links_of_misalignments({0.01, 0.04, 0.09});
    for (const Landscape landscape : {Landscape::peak, Landscape::ridge}) {
        const Adapter<Toy> protocol = toy(landscape);
        const Objective objective = make_objective(protocol, links, {}, 1);
        for (const char* method : {"lsa", "nlopt:LN_BOBYQA", "nlopt:LN_SBPLX", "nlopt:LN_COBYLA",
                                   "nlopt:LD_LBFGS", "nlopt:LD_SLSQP", "nlopt:LD_MMA", "nlopt:GN_CRS2_LM"}) {
            const Optima optima = search(method, objective);
            check_within_bounds(protocol, objective, optima);
            check_not_below_start(protocol, objective, optima);
            for (Eigen::Index row = 0; row < links.rows(); ++row) {
                INFO(method << " row " << row);
                CHECK(optima.rate[row] == Approx(0.01).epsilon(1e-6));
                CHECK(distance(optima, row, links) < 1e-3);
                CHECK(optima.status[static_cast<std::size_t>(row)] == RowStatus::ok);
                CHECK(optima.projected_slope[row] < 1e-2);
            }
        }
    }
}

TEST_CASE("LSA follows a ridge in far fewer steps than one axis at a time would take") {
    const Adapter<Toy> protocol = toy(Landscape::ridge);
    const Columns links = links_of_misalignments({0.01, 0.04, 0.09});
    const Optima optima = search("lsa", make_objective(protocol, links, {}, 1));
    for (std::size_t row = 0; row < 3; ++row) CHECK(optima.evaluations[row] < 2200);  // else 3000
    CHECK((optima.rate > 0.01 * (1 - 1e-7)).all());
}

TEST_CASE("LSA follows the crease where pairing has as many left windows of either kind") {
    const auto protocol = make_protocol("aopp-finite:sources=asymmetric");
    Table table;
    table.add("loss_a_db", Table::Numbers{36, 20});
    table.add("loss_b_db", Table::Numbers{1, 10});
    const Objective objective = make_objective(*protocol, read_links(table), {}, 1);
    const Optima lsa = make_search("lsa", {})->maximize(objective);
    const Optima best = make_search("auto", {})->maximize(objective);
    for (Eigen::Index row = 0; row < 2; ++row) CHECK(lsa.rate[row] > 0.9999 * best.rate[row]);
}

// One link from all that a search result hangs on.
Objective one_link(const Protocol& protocol, double loss_a_db, double loss_b_db, double efficiency,
                   double dark, double misalignment, double inefficiency, double pulses) {
    Table table;
    const std::pair<const char*, double> values[] = {{"loss_a_db", loss_a_db},
                                                     {"loss_b_db", loss_b_db},
                                                     {"detector_efficiency", efficiency},
                                                     {"dark_count_probability", dark},
                                                     {"misalignment", misalignment},
                                                     {"error_correction_inefficiency", inefficiency},
                                                     {"pulses", pulses}};
    for (const auto& [name, value] : values) table.add(name, Table::Numbers{value});
    return make_objective(protocol, read_links(table), {}, 1);
}

TEST_CASE("Near the last distance of very unequal arms a key is found by following it from less loss") {
    const auto cal = make_protocol("cal-finite:sources=asymmetric");
    const auto sns = make_protocol("sns-finite:sources=asymmetric");
    const Objective links[] = {
        one_link(*cal, 14.38, 48.74, 0.2912, 1.789e-11, 0.0855, 1.109, 2.343e15),
        one_link(*sns, 37.53, 0.7446, 0.6929, 5.336e-8, 0.05662, 1.237, 3.834e14),
    };
    const double best[] = {1.62177e-8, 1.34385e-6};
    for (const char* method : {"lsa", "auto"})
        for (std::size_t k = 0; k < 2; ++k) {
            INFO(method << " on link " << k);
            CHECK(make_search(method, {})->maximize(links[k]).rate[0] > (1 - 1e-4) * best[k]);
        }
}

TEST_CASE("LSA hops from the lesser of two maxima of the decoys to the better one") {
    const auto cal = make_protocol("cal-finite");
    const Objective link = one_link(*cal, 9.824, 9.824, 0.5722, 9.046e-10, 0.04308, 1.184, 2.865e14);
    CHECK(make_search("lsa", {})->maximize(link).rate[0] > 0.00063295);
}

TEST_CASE("LSA finds a kink, and an island of key in a plain without") {
    const Columns links = links_of_misalignments({0.01, 0.04, 0.09});
    for (const Landscape landscape : {Landscape::kink, Landscape::island}) {
        const Adapter<Toy> protocol = toy(landscape);
        const Objective objective = make_objective(protocol, links, {}, 1);
        const Optima optima = search("lsa", objective);
        check_within_bounds(protocol, objective, optima);
        for (Eigen::Index row = 0; row < links.rows(); ++row) {
            INFO("row " << row);
            CHECK(optima.rate[row] > 0.01 * (1 - 1e-5));
            CHECK(optima.stop[static_cast<std::size_t>(row)] == Stop::converged);
        }
        CHECK((protocol.rate(checks::row_of(links, 0), checks::row_of(objective.starts, 0), Measure::rate) >
               0) == (landscape == Landscape::kink));
    }
}

TEST_CASE("Where there is no key the row says so, keeps its place in the box and its restarts are counted") {
    const Columns links = links_of_misalignments({0.01, 0.04});
    const Adapter<Toy> protocol = toy(Landscape::nowhere);
    const Objective objective = make_objective(protocol, links, {}, 1);
    for (const char* method : {"lsa", "nlopt:LN_BOBYQA", "nlopt:LD_LBFGS"}) {
        INFO(method);
        SearchOptions few, many;
        few.restarts = 0;
        many.restarts = 3;
        const Optima once = search(method, objective, few), often = search(method, objective, many);
        check_within_bounds(protocol, objective, often);
        for (const Optima* optima : {&once, &often}) {
            CHECK(optima->status == std::vector<RowStatus>(2, RowStatus::zero));
            CHECK(optima->rate.isApproxToConstant(-0.5));
            CHECK(optima->projected_slope.isNaN().all());
        }
        CHECK(often.evaluations[0] > once.evaluations[0] + 3 * 40);
    }
}

TEST_CASE("A search that runs out of evaluations says so and keeps its best point") {
    const Columns links = links_of_misalignments({0.01, 0.04});
    const Adapter<Toy> protocol = toy(Landscape::ridge);
    const Objective objective = make_objective(protocol, links, {}, 1);
    SearchOptions options;
    options.most_evaluations = 12;
    for (const char* method : {"lsa", "nlopt:LN_BOBYQA", "nlopt:GN_CRS2_LM"}) {
        INFO(method);
        const Optima optima = search(method, objective, options);
        check_not_below_start(protocol, objective, optima);
        CHECK(optima.stop == std::vector<Stop>(2, Stop::evaluation_limit));
        CHECK(*std::max_element(optima.evaluations.begin(), optima.evaluations.end()) <
              60);  // LSA ends its sweep
    }
    CHECK(stop_name(Stop::evaluation_limit) == "evaluation_limit");
}

TEST_CASE("Fixed parameters stay, unknown ones and values out of range are refused") {
    const Columns links = links_of_misalignments({0.01, 0.04});
    const Adapter<Toy> protocol = toy(Landscape::peak);
    const Objective objective = make_objective(protocol, links, {{"power", 0.5}}, 1);
    for (const char* method : {"lsa", "nlopt:LN_SBPLX", "nlopt:LD_SLSQP", "nlopt:GN_DIRECT_L"}) {
        const Optima optima = search(method, objective);
        CHECK((optima.points.col(1) == 0.5).all());
        check_within_bounds(protocol, objective, optima);
        Link<double> link{};
        link.misalignment = 0.01;
        CHECK(optima.points(0, 0) == Approx(1 + 8 * top(link)[0]).epsilon(1e-3));
    }
    // A value outside the search range but valid is the user's choice.
    CHECK((search("lsa", make_objective(protocol, links, {{"power", 1e3}}, 1)).points.col(1) == 1e3).all());
    CHECK_THROWS_WITH(make_objective(protocol, links, {{"power", -1}}, 1),
                      contains_text("power = -1, must be in"));
    CHECK_THROWS_WITH(make_objective(protocol, links, {{"pover", 1}}, 1),
                      contains_text("did you mean 'power'"));
    CHECK_THROWS_WITH(make_objective(protocol, links, {{"power", 1}, {"length", 2}, {"share", 0.5}}, 1),
                      contains_text("to optimise"));
}

TEST_CASE("Methods and options that there are not are refused") {
    CHECK_THROWS_WITH(make_search("nlopt:LN_BOBYKA", {}), contains_text("did you mean 'nlopt:LN_BOBYQA'"));
    CHECK_THROWS_WITH(make_search("", {}), contains_text("there are: "));
    const auto refused = [](auto change) {
        SearchOptions options;
        change(options);
        CHECK_THROWS_AS(make_search("lsa", options), Error);
    };
    refused([](SearchOptions& o) { o.most_evaluations = 9; });
    refused([](SearchOptions& o) { o.tolerance = 0; });
    refused([](SearchOptions& o) { o.tolerance = std::nan(""); });
    refused([](SearchOptions& o) { o.restarts = -1; });
    for (const std::string& method : search_methods()) CHECK(make_search(method, {}) != nullptr);
}

TEST_CASE("A row's optimum is the same on any number of threads, among any rows and in any order",
          "[threads]") {
    const Columns links = default_links("sns-finite", cases(300, 40), 11);
    const auto protocol = make_protocol("sns-finite");
    for (const std::string method : {"lsa", "nlopt:LD_LBFGS", "nlopt:GN_CRS2_LM"}) {
        INFO(method);
        SearchOptions options;
        options.most_evaluations = method == "lsa" ? 20000 : 300;
        const Eigen::Index rows = links.rows();
        const auto run = [&](const Columns& some, int threads) {
            return search(method, make_objective(*protocol, some, {}, threads), options);
        };
        const Optima one = run(links, 1), two = run(links, 2), three = run(links, 3);
        const Columns turned = links.colwise().reverse(), part = links.middleRows(5, 19);
        const Optima backwards = run(turned, 2), some = run(part, 1), single = run(links.row(7), 1);
        int differing = 0;
        for (Eigen::Index row = 0; row < rows; ++row)
            differing += !same_row(one, row, two, row) + !same_row(one, row, three, row) +
                         !same_row(one, row, backwards, rows - 1 - row);
        for (Eigen::Index row = 0; row < part.rows(); ++row) differing += !same_row(one, 5 + row, some, row);
        CHECK(differing == 0);
        CHECK(same_row(one, 7, single, 0));
    }
}

TEST_CASE("On random links no optimum leaves the box or falls below its start, with any protocol") {
    for (const std::string_view name : protocol_names())
        for (const std::string option : {"", ":sources=asymmetric"}) {
            const std::string spec = std::string(name) + option;
            const auto plain = make_protocol(name);
            const auto& options = plain->info().options;
            const bool sources = std::any_of(options.begin(), options.end(),
                                             [](const ProtocolOption& o) { return o.name == "sources"; });
            if (!option.empty() && !sources) continue;
            const auto protocol = make_protocol(spec);
            INFO(spec);
            if (std::none_of(protocol->info().parameters.begin(), protocol->info().parameters.end(),
                             [](const Quantity& q) { return q.optimised; })) {
                CHECK_THROWS_WITH(make_objective(*protocol, default_links("sns-finite", 1, 1), {}, 1),
                                  contains_text("to optimise"));
                continue;
            }
            Columns links = default_links("sns-finite", cases(24, 4), 3);
            if (sources) links.col(1) *= 0.7;
            SearchOptions search_options;
            search_options.most_evaluations = 2000;
            const Objective objective = make_objective(*protocol, links, {}, 2);
            const Optima optima = search("lsa", objective, search_options);
            check_within_bounds(*protocol, objective, optima);
            check_not_below_start(*protocol, objective, optima);
            CHECK(std::count(optima.status.begin(), optima.status.end(), RowStatus::failed) == 0);
            CHECK((optima.rate > 0).any());
        }
}

TEST_CASE("tfqkd's own searches reach every optimum of the reference values, and their rates within 1e-6") {
    const reference::json file = reference::load("sns.json");
    int reached = 0;
    for (const reference::json& from : file.at("optimised")) {
        const reference::SnsPoint known = reference::read_sns_point(from);
        const double required = reference::number(from.at("require")), rate = reference::number(from.at("R"));
        const auto protocol = make_protocol(known.spec);
        // Inputs that are not optimised are those of the reference.
        std::vector<std::pair<std::string, double>> fixed;
        const auto& parameters = protocol->info().parameters;
        for (std::size_t k = 0; k < parameters.size(); ++k)
            if (!parameters[k].optimised) fixed.emplace_back(parameters[k].name, known.point[k]);
        Columns link(1, static_cast<Eigen::Index>(known.link.size()));
        std::copy(known.link.begin(), known.link.end(), link.row(0).begin());
        for (const std::string& method : own_methods()) {
            const Optima optima = search(method, make_objective(*protocol, link, fixed, 1));
            const double found = std::max(optima.rate[0], 0.0);
            INFO(method << " " << known.id << " " << known.spec << ": " << found << " of " << rate);
            CHECK(found >= required);
            CHECK(found >= rate * (1 - 1e-6));
        }
        ++reached;
    }
    CHECK(reached == 12);
}

TEST_CASE("LSA is as good as the best of three global searches on random links") {
    const Columns links = default_links("sns-finite", cases(60, 5), 17);
    const auto protocol = make_protocol("sns-finite");
    const Objective objective = make_objective(*protocol, links, {}, 2);
    const Optima lsa = search("lsa", objective);
    Eigen::ArrayXd best = Eigen::ArrayXd::Zero(links.rows());
    SearchOptions options;
    options.most_evaluations = cases(12000, 3000);
    for (const char* method : {"nlopt:GN_CRS2_LM", "nlopt:GN_DIRECT_L", "nlopt:GN_MLSL_LDS"})
        best = best.max(search(method, objective, options).rate);
    int keys = 0;
    for (Eigen::Index row = 0; row < links.rows(); ++row) {
        INFO("row " << row << ": " << lsa.rate[row] << " of " << best[row]);
        CHECK(std::max(lsa.rate[row], 0.0) >= 0.9999 * best[row]);
        keys += best[row] > 0;
    }
    CHECK(keys >= links.rows() / 3);
}
