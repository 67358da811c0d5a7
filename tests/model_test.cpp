#include <bit>
#include <sstream>

#include "catch.hpp"
#include "sizes.hpp"
#include "tfqkd/dataset/generate.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/math/random.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/nn/polynomial.hpp"
#include "tfqkd/nn/rbfnn.hpp"
#include "tfqkd/report/accuracy.hpp"

#include <nlohmann/json.hpp>

using namespace tfqkd;

namespace {

// A small data set: `axes` vary.
Table data_set(const std::string& protocol, std::uint64_t rows, std::uint64_t seed,
               const std::vector<std::string>& axes) {
    GenerateOptions options;
    options.protocol = protocol;
    options.rows = rows;
    options.seed = seed;
    for (const std::string& axis : axes) options.domain.axes.push_back(parse_axis(axis));
    return Generator(options).rows(0, rows);
}

const Table& training_set() {
    static const Table table = data_set("sns-finite", cases(300, 120), 1,
                                        {"distance_km=0:250", "misalignment=0.01:0.06", "pulses=1e12:1e15"});
    return table;
}

std::vector<std::unique_ptr<Regressor>> networks() {
    BpnnOptions bpnn;
    bpnn.hidden = {8};
    bpnn.levenberg_marquardt.iterations = cases(60, 15);
    std::vector<std::unique_ptr<Regressor>> all;
    all.push_back(std::make_unique<Bpnn>(bpnn));
    all.push_back(std::make_unique<Rbfnn>());
    all.push_back(std::make_unique<Grnn>());
    all.push_back(std::make_unique<Polynomial>(PolynomialOptions{2, 1e-8}));
    return all;
}

std::string saved(const Model& model) {
    std::ostringstream out;
    model.save(out);
    return out.str();
}
Model loaded(const std::string& text) {
    std::istringstream in(text);
    return Model::load(in, "model.json");
}

// One usual link with some quantities changed, by column.
Columns link_with(std::initializer_list<std::pair<int, double>> changes) {
    Columns link(1, static_cast<Eigen::Index>(link_quantities().size()));
    for (std::size_t k = 0; k < link_quantities().size(); ++k)
        link(0, static_cast<Eigen::Index>(k)) = link_quantities()[k].start;
    for (const auto& [column, value] : changes) link(0, column) = value;
    return link;
}

// Links far beyond the trained range, each quantity at one end of all that is valid.
Columns extreme_links() {
    Columns links(64, static_cast<Eigen::Index>(link_quantities().size()));
    for (Eigen::Index row = 0; row < links.rows(); ++row)
        for (Eigen::Index k = 0; k < links.cols(); ++k) {
            const Interval& valid = link_quantities()[static_cast<std::size_t>(k)].valid;
            const bool high = uniform(1, Purpose::sample, static_cast<std::uint64_t>(row),
                                      static_cast<std::uint64_t>(k)) < 0.5;
            links(row, k) = high ? valid.upper - (valid.upper_open ? 1e-9 : 0)
                                 : valid.lower + (valid.lower_open ? 1e-300 : 0);
        }
    return links;
}

bool same_bits(const Columns& a, const Columns& b) {
    return a.rows() == b.rows() && a.cols() == b.cols() &&
           std::equal(a.data(), a.data() + a.size(), b.data(), [](double x, double y) {
               return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y);
           });
}

Table changed(const Table& table, std::string_view column, std::size_t row, double value) {
    std::vector<Table::Column> columns = table.columns();
    for (Table::Column& c : columns)
        if (c.name == column) std::get<Table::Numbers>(c.cells)[row] = value;
    Table other(std::move(columns));
    other.properties = table.properties;
    return other;
}

Table without(const Table& table, std::string_view column) {
    std::vector<Table::Column> columns = table.columns();
    std::erase_if(columns, [&](const Table::Column& c) { return c.name == column; });
    Table other(std::move(columns));
    other.properties = table.properties;
    return other;
}

}  // namespace

