#pragma once

#include <string>
#include <string_view>

namespace tfqkd {

// An interval of the real line; an open end is not part of it.
struct Interval {
    double lower, upper;
    bool lower_open = false, upper_open = false;

    bool contains(double x) const {
        return (lower_open ? x > lower : x >= lower) && (upper_open ? x < upper : x <= upper);
    }
    std::string text() const;  // such as "(0, 1]"
};

// How a quantity is spread out for searching, sampling and learning.
enum class Scale { linear, log, logit };
std::string_view scale_name(Scale scale);  // "linear", "log", "logit"

// One named number with its unit. From this one row come the flag, the range check, the help, the column,
// and the bounds, the sampling and the scaling of searches and networks.
struct Quantity {
    std::string_view name;
    std::string_view unit;  // "" when it has none
    Interval valid;         // the values for which the formulas hold
    Interval search;        // the values that searches, samples and predictions stay within; closed
    double start;           // where a search begins, and the default of an input
    Scale scale;            // for Scale::logit the odds are taken within (0, 1)
    std::string_view help;
    bool optimised = true;               // false: an input that searches leave as it is, and
    std::string_view input_reason = "";  // why they do
};

// A number's place on its quantity's scale, and back: log x, log(x / (1 - x)), or x itself.
double to_scale(Scale scale, double value);
double from_scale(Scale scale, double coordinate);
// d value / d coordinate at `value`: x, x (1 - x), or 1.
double scale_slope(Scale scale, double value);

}  // namespace tfqkd
