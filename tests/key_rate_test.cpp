#include "catch.hpp"
#include "sizes.hpp"
#include "tfqkd/dataset/generate.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/math/random.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/grnn.hpp"
#include "tfqkd/nn/loss.hpp"
#include "tfqkd/nn/rbfnn.hpp"
#include "tfqkd/optimize/polish.hpp"
#include "tfqkd/report/accuracy.hpp"

// Training on the key rate itself, and what it is made of.
using namespace tfqkd;

namespace {

Generator small_domain(const std::string& protocol, std::uint64_t rows, std::uint64_t seed,
                       const std::string& distances = "distance_km=0:300") {
    GenerateOptions options;
    options.protocol = protocol;
    options.rows = rows;
    options.seed = seed;
    for (const std::string& axis :
         {distances, std::string("misalignment=0.01:0.06"), std::string("pulses=1e12:1e15")})
        options.domain.axes.push_back(parse_axis(axis));
    return Generator(options);
}

const TrainingRows& training_rows() {
    static const TrainingRows rows =
        read_training_rows(small_domain("sns-finite", cases(400, 100), 1).rows(0, cases(400, 100)));
    return rows;
}
const TrainingRows& held_out_rows() {
    static const TrainingRows rows =
        read_training_rows(small_domain("sns-finite", cases(300, 60), 2).rows(0, cases(300, 60)));
    return rows;
}

Accuracy accuracy_of(const Model& model, const TrainingRows& rows) {
    Eigen::ArrayXd rate(rows.links.rows());
    model.protocol().rates(rows.links, model.predict(rows.links).points, Measure::rate, rate);
    return measure_accuracy(rate, rows.rate);
}

std::unique_ptr<Bpnn> small_network(int iterations) {
    BpnnOptions options;
    options.hidden = {8};
    options.levenberg_marquardt.iterations = iterations;
    return std::make_unique<Bpnn>(options);
}

// What a loss needs of a model, for a protocol whose parameters are all outputs around their start values.
struct Outputs {
    std::unique_ptr<const Protocol> protocol;
    Scaler scaler;
    std::vector<int> parameters;
    std::vector<double> fixed;

    explicit Outputs(const std::string& spec) : protocol(make_protocol(spec)) {
        std::vector<ScaledColumn> columns;
        for (const Quantity& q : protocol->info().parameters) {
            fixed.push_back(q.start);
            if (!q.optimised) continue;
            parameters.push_back(static_cast<int>(fixed.size()) - 1);
            columns.push_back({std::string(q.name), q.scale, q.search.lower, q.search.upper,
                               to_scale(q.scale, q.start), 0.7});
        }
        scaler = Scaler(columns);
    }
    PointMap map() const { return {scaler, parameters, fixed}; }
};

Columns links_of(Eigen::Index rows) {
    Columns links(rows, static_cast<Eigen::Index>(link_quantities().size()));
    for (Eigen::Index row = 0; row < rows; ++row) {
        for (std::size_t k = 0; k < link_quantities().size(); ++k)
            links(row, static_cast<Eigen::Index>(k)) = link_quantities()[k].start;
        links(row, 0) = links(row, 1) = 2 + 58.0 * static_cast<double>(row) / static_cast<double>(rows);
    }
    return links;
}

}  // namespace

TEST_CASE("The slopes of the key-rate loss agree with differences, with a key, without one, and out of range",
          "[key-rate]") {
    for (const std::string spec :
         {"sns-finite", "aopp-finite", "cal-finite", "sns-finite:sources=asymmetric"}) {
        INFO(spec);
        const Outputs outputs(spec);
        const Eigen::Index rows = 24, width = outputs.scaler.size();
        const Columns links = links_of(rows);
        const KeyRateLoss loss(*outputs.protocol, outputs.map(), links, small_rates(links));
        Matrix predicted(rows, width);
        for (Eigen::Index row = 0; row < rows; ++row)
            for (Eigen::Index k = 0; k < width; ++k)
                predicted(row, k) = 0.6 * uniform(1, Purpose::sample, static_cast<std::uint64_t>(row),
                                                  static_cast<std::uint64_t>(k)) -
                                    0.3;
        predicted(3, 0) = 40;  // beyond the range
        predicted(5, 1) = -40;
        const Eigen::ArrayXd scores = loss.scores(predicted);
        CHECK((scores > 0).any());
        CHECK((scores < 0).any());
        std::vector<int> all(static_cast<std::size_t>(rows));
        for (std::size_t k = 0; k < all.size(); ++k) all[k] = static_cast<int>(k);
        Matrix slope;
        loss(predicted, all, &slope);
        REQUIRE(slope.rows() == rows);
        REQUIRE(slope.cols() == width);
        double worst = 0;
        for (Eigen::Index row = 0; row < rows; ++row) {
            const std::vector<int> one{static_cast<int>(row)};
            for (Eigen::Index k = 0; k < width; ++k) {
                const auto at = [&](double step) {
                    Matrix moved = predicted.row(row);
                    moved(0, k) += step;
                    return loss(moved, one, nullptr);
                };
                const double step = 1e-5, difference = (at(step) - at(-step)) / (2 * step),
                             exact = slope(row, k) * static_cast<double>(rows);
                worst = std::max(worst, std::abs(exact - difference) / (1e-4 + std::abs(difference)));
            }
        }
        CHECK(worst < 1e-3);
        CHECK(slope(3, 0) > 0);  // drawn back inside
        CHECK(slope(5, 1) < 0);
    }
}

