#include "tfqkd/table/quantity.hpp"

#include <cmath>

#include "tfqkd/table/number.hpp"

namespace tfqkd {

std::string Interval::text() const {
    std::string text(1, lower_open ? '(' : '[');
    text.append(format_number(lower)).append(", ").append(format_number(upper));
    return text += upper_open ? ')' : ']';
}

std::string_view scale_name(Scale scale) {
    return scale == Scale::linear ? "linear" : scale == Scale::log ? "log" : "logit";
}

double to_scale(Scale scale, double value) {
    switch (scale) {
        case Scale::linear:
            return value;
        case Scale::log:
            return std::log(value);
        case Scale::logit:
            return std::log(value) - std::log1p(-value);
    }
    return value;
}

double from_scale(Scale scale, double coordinate) {
    switch (scale) {
        case Scale::linear:
            return coordinate;
        case Scale::log:
            return std::exp(coordinate);
        case Scale::logit:
            break;
    }
    const double odds = std::exp(-std::abs(coordinate));  // at most 1: never overflows
    return coordinate < 0 ? odds / (1 + odds) : 1 / (1 + odds);
}

double scale_slope(Scale scale, double value) {
    switch (scale) {
        case Scale::linear:
            return 1;
        case Scale::log:
            return value;
        case Scale::logit:
            return value * (1 - value);
    }
    return 1;
}

}  // namespace tfqkd
