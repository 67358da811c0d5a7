#include <cmath>
#include <limits>

#include "catch.hpp"
#include "tfqkd/table/quantity.hpp"

using namespace tfqkd;

TEST_CASE("an interval says its ends", "[table]") {
    CHECK(Interval{0, 1, true, false}.text() == "(0, 1]");
    CHECK(Interval{-0.5, 1e-9, false, true}.text() == "[-0.5, 1e-09)");
    CHECK(Interval{0, std::numeric_limits<double>::infinity(), false, true}.text() == "[0, inf)");
    CHECK_FALSE(Interval{0, 1, true, false}.contains(0));
    CHECK(Interval{0, 1, true, false}.contains(1));
    CHECK_FALSE(Interval{0, 1}.contains(std::nan("")));
}

TEST_CASE("scales go there and back", "[table]") {
    for (const double x : {1e-12, 0.1, 0.5, 0.999}) {
        CHECK(from_scale(Scale::linear, to_scale(Scale::linear, x)) == x);
        CHECK(from_scale(Scale::log, to_scale(Scale::log, x)) == Approx(x).epsilon(1e-13));
        CHECK(from_scale(Scale::logit, to_scale(Scale::logit, x)) == Approx(x).epsilon(1e-13));
    }
    CHECK(to_scale(Scale::log, std::exp(2.0)) == Approx(2));
    CHECK(to_scale(Scale::logit, 0.75) == Approx(std::log(3.0)));
    CHECK(to_scale(Scale::logit, 0.5) == 0);
}

TEST_CASE("the logit comes back from far out", "[table]") {
    CHECK(from_scale(Scale::logit, 1e6) == 1);
    CHECK(from_scale(Scale::logit, -1e6) == 0);
    CHECK(from_scale(Scale::logit, -700) == Approx(std::exp(-700.0)));
    CHECK(from_scale(Scale::logit, -700) > 0);
}
