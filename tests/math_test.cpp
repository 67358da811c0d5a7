#include <atomic>
#include <cmath>
#include <random>
#include <set>
#include <stdexcept>

#include "catch.hpp"
#include "sizes.hpp"
#include "tfqkd/math/chernoff.hpp"
#include "tfqkd/math/parallel.hpp"
#include "tfqkd/math/quadrature.hpp"
#include "tfqkd/math/random.hpp"

using namespace tfqkd;

namespace {

// Bounds in 50 digits, by an independent program: for each count and beta, the roots t of
//     t - 1 - log(t) = beta/count (expected, t < 1 and t > 1), t log(t) - t + 1 = beta/count (observed)
// as Lambert's W gives them, put back into the equations, count * t printed with 18 digits; python3-mpmath:
//     from mpmath import *; mp.dps = 50; c = beta/count
//     expected_lower = -count*lambertw(-exp(-1-c)).real; expected_upper = -count*lambertw(-exp(-1-c),
//     -1).real observed_lower = count*exp(1 + lambertw((c-1)/e, -1).real) where c < 1, else 0 observed_upper
//     = count*exp(1 + lambertw((c-1)/e).real)
struct ChernoffCase {
    double count, beta, expected_lower, expected_upper, observed_lower, observed_upper;
};
constexpr ChernoffCase chernoff_cases[] = {
    {1e-3, 5, 0, 5.00951909520048974, 0, 0.86710512884851415},
    {1e-3, 23.7189981105004, 0, 23.7300726089096199, 0, 3.33484195040528329},
    {1e-3, 36, 0, 36.0114915933774284, 0, 4.81326038615938463},
    {0.1, 5, 7.09547416228472423e-24, 5.50074689755683341, 0, 2.29628776414440751},
    {0.1, 23.7189981105004, 3.59257266768996042e-105, 24.3685861046086193, 0, 7.20631316213684582},
    {0.1, 36, 1.65841047768117837e-158, 36.690510324034148, 0, 9.96704655637802397},
    {1, 5, 0.00248491933514945299, 8.0907174051554846, 0, 5.57239259787763145},
    {1, 23.7189981105004, 1.83939720589104781e-11, 28.0530971517665212, 0, 13.9135783100646077},
    {1, 36, 8.53304762574406652e-17, 40.7063849587374473, 0, 18.3356654287480825},
    {7, 5, 1.57982426360133011, 18.9836904480372593, 0.570168840425431813, 16.9048565847649295},
    {7, 23.7189981105004, 0.0880420518718978653, 43.5082870560094514, 0, 32.0556153817078262},
    {7, 36, 0.0150738535932077486, 57.7744561576676549, 0, 39.5863850983892382},
    {30, 5, 15.8397425577583757, 50.8023669749665896, 14.4421071933570769, 48.9172627377569384},
    {30, 23.7189981105004, 6.14313561649583323, 84.9422114656541185, 1.59696191077055236, 74.996936733591444},
    {30, 36, 3.76909052582627707, 103.008392521049771, 0, 87.347018872021883},
    {1000, 5, 903.305182931762177, 1103.36074311183959, 901.680939821754742, 1101.65313537186397},
    {1000, 23.7189981105004, 797.71456648809515, 1233.89410756804544, 790.256233495741479,
     1225.57322181954127},
    {1000, 36, 755.115689025052543, 1292.84595512325445, 743.961460602854333, 1280.07736329799567},
    {1e5, 5, 99003.3305518495429, 101003.336107409728, 99001.6680592726256, 101001.665281468227},
    {1e5, 23.7189981105004, 97837.7573385898056, 102193.867825531859, 97829.8942238573377,
     102185.91860825518},
    {1e5, 36, 97340.6645690490186, 102707.33504695537, 97328.7454536885543, 102695.254930353144},
    {1e9, 5, 999900003.333305555, 1000100003.33336111, 999900001.666680556, 1000100001.66665278},
    {1e9, 23.7189981105004, 999782213.158076385, 1000217818.46725441, 999782205.252174204,
     1000217810.56049122},
    {1e9, 36, 999731695.84216335, 1000268352.15783661, 999731683.842968373, 1000268340.15703167},
    {1e12, 5, 999996837725.673164, 1000003162280.9935, 999996837724.006499, 1000003162279.32683},
    {1e12, 23.7189981105004, 999993112491.13241, 1000006887540.49292, 999993112483.226091,
     1000006887532.58657},
    {1e12, 36, 999991514742.625744, 1000008485305.37426, 999991514730.62577, 1000008485293.37423},
    {1e15, 5, 999999900000003.333, 1000000100000003.33, 999999900000001.667, 1000000100000001.67},
    {1e15, 23.7189981105004, 999999782197361.511, 1000000217802670.11, 999999782197353.604,
     1000000217802662.21},
    {1e15, 36, 999999731671866.7, 1000000268328181.3, 999999731671854.7, 1000000268328169.3},
};

// |value - exact| in units of `exact`.
double off(long double value, long double exact) {
    return value == exact ? 0 : static_cast<double>(std::abs((value - exact) / exact));
}

double first_lane(Pack x) {
    std::array<double, Pack::width> lanes;
    x.store(lanes.data());
    return lanes[0];
}

// Calls f(x) with `count` numbers of either sign, magnitudes spread evenly on a log scale.
template <class F>
void spread(double smallest, double largest, int count, F f) {
    std::mt19937_64 engine(9);
    std::uniform_real_distribution<double> uniform(std::log(smallest), std::log(largest));
    for (int i = 0; i < count; ++i) f(std::exp(uniform(engine)));
}

constexpr int many = cases(100'000, 5'000);

// The bounds with a name each, for any scalar.
template <class T>
std::array<T, 4> bounds(T count, T beta) {
    return {expected_lower(count, beta), expected_upper(count, beta), observed_lower(count, beta),
            observed_upper(count, beta)};
}

}  // namespace