TEST_CASE("Training twice gives the same file byte for byte; a model read back predicts the same bits") {
    const TrainingRows rows = read_training_rows(training_set());
    for (auto& network : networks()) {
        const std::string kind(network->kind());
        INFO(kind);
        const Model model = Model::train(rows, std::move(network), 3);
        const std::string text = saved(model);
        auto again = networks();
        const auto same =
            std::find_if(again.begin(), again.end(), [&](auto& n) { return n->kind() == kind; });
        CHECK(saved(Model::train(rows, std::move(*same), 3)) == text);

        const Model copy = loaded(text);
        CHECK(saved(copy) == text);
        CHECK(copy.network().kind() == kind);
        CHECK(copy.record().train_rows == model.record().train_rows);
        CHECK(copy.record().check_rows == model.record().check_rows);
        const Predictions here = model.predict(rows.links), there = copy.predict(rows.links);
        CHECK(same_bits(here.points, there.points));
        CHECK(here.outside == there.outside);
    }
}

TEST_CASE("Predictions lie within the search ranges, however far outside the trained range the link is") {
    const TrainingRows rows = read_training_rows(training_set());
    const Columns links = extreme_links();
    for (auto& network : networks()) {
        const Model model = Model::train(rows, std::move(network), 1);
        INFO(model.network().kind());
        const Predictions predictions = model.predict(links);
        const auto& parameters = model.protocol().info().parameters;
        for (std::size_t k = 0; k < parameters.size(); ++k) {
            const auto column = predictions.points.col(static_cast<Eigen::Index>(k));
            INFO(parameters[k].name);
            CHECK((column >= parameters[k].search.lower).all());
            CHECK((column <= parameters[k].search.upper).all());
        }
        for (const std::string& outside : predictions.outside) CHECK_FALSE(outside.empty());
    }
}

TEST_CASE("One link and many are predicted alike") {
    const TrainingRows rows = read_training_rows(training_set());
    for (auto& network : networks()) {
        const Model model = Model::train(rows, std::move(network), 2);
        INFO(model.network().kind());
        for (const Columns& links : {Columns(rows.links), extreme_links()}) {
            const Predictions all = model.predict(links);
            std::vector<double> link(static_cast<std::size_t>(links.cols())),
                point(static_cast<std::size_t>(all.points.cols()));
            double worst = 0;
            for (Eigen::Index row = 0; row < links.rows(); ++row) {
                std::copy_n(links.row(row).begin(), link.size(), link.begin());
                model.predict_one(link, point);
                for (std::size_t k = 0; k < point.size(); ++k)
                    worst = std::max(worst,
                                     std::abs(point[k] / all.points(row, static_cast<Eigen::Index>(k)) - 1));
            }
            CHECK(worst < 1e-9);
        }
    }
}

TEST_CASE("Networks that learned give nearly the optimal rate") {
    const TrainingRows rows = read_training_rows(training_set());
    for (auto& network : networks()) {
        const Model model = Model::train(rows, std::move(network), 1);
        INFO(model.network().kind());
        Eigen::ArrayXd rate(rows.links.rows());
        model.protocol().rates(rows.links, model.predict(rows.links).points, Measure::rate, rate);
        const Accuracy accuracy = measure_accuracy(rate, rows.rate);
        CHECK(accuracy.links == static_cast<std::size_t>(rows.links.rows()));
        CHECK(accuracy.median > 0.95);
        CHECK(accuracy.mean <= 1 + 1e-6);
    }
}

TEST_CASE("Rows outside the trained range are told by the quantity") {
    // pulses vary; the dark count probability was the same throughout; both arms were equal.
    const TrainingRows rows = read_training_rows(training_set());
    const Model model = Model::train(rows, std::make_unique<Polynomial>(PolynomialOptions{2, 1e-8}), 1);
    const auto outside = [&](std::initializer_list<std::pair<int, double>> changes) {
        return model.predict(link_with(changes)).outside.at(0);
    };
    CHECK(outside({{7, 1e13}}) == "");
    CHECK(outside({{7, 1e17}}) == "pulses");
    CHECK(outside({{7, 1e13}, {4, 0.2}}) == "misalignment");
    CHECK(outside({{7, 1e13}, {3, 1e-7}}) == "dark_count_probability");
    CHECK(outside({{7, 1e13}, {0, 19}}) == "arm_b_loss_db");
    CHECK(outside({{7, 1e13}, {0, 45}, {1, 45}}) == "arm_a_loss_db");
    CHECK(outside({{7, 1e9}, {4, 0.001}, {0, 60}, {1, 60}}).find("misalignment") != std::string::npos);
    // Phase mismatch does not matter to SNS: it is not looked at.
    CHECK(outside({{7, 1e13}, {5, 0.5}}) == "");
    // Every row that it learned from is inside.
    for (const std::string& name : model.predict(rows.links).outside) CHECK(name.empty());
}