TEST_CASE("The key-rate loss is continuous where the key ends, and no link rules it", "[key-rate]") {
    const Outputs outputs("sns-finite");
    const Columns links = links_of(40);
    const KeyRateLoss loss(*outputs.protocol, outputs.map(), links, small_rates(links));
    // Along an output, across the end of the key, the loss makes no jump.
    const auto predicted = [&](int row, Eigen::Index output, double x) {
        Matrix all = Matrix::Zero(40, outputs.scaler.size());
        all(row, output) = x;
        return all;
    };
    int crossings = 0;
    for (int row = 0; row < 40; ++row)
        for (Eigen::Index k = 0; k < outputs.scaler.size(); ++k) {
            const auto score = [&](double x) { return loss.scores(predicted(row, k, x))[row]; };
            const auto at = [&](double x) {
                return loss(predicted(row, k, x).row(row), std::vector<int>{row}, nullptr);
            };
            double inside = 0, beyond = row % 2 ? 4 : -4;
            CHECK(at(25 * beyond) < 2);
            if (!(score(inside) > 0 && score(beyond) <= 0)) continue;
            for (int step = 0; step < 60; ++step) {
                const double middle = (inside + beyond) / 2;
                (score(middle) > 0 ? inside : beyond) = middle;
            }
            CHECK(std::abs(at(inside) - at(beyond)) < 1e-6);
            CHECK(at(beyond) > at(0));
            ++crossings;
        }
    CHECK(crossings > 5);
    // A reference only ever rises.
    KeyRateLoss raised = loss;
    raised.raise_reference(Eigen::ArrayXd::Constant(40, 1e-3));
    CHECK((raised.reference() >= loss.reference()).all());
    CHECK((raised.reference() >= 1e-3).all());
    CHECK(raised.part({3, 5}).links().rows() == 2);
}

TEST_CASE("Training on the key rate gains key rate, for perceptrons and for radial basis functions",
          "[key-rate]") {
    KeyRateOptions options;
    options.iterations = cases(150, 30);
    options.patience = 1000;
    RbfnnOptions rbfnn;
    rbfnn.max_centres = 20;
    rbfnn.spreads = {2};
    std::vector<std::unique_ptr<Regressor>> networks;
    networks.push_back(small_network(12));
    networks.push_back(std::make_unique<Rbfnn>(rbfnn));
    for (auto& network : networks) {
        Model model = Model::train(training_rows(), std::move(network), 1);
        INFO(model.network().kind());
        CHECK(model.record().loss == TrainingLoss::mean_square);
        // The linear layer alone fits each output by itself already: what it gains is less, and looked for
        // where it learned.
        const bool all_weights = model.network().kind() == "bpnn";
        // The few rows and iterations under sanitizers tell nothing about other links.
        const bool held_out = all_weights && !sanitized;
        const TrainingRows& judge = held_out ? held_out_rows() : training_rows();
        const Accuracy before = accuracy_of(model, judge);
        model.train_on_key_rate(training_rows(), options, 1);
        CHECK(model.record().loss == TrainingLoss::key_rate);
        const Accuracy after = accuracy_of(model, judge);
        INFO(before.mean << " -> " << after.mean);
        CHECK(1 - after.mean < (held_out ? 0.9 : 0.999) * (1 - before.mean));
        if (held_out) CHECK(1 - after.median < 0.9 * (1 - before.median));
    }
    Model grnn = Model::train(training_rows(), std::make_unique<Grnn>(), 1);
    CHECK_THROWS_WITH(grnn.train_on_key_rate(training_rows(), options, 1),
                      contains_text("only bpnn and rbfnn"));
}