TEST_CASE("Chernoff bounds agree with values in 50 digits", "[reference]") {
    for (const ChernoffCase& c : chernoff_cases) {
        const std::array<double, 4> exact{c.expected_lower, c.expected_upper, c.observed_lower,
                                          c.observed_upper};
        const auto plain = bounds<double>(c.count, c.beta);
        const auto fine = bounds<long double>(c.count, c.beta);
        const auto packed = bounds<Pack>(c.count, c.beta);
        for (std::size_t k = 0; k < 4; ++k) {
            INFO("count " << c.count << ", beta " << c.beta << ", bound " << k << ": " << plain[k] << ", not "
                          << exact[k]);
            // A bound far below its count is exp(-u) with a large u, whose rounding errors it has.
            const double room = 1e-14 * (1 + std::abs(std::log(std::max(exact[k], 1e-300) / c.count)));
            CHECK(std::abs(plain[k] - exact[k]) <= room * exact[k] + 1e-300);
            CHECK(std::abs(first_lane(packed[k]) - exact[k]) <= room * exact[k] + 1e-300);
            CHECK(std::abs(static_cast<double>(fine[k]) - exact[k]) <= 1e-15 * exact[k]);
        }
    }
}

TEST_CASE(
    "Chernoff bounds of random counts are the same in double, Pack and long double, and solve their "
    "equations",
    "[scalars]") {
    double worst_double = 0, worst_pack = 0, worst_root = 0;
    spread(1e-3, 1e15, many / 4, [&](double count) {
        for (const double beta : {5.0, 23.72, 36.0}) {
            const auto fine = bounds<long double>(count, beta);
            const auto plain = bounds<double>(count, beta);
            const auto packed = bounds<Pack>(count, beta);
            for (std::size_t k = 0; k < 4; ++k) {
                if (fine[k] < 1e-290L) continue;
                double steep = 1 + static_cast<double>(std::abs(std::log(fine[k] / count)));
                if (k == 2) steep /= 1 - beta / count;  // it ends in a square root at count = beta
                worst_double = std::max(worst_double, off(plain[k], fine[k]) / steep);
                worst_pack = std::max(worst_pack, off(first_lane(packed[k]), fine[k]) / steep);
            }
            const long double c = static_cast<long double>(beta) / count;
            for (const std::size_t k : {0, 1})
                if (c < 30) {
                    const long double t = fine[k] / count, x = t - 1,
                                      f = c > 0.5L ? x - std::log(t) : x - std::log1p(x);
                    worst_root =
                        std::max(worst_root, off(f, c) * static_cast<double>(std::sqrt(std::min(c, 1.0L))));
                }
        }
    });
    INFO(worst_double << " " << worst_pack << " " << worst_root);
    CHECK(worst_double < 3e-15);
    CHECK(worst_pack < 4e-15);
    CHECK(worst_root < 1e-17);
}