TEST_CASE("With unequal arms both arms are inputs; a fixed parameter is predicted as it was") {
    GenerateOptions options;
    options.protocol = "sns-finite:sources=asymmetric";
    options.rows = 80;
    options.domain.axes = {parse_axis("distance_a_km=0:100"), parse_axis("distance_b_km=0:100")};
    options.domain.set = {{"pulses", 1e14}};
    options.fixed = {{"phase_slice_rad", 0.3}};
    const TrainingRows rows = read_training_rows(Generator(options).rows(0, options.rows));
    const Model model =
        loaded(saved(Model::train(rows, std::make_unique<Polynomial>(PolynomialOptions{2, 1e-8}), 1)));
    CHECK(model.inputs().size() == 2);
    CHECK(model.outputs().size() == static_cast<int>(model.protocol().info().parameters.size()) - 1);
    const Predictions predictions = model.predict(link_with({{0, 12}, {1, 5}, {7, 1e14}}));
    CHECK(predictions.outside.at(0) == "");
    CHECK(predictions.points(0, predictions.points.cols() - 1) == 0.3);
    CHECK(model.predict(link_with({{0, 12}, {1, 25}, {7, 1e14}})).outside.at(0) == "arm_b_loss_db");
}

TEST_CASE("Training rows: rows without a key are left out, anything unsound is refused with its place") {
    const Table& data = training_set();
    const TrainingRows rows = read_training_rows(data);
    CHECK(rows.protocol == "sns-finite");
    CHECK(rows.without_key + static_cast<std::size_t>(rows.links.rows()) == data.rows());
    const TrainingRows fewer = read_training_rows(changed(data, "key_rate_bit_per_pulse", 0, 0));
    CHECK(fewer.without_key == rows.without_key + 1);
    CHECK(read_training_rows(changed(data, "key_rate_bit_per_pulse", 0, std::nan(""))).without_key ==
          rows.without_key + 1);
    const auto refused = [](const Table& table, const char* text, const char* protocol = "") {
        CHECK_THROWS_WITH(read_training_rows(table, protocol), contains_text(text));
    };
    refused(without(data, "signal_intensity"), "signal_intensity");
    refused(without(data, "key_rate_bit_per_pulse"), "key_rate_bit_per_pulse");
    refused(without(data, "distance_km"), "nothing says how long the link is");
    refused(changed(data, "decoy_ratio", 2, 1.5), "decoy_ratio = 1.5, must be in (0, 1)");
    refused(changed(data, "misalignment", 2, 0.7), "misalignment = 0.7, must be in");
    refused(changed(data, "misalignment", 2, std::nan("")), "misalignment");
    refused(changed(data, "decoy_ratio", 2, std::nan("")), "decoy_ratio");
    refused(data, "no protocol 'sns'", "sns");
    refused(data, "the data set is of sns-finite, not of", "sns-finite:sources=asymmetric");
    Table unnamed = without(data, "index");
    std::erase_if(unnamed.properties, [](const auto& p) { return p.first == "protocol"; });
    refused(unnamed, "does not say of which protocol");
    CHECK(read_training_rows(unnamed, "sns-finite").links.rows() == rows.links.rows());

    TrainingRows few = rows;
    few.links = rows.links.topRows(19).eval();
    few.points = rows.points.topRows(19).eval();
    few.rate = rows.rate.head(19).eval();
    CHECK_THROWS_WITH(Model::train(few, std::make_unique<Grnn>(), 1), contains_text("rows with a key: 19"));
    TrainingRows same = rows;
    same.links.rowwise() = rows.links.row(0);
    CHECK_THROWS_WITH(Model::train(same, std::make_unique<Grnn>(), 1), contains_text("nothing to learn"));
}

TEST_CASE("A model file that is damaged in any way is refused") {
    const TrainingRows rows = read_training_rows(training_set());
    const std::string text =
        saved(Model::train(rows, std::make_unique<Polynomial>(PolynomialOptions{2, 1e-8}), 1));
    const auto refused = [](const std::string& file, const char* message) {
        CHECK_THROWS_WITH(loaded(file), contains_text(message));
    };
    refused("", "not a");
    refused("[]", "not a JSON object");
    refused("{}", "schema");
    refused(text.substr(0, text.size() / 2), "model.json");
    std::string other = text;
    other.replace(other.find("tfqkd.model/1"), 13, "tfqkd.model/2");
    refused(other, "newer tfqkd");
    other.replace(other.find("tfqkd.model/2"), 13, "tfqkd.table/1");
    refused(other, "not a model file");
    const std::size_t seed = text.find("\"seed\":1");
    REQUIRE(seed != std::string::npos);
    other = text;
    other[seed + 7] = '2';
    refused(other, "does not match its hash");
    refused(std::string(5000, '['), "model.json");
    CHECK_THROWS_AS(Model::load_file("/nonexistent/model.json"), Error);
}

