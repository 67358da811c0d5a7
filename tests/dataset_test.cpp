#include <bit>
#include <set>
#include <sstream>

#include "catch.hpp"
#include "sizes.hpp"
#include "tfqkd/dataset/generate.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/table_io.hpp"

using namespace tfqkd;

namespace {

std::string csv(const Table& table) {
    std::ostringstream out;
    write_table(out, TableFormat::csv, table);
    return out.str();
}

// The lines below the properties and the header.
std::string rows_only(const Table& table) {
    const std::string text = csv(table);
    std::istringstream in(text);
    std::string line, rows;
    bool header = true;
    while (std::getline(in, line)) {
        if (line.starts_with("#")) continue;
        if (!header) rows += line + "\n";
        header = false;
    }
    return rows;
}

GenerateOptions small(Sampling sampling = Sampling::random) {
    GenerateOptions options;
    options.rows = cases(150, 40);
    options.seed = 7;
    options.sampling = sampling;
    options.domain = default_domain(*make_protocol(options.protocol));
    if (sampling == Sampling::grid)
        options.domain = {{parse_axis("distance_km=0:300:5"), parse_axis("pulses=1e11:1e15:3"),
                           parse_axis("misalignment=0.01:0.05:2")},
                          {{"detector_efficiency", 0.5}}};
    return options;
}

void check_refused(const GenerateOptions& options, const std::string& text) {
    CHECK_THROWS_WITH(Generator(options), contains_text(text));
}

}  // namespace

TEST_CASE("A row of a data set is a function of its index and the settings, however the set is cut",
          "[threads]") {
    for (const Sampling sampling : {Sampling::random, Sampling::sobol, Sampling::grid}) {
        INFO(sampling_name(sampling));
        GenerateOptions options = small(sampling);
        if (sampling == Sampling::sobol) options.near_edge = 0.5;
        const Generator one(options);
        options.threads = 3;
        const Generator three(options);
        const std::uint64_t rows = one.rows();
        const Table all = one.rows(0, rows);
        CHECK(all.rows() == rows);
        const std::string whole = rows_only(all);
        CHECK(csv(three.rows(0, rows)) == csv(all));
        for (const std::uint64_t block : {std::uint64_t{1}, std::uint64_t{7}, rows - 1}) {
            std::string parts;
            for (std::uint64_t first = 0; first < rows; first += block)
                parts += rows_only((first % 2 ? one : three).rows(first, std::min(first + block, rows)));
            CHECK(parts == whole);
        }
        for (std::uint64_t row = 0; row < rows; ++row)
            CHECK(all.numbers("index")[row] == static_cast<double>(row));
    }
}

TEST_CASE("Another seed draws other links; more rows leave the first ones as they are") {
    GenerateOptions options = small();
    const std::string before = rows_only(Generator(options).rows(0, 10));
    options.rows = 1000;
    CHECK(rows_only(Generator(options).rows(0, 10)) == before);
    options.seed = 8;
    CHECK(rows_only(Generator(options).rows(0, 10)) != before);
}

TEST_CASE("Links moved near the edge stay in the domain and lie where the key ends") {
    const auto faint_share = [](const GenerateOptions& options) {
        const Table table = Generator(options).rows(0, options.rows);
        for (const DomainAxis& axis : options.domain.axes)
            for (const double value : table.numbers(axis.name))
                CHECK((value >= axis.lower && value <= axis.upper));
        const Columns links = read_links(table);
        const Table::Numbers& rate = table.numbers("key_rate_bit_per_pulse");
        double faint = 0;
        for (std::size_t row = 0; row < rate.size(); ++row) {
            const auto r = static_cast<Eigen::Index>(row);
            const double arm = links(r, 2) * std::pow(10.0, -0.05 * (links(r, 0) + links(r, 1)));
            faint += rate[row] > 0 && rate[row] < 1e-3 * arm;
        }
        return faint / static_cast<double>(options.rows);
    };
    GenerateOptions options = small();
    const double evenly = faint_share(options);
    options.near_edge = 1;
    CHECK(faint_share(options) > 0.3);
    CHECK(evenly < 0.15);
    options.protocol = "sns-finite:sources=asymmetric";
    std::erase_if(options.domain.axes, [](const DomainAxis& axis) { return axis.name == "distance_km"; });
    options.domain.axes.push_back(parse_axis("distance_a_km=0:250"));
    options.domain.axes.push_back(parse_axis("distance_b_km=0:250"));
    CHECK(faint_share(options) > 0.3);

    options.near_edge = 1.5;
    check_refused(options, "near_edge must be in [0, 1]");
    options = small(Sampling::grid);
    options.near_edge = 0.5;
    check_refused(options, "would leave the grid");
    options = small();
    options.near_edge = 0.5;
    options.domain = {{parse_axis("pulses=1e11:1e15")}, {{"distance_km", 100}}};
    check_refused(options, "a range of distances or losses");
}