TEST_CASE("Chernoff bounds enclose the count, tighten as it grows, and are useless for an empty one") {
    for (const double beta : {5.0, 23.72, 36.0}) {
        double before_lower = 0, before_upper = 1e300;
        for (double count = 1e-3; count < 1e16; count *= 3) {
            const auto [expected_low, expected_up, observed_low, observed_up] = bounds<double>(count, beta);
            CHECK((expected_low < count && count < expected_up));
            CHECK((observed_low < count && count < observed_up));
            CHECK(expected_low / count >= before_lower);
            CHECK(expected_up / count <= before_upper);
            before_lower = expected_low / count;
            before_upper = expected_up / count;
            if (count <= beta) CHECK(observed_low == 0);
            // Gaussian limit: one standard deviation sqrt(2 beta count) either way.
            if (count > 1e6)
                for (const double bound : {expected_low, expected_up, observed_low, observed_up})
                    CHECK(std::abs(bound - count) == Approx(std::sqrt(2 * beta * count)).epsilon(2e-2));
        }
        CHECK(expected_lower(0.0, beta) == 0);
        CHECK(observed_lower(0.0, beta) == 0);
        CHECK(observed_upper(0.0, beta) == 0);
        CHECK(expected_upper(0.0, beta) ==
              Approx(beta).epsilon(1e-10));  // no event seen: up to beta expected
    }
}

TEST_CASE("Slopes of the Chernoff bounds agree with differences, by count and by beta") {
    using Two = Dual<double, 2>;
    double worst = 0;
    int compared = 0;
    spread(1e-2, 1e13, many / 20, [&](double count) {
        const double beta = 23.72;
        const auto exact = bounds<Two>(Two::variable(count, 0), Two::variable(beta, 1));
        const long double step = 1e-6L;
        const auto by_count_up = bounds<long double>(count * (1 + step), beta),
                   by_count_down = bounds<long double>(count * (1 - step), beta),
                   by_beta_up = bounds<long double>(count, beta * (1 + step)),
                   by_beta_down = bounds<long double>(count, beta * (1 - step));
        for (std::size_t k = 0; k < 4; ++k) {
            if (exact[k].value < 1e-200) continue;
            const long double by_count = (by_count_up[k] - by_count_down[k]) / (2 * step * count),
                              by_beta = (by_beta_up[k] - by_beta_down[k]) / (2 * step * beta);
            if (k == 2 && std::abs(count / beta - 1) < 1e-4) continue;  // the end of (S23)
            worst = std::max({worst, off(exact[k].slopes[0], by_count), off(exact[k].slopes[1], by_beta)});
            ++compared;
        }
    });
    CHECK(worst < 1e-6);
    CHECK(compared > many / 20 * 3);
}

TEST_CASE("Pack's exponentials and logarithms are those of the C library", "[scalars]") {
    double worst[5] = {};
    const auto note = [&](int which, Pack value, double exact) {
        worst[which] = std::max(worst[which], off(first_lane(value), exact));
    };
    spread(1e-300, 700, many, [&](double x) {
        for (const double signed_x : {x, -x}) {
            if (signed_x > -700) note(0, exp(Pack(signed_x)), std::exp(signed_x));
            note(1, expm1(Pack(signed_x)), std::expm1(signed_x));
            if (signed_x > -1) note(2, log1p(Pack(signed_x)), std::log1p(signed_x));
        }
    });
    spread(1e-300, 1e300, many, [&](double x) {
        note(3, log(Pack(x)), std::log(x));
        note(4, sqrt(Pack(x)), std::sqrt(x));
    });
    for (const double x : {0.5, 0.9, 0.99, 0.999999}) note(2, log1p(Pack(-x)), std::log1p(-x));
    INFO(worst[0] << " " << worst[1] << " " << worst[2] << " " << worst[3] << " " << worst[4]);
    CHECK(worst[0] < 4e-16);
    CHECK(worst[1] < 1e-15);
    CHECK(worst[2] < 1e-15);
    CHECK(worst[3] < 4e-16);
    CHECK(worst[4] < 5e-16);
    CHECK(first_lane(expm1(Pack(0.0))) == 0);
    CHECK(first_lane(log1p(Pack(0.0))) == 0);
    CHECK(first_lane(expm1(Pack(-800.0))) == -1);
    for (const double x : {709.3, 709.5, 709.77, 720.0, 800.0})  // where the C library overflows, too
        CHECK(first_lane(expm1(Pack(x))) == Approx(std::expm1(std::min(x, 709.4))).epsilon(1e-12));
}

