#include "report/rivals.hpp"

#include <memory>

#include "report/look_up_table.hpp"
#include "tfqkd/math/parallel.hpp"
#include "tfqkd/nn/polynomial.hpp"
#include "tfqkd/report/accuracy.hpp"

namespace tfqkd {

namespace {

using One = std::function<void(std::span<const double> link, std::span<double> point)>;

// A method that chooses for each link on its own.
Method one_by_one(std::string name, const TrainingRows& train, One one) {
    const Eigen::Index parameters = train.points.cols();
    const auto all = [one, parameters](const Columns& links, int threads) {
        constexpr Eigen::Index rows_a_part = 256;
        Choice choice{Columns(links.rows(), parameters), {}, {}, {}};
        parallel_for_parts(links.rows(), rows_a_part, threads, [&](Eigen::Index first, Eigen::Index count) {
            std::vector<double> link(static_cast<std::size_t>(links.cols())),
                point(static_cast<std::size_t>(parameters));
            for (Eigen::Index row = first; row < first + count; ++row) {
                std::copy(links.row(row).begin(), links.row(row).end(), link.begin());
                one(link, point);
                std::copy(point.begin(), point.end(), choice.points.row(row).begin());
            }
        });
        return choice;
    };
    return {std::move(name), train.protocol, all, one};
}

// Of up to 200 optima of the training rows, the one that keeps the largest mean share of the best rate on up
// to 1,000 rows.
std::vector<double> best_fixed_point(const TrainingRows& train) {
    const auto protocol = make_protocol(train.protocol);
    const Eigen::Index rows = std::min<Eigen::Index>(train.links.rows(), 1000),
                       candidates = std::min<Eigen::Index>(rows, 200);
    const Columns links = train.links.topRows(rows);
    Eigen::ArrayXd rate(rows);
    double best = -1;
    Eigen::Index chosen = 0;
    for (Eigen::Index c = 0; c < candidates; ++c) {
        protocol->rates(links, train.points.row(c).replicate(rows, 1), Measure::rate, rate);
        const double mean = measure_accuracy(rate, train.rate.head(rows)).mean;
        if (mean > best) {
            best = mean;
            chosen = c;
        }
    }
    return {train.points.row(chosen).begin(), train.points.row(chosen).end()};
}

// The optimum of the training link that is nearest in `scale`'s scaled inputs.
One nearest_row(const std::shared_ptr<const Model>& scale, const TrainingRows& train) {
    const Matrix patterns = scale->scaled_inputs(train.links).transpose();  // inputs x rows
    return [scale, patterns, points = train.points](std::span<const double> link, std::span<double> point) {
        const Eigen::VectorXd input = scale->scaled_inputs(one_row(link)).row(0);
        Eigen::Index index = 0;
        (patterns.colwise() - input).colwise().squaredNorm().minCoeff(&index);
        std::copy(points.row(index).begin(), points.row(index).end(), point.begin());
    };
}

}  // namespace

std::vector<Method> plain_rivals(const TrainingRows& train, int threads) {
    const auto ridge = std::make_shared<const Model>(Model::train(train, std::make_unique<Polynomial>(), 1));
    const std::vector<double> typical(train.links.row(0).begin(), train.links.row(0).end());
    const auto table = std::make_shared<const LookUpTable>(
        *ridge, typical, static_cast<std::size_t>(train.links.rows()), threads);
    std::vector<Method> rivals;
    rivals.push_back({"degree-5 polynomial ridge", train.protocol,
                      [ridge](const Columns& links, int) {
                          return Choice{ridge->points(links), {}, {}, {}};
                      },
                      [ridge](std::span<const double> link, std::span<double> point) {
                          ridge->predict_one(link, point);
                      }});
    rivals.push_back(one_by_one("look-up table", train,
                                [ridge, table](std::span<const double> link, std::span<double> point) {
                                    table->choose(link, point);
                                }));
    rivals.push_back(one_by_one("nearest row", train, nearest_row(ridge, train)));
    rivals.push_back(
        one_by_one("best fixed parameters", train,
                   [point = best_fixed_point(train)](std::span<const double>, std::span<double> out) {
                       std::copy(point.begin(), point.end(), out.begin());
                   }));
    return rivals;
}

}  // namespace tfqkd