TEST_CASE("Random and Sobol links fill the whole domain, Sobol's more evenly") {
    constexpr std::size_t bins = 16, rows = 256;
    for (const Sampling sampling : {Sampling::random, Sampling::sobol}) {
        GenerateOptions options = small(sampling);
        options.rows = rows;
        options.search.most_evaluations = 10;
        options.search.restarts = 0;
        const Table table = Generator(options).rows(0, rows);
        for (const DomainAxis& axis : options.domain.axes) {
            INFO(sampling_name(sampling) << " " << axis.name);
            std::array<int, bins> filled{};
            const double low = to_scale(axis.scale, axis.lower), high = to_scale(axis.scale, axis.upper);
            for (const double value : table.numbers(axis.name)) {
                CHECK(value >= axis.lower);
                CHECK(value <= axis.upper);
                const double share = (to_scale(axis.scale, value) - low) / (high - low);
                ++filled[std::min<std::size_t>(static_cast<std::size_t>(share * bins), bins - 1)];
            }
            const auto [fewest, most] = std::minmax_element(filled.begin(), filled.end());
            if (sampling ==
                Sampling::sobol)  // 16 a bin, one more or less for the shift and the point left out
                CHECK((*fewest >= 14 && *most <= 18));
            else
                CHECK((*fewest >= 3 && *most <= 36));
        }
    }
}

TEST_CASE("A grid has every combination once, ends included, the last axis fastest") {
    const Generator generator(small(Sampling::grid));
    REQUIRE(generator.rows() == 30);
    const Table table = generator.rows(0, 30);
    const auto &distance = table.numbers("distance_km"), &pulses = table.numbers("pulses"),
               &misalignment = table.numbers("misalignment");
    std::set<std::vector<double>> different;
    for (std::size_t row = 0; row < 30; ++row)
        different.insert({distance[row], pulses[row], misalignment[row]});
    CHECK(different.size() == 30);
    CHECK(distance[0] == 0);
    CHECK(distance[6] == 75);
    CHECK(distance[29] == 300);
    CHECK(pulses[0] == Approx(1e11).epsilon(1e-12));
    CHECK(pulses[2] == Approx(1e13).epsilon(1e-12));
    CHECK(pulses[4] == Approx(1e15).epsilon(1e-12));
    CHECK(misalignment[1] == 0.05);
    // One step stands at the lower end.
    GenerateOptions options = small(Sampling::grid);
    options.domain.axes = {parse_axis("distance_km=50:300:1")};
    CHECK(Generator(options).rows(0, 1).numbers("distance_km")[0] == 50);
}

TEST_CASE("The default domain varies what the protocol depends on, failure probabilities excepted") {
    for (const std::string_view name : protocol_names()) {
        const auto protocol = make_protocol(name);
        const Domain domain = default_domain(*protocol);
        INFO(name);
        REQUIRE_FALSE(domain.axes.empty());
        CHECK(domain.axes[0].name == "distance_km");
        CHECK(domain.axes[0].lower == 0);
        CHECK(domain.axes[0].upper == 500);
        std::set<std::string> names;
        for (const DomainAxis& axis : domain.axes) {
            names.insert(axis.name);
            CHECK(axis.lower < axis.upper);
            CHECK((axis.scale != Scale::log || axis.lower > 0));
        }
        CHECK(names.size() == domain.axes.size());
        for (std::size_t k = 2; k < link_quantities().size(); ++k) {
            const std::string quantity(link_quantities()[k].name);
            CHECK(names.count(quantity) == (protocol->info().uses[k] && !quantity.ends_with("_failure")));
        }
    }
}

