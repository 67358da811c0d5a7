#pragma once

#include <random>

#include "catch.hpp"
#include "tfqkd/protocol/adapter.hpp"

// What must hold for every key-rate model, tried on random links and points of the search ranges.
namespace checks {

using namespace tfqkd;

inline Columns random_rows(const std::vector<Quantity>& quantities, Eigen::Index rows, unsigned seed) {
    std::mt19937_64 engine(seed);
    std::uniform_real_distribution<double> uniform(0, 1);
    Columns values(rows, static_cast<Eigen::Index>(quantities.size()));
    for (Eigen::Index row = 0; row < rows; ++row)
        for (std::size_t k = 0; k < quantities.size(); ++k) {
            const Quantity& q = quantities[k];
            const double lower = to_scale(q.scale, q.search.lower), upper = to_scale(q.scale, q.search.upper);
            const double at = from_scale(q.scale, lower + (upper - lower) * uniform(engine));
            values(row, static_cast<Eigen::Index>(k)) = std::clamp(at, q.search.lower, q.search.upper);
        }
    return values;
}

inline std::vector<double> row_of(const Columns& columns, Eigen::Index row) {
    std::vector<double> values(static_cast<std::size_t>(columns.cols()));
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = columns(row, static_cast<Eigen::Index>(k));
    return values;
}

// One protocol, as the template behind it and as users see it.
template <class Formula>
class Model {
  public:
    explicit Model(const std::string& spec)
        : protocol_(make_protocol(spec)),
          adapter_(dynamic_cast<const Adapter<Formula>&>(*protocol_)),
          links_(random_rows(link_quantities(), rows, 1)),
          points_(random_rows(protocol_->info().parameters, rows, 2)) {}

    // Arms of the same loss, for models that have no key otherwise.
    Model& on_equal_arms() {
        links_.col(1) = links_.col(0);
        return *this;
    }

    void check() const {
        INFO(protocol_->info().spec());
        check_finite();
        check_parity();
        check_slopes();
    }

    // Rates, scores and their slopes are numbers everywhere; no key gives a score that is not above 0.
    void check_finite() const {
        for (const Measure measure : {Measure::rate, Measure::score}) {
            Eigen::ArrayXd values(rows), same(rows), plain(rows);
            Columns slopes(rows, points_.cols());
            protocol_->rates(links_, points_, measure, values);
            protocol_->slopes(links_, points_, measure, same, slopes);
            for (Eigen::Index row = 0; row < rows; ++row)
                plain[row] = protocol_->rate(row_of(links_, row), row_of(points_, row), measure);
            CHECK(values.isFinite().all());
            CHECK(plain.isFinite().all());
            CHECK(same.isFinite().all());
            CHECK(slopes.isFinite().all());
        }
        for (Eigen::Index row = 0; row < rows; ++row)
            for (const double x : protocol_->sensitivity(row_of(links_, row), row_of(points_, row)))
                if (!std::isfinite(x)) FAIL_CHECK("sensitivity of row " << row);
    }

    // Pack and double against long double, relative to the sifted rate where the rate is smaller.
    void check_parity() const {
        double worst = 0;
        Eigen::ArrayXd packed(rows);
        protocol_->rates(links_, points_, Measure::rate, packed);
        for (Eigen::Index row = 0; row < rows; ++row) {
            const auto link = row_of(links_, row), point = row_of(points_, row);
            const KeyRate<long double> exact = adapter_.template key_rate<long double>(link, point);
            const KeyRate<double> plain = adapter_.template key_rate<double>(link, point);
            const long double scale = std::max(std::abs(exact.rate), exact.sifted);
            for (const double rate : {packed[row], plain.rate})
                worst = std::max(worst, static_cast<double>(std::abs(rate - exact.rate) / scale));
            worst = std::max(worst,
                             static_cast<double>(std::abs(plain.excess - exact.excess) / (1 + exact.excess)));
        }
        CHECK(worst < 1e-10);
    }

    // Slopes of rate and score by every parameter against differences, where these are smooth.
    void check_slopes() const {
        for (const Measure measure : {Measure::rate, Measure::score}) {
            Eigen::ArrayXd values(rows);
            Columns slopes(rows, points_.cols());
            protocol_->slopes(links_, points_, measure, values, slopes);
            double worst = 0;
            int smooth = 0;
            for (Eigen::Index row = 0; row < 300; ++row)
                for (Eigen::Index k = 0; k < points_.cols(); ++k) {
                    const double error = slope_error(row, k, measure, slopes(row, k));
                    if (error >= 0) worst = std::max(worst, error), ++smooth;
                }
            CHECK(worst < 1e-6);
            CHECK(smooth >= 200 * points_.cols());
        }
    }

  private:
    static constexpr Eigen::Index rows = 10'003;  // with a ragged tail

    // How far a slope is from the difference, relative to value/x; -1 next to a kink.
    double slope_error(Eigen::Index row, Eigen::Index k, Measure measure, double slope) const {
        const auto link = row_of(links_, row), point = row_of(points_, row);
        const double x = point[static_cast<std::size_t>(k)], lower = x * (1 - 1e-6), upper = x * (1 + 1e-6);
        const auto at = [&](double moved) {
            auto there = point;
            there[static_cast<std::size_t>(k)] = moved;
            return measured(adapter_.template key_rate<long double>(link, there), measure);
        };
        const long double sifted = adapter_.template key_rate<long double>(link, point).sifted;
        const long double here = at(x);
        const long double unit = measure == Measure::score && here <= 0 ? 1 : sifted;
        const long double scale = (std::abs(here) + unit) / static_cast<long double>(x);
        const long double left = (here - at(lower)) / (x - lower), right = (at(upper) - here) / (upper - x);
        if (std::abs(left - right) > 1e-4L * scale) return -1;
        return static_cast<double>(std::abs((left + right) / 2 - slope) / scale);
    }

    std::unique_ptr<const Protocol> protocol_;
    const Adapter<Formula>& adapter_;
    Columns links_, points_;
};

}  // namespace checks