TEST_CASE("Pack selects and compares as plain numbers do", "[scalars]") {
    const Pack one(1.0), two(2.0);
    CHECK(first_lane(where_greater(two, one, Pack(5.0), Pack(6.0))) == 5);
    CHECK(first_lane(where_greater(one, two, Pack(5.0), Pack(6.0))) == 6);
    CHECK(first_lane(where_greater(one, one, Pack(5.0), Pack(6.0))) == where_greater(1.0, 1.0, 5.0, 6.0));
    CHECK(first_lane(min(one, two)) == 1);
    CHECK(first_lane(max(one, two)) == 2);
    std::array<double, Pack::width> lanes;
    for (std::size_t i = 0; i < lanes.size(); ++i) lanes[i] = static_cast<double>(i) - 2;
    std::array<double, Pack::width> chosen;
    where_greater(Pack::load(lanes.data()), Pack(0.0), Pack(1.0), Pack(-1.0)).store(chosen.data());
    for (std::size_t i = 0; i < lanes.size(); ++i) CHECK(chosen[i] == (lanes[i] > 0 ? 1 : -1));
}

TEST_CASE("Series and entropy are exact to rounding") {
    // From x = 1e-8 to the ends of their ranges; long double by the C++ library, with x^2 as they are given
    // it.
    double worst_bessel = 0, worst_sine = 0, worst_sinc = 0;
    spread(1e-8, 4, many / 10, [&](double x) {
        const double square = x * x;
        const long double root = std::sqrt(static_cast<long double>(square));
        if (x > 1e-3)
            worst_bessel =
                std::max(worst_bessel, off(bessel_i0_minus_1(square), std::cyl_bessel_il(0, root) - 1) *
                                           std::min(1.0, square));
        if (x > std::numbers::pi / 2) return;
        const long double sine = std::sin(root);
        worst_sine = std::max(worst_sine, off(sine_squared(square), sine * sine));
        if (x > 1e-3)
            worst_sinc =
                std::max(worst_sinc, off(one_minus_sinc(square), 1 - sine / root) * std::min(1.0, square));
    });
    CHECK(worst_bessel < 1e-15);
    CHECK(worst_sine < 1e-15);
    CHECK(worst_sinc < 1e-15);
    // mpmath, 50 digits: besseli(0, mpf('1e-6')) - 1 and 1 - sin(mpf('1e-6'))/mpf('1e-6')
    CHECK(bessel_i0_minus_1(1e-12) == Approx(2.50000000000015625e-13).epsilon(1e-15));
    CHECK(one_minus_sinc(1e-12) == Approx(1.66666666666658333e-13).epsilon(1e-15));

    double worst_entropy = 0;
    spread(1e-15, 1, many / 10, [&](double x) {
        const long double y = x, exact = -(y * std::log(y) + (1 - y) * std::log1p(-y)) / std::log(2.0L);
        worst_entropy = std::max(worst_entropy, off(binary_entropy(x), exact));
        worst_entropy = std::max(worst_entropy, off(first_lane(binary_entropy(Pack(x))), exact));
    });
    CHECK(worst_entropy < 3e-15);
    CHECK(binary_entropy(0.5) == 1);
    CHECK(binary_entropy(0.0) == Approx(0).margin(1e-295));
    CHECK(binary_entropy(1.0) == Approx(0).margin(1e-12));
    CHECK(binary_entropy(0.11) == Approx(0.499915958164528).epsilon(1e-14));
}

TEST_CASE("Polynomials, their derivatives, and slopes by the chain rule") {
    constexpr std::array c{3.0, -2.0, 0.5, 4.0};
    static_assert(derivative(c) == std::array{-2.0, 1.0, 12.0});
    CHECK(polynomial(2.0, c) == 3 - 4 + 2 + 32);
    CHECK(polynomial(7.0, std::array{5.0}) == 5);
    const auto x = Dual<double, 1>::variable(2.0, 0);
    CHECK(polynomial(x, c).slopes[0] == -2 + 2 * 0.5 * 2 + 3 * 4 * 4);
    const auto slope_of = [](auto f, double at) { return f(Dual<double, 1>::variable(at, 0)).slopes[0]; };
    using Variable = Dual<double, 1>;
    CHECK(slope_of([](Variable y) { return exp(y); }, 0.7) == Approx(std::exp(0.7)).epsilon(1e-15));
    CHECK(slope_of([](Variable y) { return expm1(y); }, -3) == Approx(std::exp(-3)).epsilon(1e-14));
    CHECK(slope_of([](Variable y) { return log(y); }, 0.2) == Approx(5).epsilon(1e-15));
    CHECK(slope_of([](Variable y) { return log1p(y); }, 0.25) == Approx(0.8).epsilon(1e-15));
    CHECK(slope_of([](Variable y) { return sqrt(y); }, 4) == Approx(0.25).epsilon(1e-15));
    CHECK(slope_of([](Variable y) { return sqrt(y); }, 0) == 0);
    CHECK(slope_of([](Variable y) { return 3.0 / y - y / 2.0 + (1.0 - y) * y; }, 2) ==
          Approx(-0.75 - 0.5 - 3));
    CHECK(slope_of([](Variable y) { return max(y, Variable(1.0)) + min(y, Variable(5.0)); }, 2) == 2);
    CHECK(slope_of([](Variable y) { return binary_entropy(y); }, 0.2) == Approx(2).epsilon(1e-14));
}