TEST_CASE("A polynomial of degree 5 learns polynomials of degree 5 exactly, and is the same when read back") {
    Samples samples{Matrix(400, 2), Matrix(400, 2)};
    for (Eigen::Index row = 0; row < 400; ++row) {
        const auto draw = [&](std::uint64_t d) {
            return 3 * uniform(1, Purpose::train, static_cast<std::uint64_t>(row), d) - 1.5;
        };
        const double x = draw(0), y = draw(1);
        samples.inputs.row(row) << x, y;
        samples.targets.row(row) << 1 - 2 * x + 3 * x * x * y * y * y - std::pow(y, 5),
            x * y + 0.5 * std::pow(x, 4);
    }
    const Samples train{samples.inputs.topRows(300), samples.targets.topRows(300)},
        check{samples.inputs.bottomRows(100), samples.targets.bottomRows(100)};
    Polynomial polynomial(PolynomialOptions{5, 0});
    polynomial.fit(train, check, 1);
    CHECK((polynomial.predict(check.inputs) - check.targets).cwiseAbs().maxCoeff() < 1e-9);
    Polynomial ridge;  // the default's ridge costs next to nothing
    CHECK(ridge.fit(train, check, 1).best_check_loss < 1e-12);
    Polynomial lower(PolynomialOptions{3, 0});
    CHECK(lower.fit(train, check, 1).best_check_loss > 1e-2);

    const auto copy = load_regressor(polynomial.save());
    CHECK(copy->kind() == "polynomial");
    CHECK(copy->predict(check.inputs) == polynomial.predict(check.inputs));
    std::array<double, 2> input{0.3, -0.7}, one{}, again{};
    polynomial.predict_one(input, one);
    copy->predict_one(input, again);
    CHECK(one == again);
    const Matrix many = polynomial.predict(Eigen::RowVector2d(0.3, -0.7));
    CHECK(one[0] == Approx(many(0, 0)).epsilon(1e-12));
    CHECK(one[1] == Approx(many(0, 1)).epsilon(1e-12));

    CHECK_THROWS_AS(Polynomial(PolynomialOptions{0, 0}), Error);
    CHECK_THROWS_AS(Polynomial(PolynomialOptions{5, -1}), Error);
    nlohmann::json wrong = polynomial.save();
    wrong["inputs"] = 3;
    CHECK_THROWS_WITH(load_regressor(wrong), contains_text("terms"));
}

TEST_CASE("Accuracy measures of numbers by hand") {
    Eigen::ArrayXd predicted(6), optimum(6);
    predicted << 0.9, -1.0, 2.0, 0.5, 1.0, 7.0;
    optimum << 1.0, 1.0, 2.0, 1.0, 1.0, 0.0;
    const Accuracy accuracy = measure_accuracy(predicted, optimum);
    CHECK(accuracy.links == 5);
    CHECK(accuracy.failures == 1);
    CHECK(accuracy.failure_share() == 0.2);
    CHECK(accuracy.mean == Approx((0.9 + 0 + 1 + 0.5 + 1) / 5));
    CHECK(accuracy.median == Approx(0.9));
    CHECK(accuracy.minimum == 0);
    CHECK(accuracy.percentile_1 == Approx(0.04 * 0.5));
    const Accuracy none = measure_accuracy(Eigen::ArrayXd::Zero(2), Eigen::ArrayXd::Zero(2));
    CHECK(none.links == 0);
    CHECK(none.failure_share() == 0);
    CHECK(std::isnan(none.mean));
    CHECK(quantile({1, 2, 4}, 0) == 1);
    CHECK(quantile({1, 2, 4}, 0.25) == 1.5);
    CHECK(quantile({1, 2, 4}, 0.75) == 3);
    CHECK(quantile({1, 2, 4}, 1) == 4);
    CHECK(quantile({3}, 0.5) == 3);
}
