#pragma once

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

// The one place that says how links stated in other words become link quantities. Papers and experiments
// state losses, errors, intensities and counts in different ways; the formulas have one.
namespace tfqkd {

// The loss of an arm alone [dB], from one that includes a detection efficiency.
inline double loss_without_detector_db(double loss_with_detector_db, double detector_efficiency) {
    return loss_with_detector_db + 10 * std::log10(detector_efficiency);
}

// Dark and background counts per detector and window, from counts per second of one detector.
inline double dark_counts_per_window(double counts_per_second, double window_s) {
    return -std::expm1(-counts_per_second * window_s);
}

// The misalignment of two polarisations at an angle theta [rad] to each other: cos theta = 1 - 2 e.
inline double misalignment_of_angle(double theta) {
    const double s = std::sin(theta / 2);
    return s * s;
}

// The error that a constant phase difference [pi] gives by itself.
inline double error_of_phase_mismatch(double phase_mismatch) {
    return misalignment_of_angle(phase_mismatch * std::numbers::pi);
}

// Two independent causes of a click at the wrong detector: either one, not both.
inline double joined_errors(double a, double b) { return a + b - 2 * a * b; }

// Both users' intensity, as PM has it, from one user's on arms of equal loss.
inline double summed_intensity(double one_user) { return 2 * one_user; }

// What is stated otherwise, how it is converted, and which protocols take it how.
struct Conversion {
    std::string quantity, stated_as, conversion, remark;
};
const std::vector<Conversion>& conversions();

}  // namespace tfqkd