TEST_CASE("Without any label a network finds nearly the best key rate", "[key-rate]") {
    const auto rows = static_cast<std::uint64_t>(cases(1500, 100));
    const Columns links = read_links(small_domain("sns-finite", rows, 3).links(0, rows));
    const TrainingRows unlabelled = unlabelled_rows("sns-finite", links);
    // Nothing is known of the optima.
    CHECK((unlabelled.rate < 1e-3).all());
    KeyRateOptions options;
    options.iterations = cases(200, 20);
    options.epochs = cases(60, 8);
    const auto trained = [&] {
        return Model::train_without_labels(unlabelled, small_network(12), options, 1);
    };
    const Model model = trained();
    const Accuracy accuracy = accuracy_of(model, held_out_rows());
    CHECK(accuracy.median > cases(0.999, 0.8));
    CHECK(accuracy.mean > cases(0.995, 0.5));
    std::ostringstream once, again;
    model.save(once);
    trained().save(again);
    CHECK(once.str() == again.str());
    CHECK_THROWS_WITH(Model::train_without_labels(unlabelled, std::make_unique<Rbfnn>(), options, 1),
                      contains_text("only bpnn can"));
    Columns hopeless = links;
    hopeless.leftCols(2) = 100 + 0.001 * hopeless.leftCols(2);
    CHECK_THROWS_WITH(Model::train_without_labels(unlabelled_rows("sns-finite", hopeless), small_network(2),
                                                  {10, 5, 5, 4}, 1),
                      contains_text("no key was found on any link"));
}

TEST_CASE("The output layer reaches the least-squares solution under mean square", "[key-rate]") {
    Samples samples{Matrix(300, 2), Matrix(300, 1)};
    for (Eigen::Index row = 0; row < 300; ++row) {
        const auto draw = [&](std::uint64_t d) {
            return 4 * uniform(5, Purpose::train, static_cast<std::uint64_t>(row), d) - 2;
        };
        samples.inputs.row(row) << draw(0), draw(1);
        samples.targets(row, 0) = std::sin(2 * samples.inputs(row, 0)) * samples.inputs(row, 1);
    }
    RbfnnOptions options;
    options.max_centres = 40;
    options.spreads = {1};
    Rbfnn network(options);
    network.fit(samples, {}, 1);
    const double fitted = mean_square(network.predict(samples.inputs), samples.targets);
    network.set_output_layer(Matrix::Zero(41, 1));
    const MeanSquare loss(samples.targets);
    const TrainingRecord record =
        train_output_layer(network, samples.inputs, loss, samples.inputs, loss, {}, 1);
    CHECK(mean_square(network.predict(samples.inputs), samples.targets) < fitted * (1 + 1e-4));
    CHECK(record.train_loss.front() > 100 * fitted);
    CHECK(record.train_loss.size() < 30);
}

TEST_CASE("Polishing ends at the optimum from nearby, never below its start, and alike for any threads",
          "[key-rate][threads]") {
    for (const std::string spec : {"sns-finite", "aopp-finite", "cal-asymptotic"}) {
        INFO(spec);
        const auto protocol = make_protocol(spec);
        const TrainingRows rows = read_training_rows(small_domain(spec, 24, 4).rows(0, 24));
        Objective objective = make_objective(*protocol, rows.links, {}, 1);
        objective.starts = rows.points;
        const auto& parameters = protocol->info().parameters;
        for (std::size_t k = 0; k < parameters.size(); ++k) {
            const Quantity& q = parameters[k];
            if (!q.optimised) continue;
            const double away = (k % 2 ? 0.01 : -0.01) *
                                (to_scale(q.scale, q.search.upper) - to_scale(q.scale, q.search.lower));
            auto column = objective.starts.col(static_cast<Eigen::Index>(k));
            for (double& value : column)
                value = std::clamp(from_scale(q.scale, to_scale(q.scale, value) + away), q.search.lower,
                                   q.search.upper);
        }
        Eigen::ArrayXd start(rows.rate.size());
        protocol->rates(rows.links, objective.starts, Measure::rate, start);
        Eigen::ArrayXd before = start;
        for (const int steps : {1, 2, 5}) {
            const Optima polished = polish(objective, steps);
            CHECK((polished.rate >= before * (1 - 1e-12)).all());
            before = polished.rate;
            if (steps == 5) CHECK((polished.rate / rows.rate).mean() > 0.999999);
        }
        objective.threads = 3;
        CHECK((polish(objective, 5).points == (objective.threads = 1, polish(objective, 5).points)).all());
    }
}