TEST_CASE("Quadrature rules integrate what they promise exactly") {
    double length = 0, even = 0;
    for (std::size_t i = 0; i < EvenGaussLegendre::nodes.size(); ++i) {
        length += EvenGaussLegendre::weights[i];
        even += EvenGaussLegendre::weights[i] * std::pow(EvenGaussLegendre::nodes[i], 30);
    }
    CHECK(length == Approx(1).epsilon(1e-15));
    CHECK(even == Approx(1.0 / 31).epsilon(1e-13));
    for (int power = 0; power <= 19; ++power) {
        double sum = 0;
        for (std::size_t i = 0; i < TriangularGauss::nodes.size(); ++i)
            sum += TriangularGauss::weights[i] * std::pow(TriangularGauss::nodes[i], power);
        CHECK(sum == Approx(2.0 / ((power + 1) * (power + 2))).epsilon(1e-14));
    }
}

TEST_CASE("A parallel loop visits each index once, on any number of threads", "[threads]") {
    for (const int threads : {-1, 0, 1, 2, 7, 64})
        for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{5}, std::size_t{1000}}) {
            std::vector<std::atomic<int>> visits(count);
            parallel_for(count, threads, [&](std::size_t index) { ++visits[index]; });
            CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n == 1; }));
        }
}

TEST_CASE("A parallel loop throws what its work throws, and no index is visited twice before that",
          "[threads]") {
    for (const int threads : {1, 2, 4}) {
        std::vector<std::atomic<int>> visits(2000);
        const auto work = [&](std::size_t index) {
            ++visits[index];
            if (index == 500) throw std::runtime_error("at 500");
        };
        CHECK_THROWS_WITH(parallel_for(visits.size(), threads, work), "at 500");
        CHECK(visits[500] == 1);
        CHECK(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n <= 1; }));
        if (threads == 1) CHECK(visits[501] == 0);
    }
    CHECK_THROWS_AS(parallel_for(100, 2, [](std::size_t) { throw 1; }), int);
    CHECK(default_threads() >= 1);
}

// Rows of data sets are functions of these numbers: they never change.
TEST_CASE("Random numbers are the same for ever, and a function of their arguments alone") {
    CHECK(mix(0) == 0xe220a8397b1dcdafu);  // SplitMix64 with seed 0
    CHECK(mix(0x9e3779b97f4a7c15u) == 0x6e789e6aa1b965f4u);
    CHECK(uniform(1, Purpose::sample, 0, 0) == 0x1.92cbac6918310p-1);
    CHECK(uniform(1, Purpose::sample, 12345, 3) == 0x1.72d08a15a787dp-1);
    CHECK(uniform(42, Purpose::restart, 7, 1) == 0x1.0ddd50439bd72p-1);
    CHECK(uniform(0, Purpose::split, 0, 0) == 0x1.ac707812f8f81p-1);
    static_assert(uniform(1, Purpose::sample, 0, 0) == uniform(1, Purpose::sample, 0, 0));

    std::set<double> different;
    double sum = 0, squares = 0;
    constexpr int count = 20'000;
    for (int i = 0; i < count; ++i) {
        const double u = uniform(3, Purpose::sample, static_cast<std::uint64_t>(i), 0);
        CHECK_FALSE((u < 0 || u >= 1));
        different.insert(u);
        sum += u;
        squares += u * u;
    }
    CHECK(different.size() == count);
    CHECK(sum / count == Approx(0.5).margin(0.01));
    CHECK(squares / count == Approx(1.0 / 3).margin(0.01));
    CHECK(uniform(3, Purpose::sample, 5, 0) != uniform(3, Purpose::restart, 5, 0));
    CHECK(uniform(3, Purpose::sample, 5, 0) != uniform(3, Purpose::sample, 5, 1));
    CHECK(uniform(3, Purpose::sample, 5, 0) != uniform(4, Purpose::sample, 5, 0));
}
