#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "nn_data.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/nn/bpnn.hpp"
#include "tfqkd/nn/loss.hpp"

using namespace tfqkd;

namespace {

BpnnOptions small(Trainer trainer) {
    BpnnOptions options;
    options.hidden = {8, 6};
    options.trainer = trainer;
    options.adam.epochs = 300;
    options.adam.patience = options.lbfgs.patience = options.levenberg_marquardt.patience = 300;
    return options;
}

// Mean of |error|, smoothed: a loss that is not the mean square.
class SmoothedAbsolute : public Loss {
  public:
    explicit SmoothedAbsolute(const Matrix& targets) : targets_(targets) {}
    double operator()(const Matrix& predicted, std::span<const int> rows, Matrix* slope) const override {
        const std::vector<int> some(rows.begin(), rows.end());
        const Eigen::ArrayXXd error = predicted - targets_(some, Eigen::all);
        const Eigen::ArrayXXd size = (error.square() + 1e-4).sqrt();
        if (slope) *slope = error / size / static_cast<double>(rows.size());
        return size.sum() / static_cast<double>(rows.size());
    }

  private:
    const Matrix& targets_;
};

}  // namespace

TEST_CASE("every trainer overfits eight samples", "[nn][bpnn]") {
    const auto samples = smooth_samples(8, 1);
    for (const auto trainer : {Trainer::adam, Trainer::lbfgs, Trainer::levenberg_marquardt}) {
        auto options = small(trainer);
        options.adam = {.epochs = 4000, .batch = 8, .rate = 1e-2};
        options.adam.patience = options.lbfgs.patience = options.levenberg_marquardt.patience = 4000;
        Bpnn network(options);
        const auto record = network.fit(samples, {}, 3);
        INFO("trainer " << static_cast<int>(trainer));
        CHECK(record.best_check_loss < 1e-6);
        CHECK(mean_square(network.predict(samples.inputs), samples.targets) ==
              Approx(record.best_check_loss));
    }
}

TEST_CASE("every trainer learns a smooth function", "[nn][bpnn]") {
    const auto train = smooth_samples(600, 1), check = smooth_samples(200, 2), test = smooth_samples(200, 3);
    const std::pair<Trainer, double> limits[] = {
        {Trainer::adam, 1e-2}, {Trainer::lbfgs, 1e-3}, {Trainer::levenberg_marquardt, 1e-4}};
    for (const auto& [trainer, limit] : limits) {
        auto options = small(trainer);
        options.levenberg_marquardt.iterations = 60;
        options.lbfgs.iterations = 400;
        Bpnn network(options);
        network.fit(train, check, 1);
        INFO("trainer " << static_cast<int>(trainer));
        CHECK(mean_square(network.predict(test.inputs), test.targets) < limit);
    }
}

TEST_CASE("training depends on the seed alone", "[nn][bpnn]") {
    const auto train = smooth_samples(100, 1), check = smooth_samples(50, 2);
    auto options = small(Trainer::levenberg_marquardt);
    options.levenberg_marquardt.iterations = 5;
    options.restarts = 2;
    Bpnn one(options), same(options), other(options);
    one.fit(train, check, 7);
    same.fit(train, check, 7);
    other.fit(train, check, 8);
    CHECK(one.network().weights() == same.network().weights());
    CHECK(one.network().weights() != other.network().weights());
}

TEST_CASE("of several restarts the best on check is kept", "[nn][bpnn]") {
    const auto train = smooth_samples(100, 1), check = smooth_samples(50, 2);
    auto options = small(Trainer::adam);
    options.adam.epochs = 10;
    double previous = 1e300;
    for (const int restarts : {1, 2, 4, 8}) {
        options.restarts = restarts;
        Bpnn network(options);
        const auto record = network.fit(train, check, 7);
        CHECK(record.best_check_loss <= previous);
        CHECK(record.check_loss[record.best_epoch] == record.best_check_loss);
        CHECK(mean_square(network.predict(check.inputs), check.targets) == Approx(record.best_check_loss));
        previous = record.best_check_loss;
    }
}

TEST_CASE("training goes on from the present weights with another loss", "[nn][bpnn]") {
    const auto train = smooth_samples(200, 1), check = smooth_samples(100, 2);
    const SmoothedAbsolute train_loss(train.targets), check_loss(check.targets);
    for (const auto trainer : {Trainer::adam, Trainer::lbfgs}) {
        auto options = small(Trainer::adam);
        options.adam.epochs = 20;
        Bpnn network(options);
        network.fit(train, check, 1);
        const double before = network.network().loss(check.inputs, check_loss);
        options.trainer = trainer;
        options.lbfgs.iterations = 50;
        const auto record = network.train_on(train.inputs, train_loss, check.inputs, check_loss, options, 2);
        CHECK(record.check_loss.front() == before);
        CHECK(record.best_check_loss < 0.95 * before);
        CHECK(network.network().loss(check.inputs, check_loss) == record.best_check_loss);
    }
}

TEST_CASE("one sample is predicted like many", "[nn][bpnn]") {
    for (const auto& widths : {std::vector<int>{3, 32, 16, 2}, {3, 7, 2}, {3, 600, 2}}) {
        Perceptron network(widths, Activation::tanh);
        network.randomise(1);
        const Matrix inputs = random_matrix(300, 3, 4);
        const Bpnn bpnn(network);
        CHECK(largest_difference(predict_each(bpnn, inputs), bpnn.predict(inputs)) < 1e-13);
    }
}

TEST_CASE("options out of range are named", "[nn][bpnn]") {
    BpnnOptions options;
    options.adam.rate = 0;
    CHECK_THROWS_WITH(options.validate(), contains_text("adam.rate"));
    options = {};
    options.hidden = {32, 0};
    CHECK_THROWS_WITH(Bpnn(options), contains_text("hidden"));
    options = {};
    options.hidden = {200, 200};
    Bpnn wide(options);
    CHECK_THROWS_WITH(wide.fit(smooth_samples(10, 1), {}, 1), contains_text("trainer"));
}

TEST_CASE("samples that cannot be learned from are refused", "[nn][bpnn]") {
    Bpnn network;
    CHECK_THROWS_AS(network.fit({Matrix(0, 3), Matrix(0, 2)}, {}, 1), Error);
    auto samples = smooth_samples(10, 1);
    samples.targets(3, 1) = std::nan("");
    CHECK_THROWS_AS(network.fit(samples, {}, 1), Error);
}