TEST_CASE("From its file alone a data set's links can be rebuilt, and its rates computed again") {
    for (const std::string spec : {"sns-finite", "aopp-finite:sources=asymmetric"}) {
        GenerateOptions options = small();
        options.protocol = spec;
        options.rows = cases(40, 10);
        options.domain = {{parse_axis("distance_a_km=0:150"), parse_axis("distance_b_km=0:150"),
                           parse_axis("dark_count_probability=1e-10:1e-7")},
                          {{"attenuation_db_per_km", 0.17}, {"misalignment", 0.02}, {"pulses", 3e13}}};
        const Table made = Generator(options).rows(0, options.rows);
        std::istringstream in(csv(made));
        const Table read = read_table(in, TableFormat::csv, "set.csv");
        CHECK(read.property("schema") == "tfqkd.dataset/1");
        CHECK(read.property("protocol") == spec);
        std::vector<std::string> assumed;
        const Columns links = read_links(read, {}, &assumed);
        CHECK(assumed.empty());
        CHECK(links(0, 0) == made.numbers("distance_a_km")[0] * 0.17);
        CHECK((links.col(4) == 0.02).all());
        CHECK((links.col(7) == 3e13).all());

        const auto protocol = make_protocol(spec);
        const auto& parameters = protocol->info().parameters;
        Columns points(links.rows(), static_cast<Eigen::Index>(parameters.size()));
        for (std::size_t k = 0; k < parameters.size(); ++k)
            points.col(static_cast<Eigen::Index>(k)) =
                Eigen::Map<const Eigen::ArrayXd>(read.numbers(parameters[k].name).data(), links.rows());
        Eigen::ArrayXd rate(links.rows());
        protocol->rates(links, points, Measure::rate, rate);
        int keys = 0;
        for (Eigen::Index row = 0; row < links.rows(); ++row) {
            const auto r = static_cast<std::size_t>(row);
            CHECK(std::bit_cast<std::uint64_t>(std::max(rate[row], 0.0)) ==
                  std::bit_cast<std::uint64_t>(read.numbers("key_rate_bit_per_pulse")[r]));
            CHECK((read.text("status")[r] == "ok") == (rate[row] > 0));
            keys += rate[row] > 0;
        }
        CHECK(keys > links.rows() / 4);
    }
}

TEST_CASE("Fixed parameters are constant, and noted in the file") {
    GenerateOptions options = small();
    options.rows = 20;
    options.fixed = {{"signal_intensity", 0.4}};
    const Table table = Generator(options).rows(0, 20);
    CHECK(table.property("fixed.signal_intensity") == "0.4");
    for (const double value : table.numbers("signal_intensity")) CHECK(value == 0.4);
}

TEST_CASE("Domains and settings that make no sense are refused") {
    const auto refused = [](const char* axis, const char* text) {
        CHECK_THROWS_WITH(parse_axis(axis), contains_text(text));
    };
    refused("distance_km", "is not a range");
    refused("distance_km=5", "is not a range");
    refused("distance_km:1=5", "is not a range");
    refused("distanse_km=0:5", "did you mean 'distance_km'");
    refused("distance_km=0:x", "'x' in 'distance_km=0:x' is not a number");
    refused("distance_km=:5", "is not a number");
    refused("distance_km=9:5", "lower end is above");
    refused("distance_km=0:5:0", "number of steps");
    refused("distance_km=0:5:2.5", "number of steps");
    refused("distance_km=0:5000", "must be in");
    refused("distance_km=0:nan", "is not a number");
    refused("dark_count_probability=0:1e-6", "must begin above 0");
    const DomainAxis axis = parse_axis("pulses=1e10:1e12:4");
    CHECK(axis.name == "pulses");
    CHECK(axis.scale == Scale::log);
    CHECK(axis.steps == 4);

    GenerateOptions options = small();
    options.rows = 0;
    check_refused(options, "rows must be at least 1");
    options = small(Sampling::grid);
    options.domain.axes[1].steps = 0;
    check_refused(options, "needs the number of steps of 'pulses'");
    options = small(Sampling::grid);
    options.domain.axes.resize(1);
    for (const char* more : {"pulses", "misalignment", "error_correction_inefficiency"})
        options.domain.axes.push_back({more, 1, 2, Scale::linear, 1'000'000});
    check_refused(options, "more than 2^53");
    options = small();
    options.protocol = "sns-finit";
    check_refused(options, "did you mean 'sns-finite'");
    CHECK_THROWS_WITH(sampling_named("sobel"), contains_text("did you mean 'sobol'"));
    for (const Sampling sampling : {Sampling::random, Sampling::sobol, Sampling::grid})
        CHECK(sampling_named(sampling_name(sampling)) == sampling);
}
