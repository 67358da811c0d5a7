#pragma once

#include <Eigen/Core>
#include <array>
#include <span>
#include <string>
#include <vector>

#include "tfqkd/table/quantity.hpp"
#include "tfqkd/table/table.hpp"

namespace tfqkd {

// A quantity and the struct member that holds it.
template <class Owner, class T>
struct Field {
    Quantity quantity;
    T Owner::*member;
};

// Everything about a link and its devices that is given, not chosen. Both users send to a middle station,
// Charlie.
template <class T>
struct Link {
    T loss_a_db, loss_b_db;
    T detector_efficiency;
    T dark_count_probability;
    T misalignment, phase_mismatch;
    T error_correction_inefficiency;
    T pulses;
    T chernoff_failure, correctness_failure, privacy_failure, smoothing_failure;

    static constexpr auto fields() {
        constexpr Interval failure{0, 1, true, true};
        return std::to_array<Field<Link, T>>({
            {{"loss_a_db",
              "dB",
              {0, 120},
              {0, 50},
              20,
              Scale::linear,
              "channel loss from Alice to Charlie, without the detection efficiency"},
             &Link::loss_a_db},
            {{"loss_b_db",
              "dB",
              {0, 120},
              {0, 50},
              20,
              Scale::linear,
              "channel loss from Bob to Charlie, without the detection efficiency"},
             &Link::loss_b_db},
            {{"detector_efficiency",
              "",
              {0, 1, true},
              {0.2, 0.9},
              0.3,
              Scale::linear,
              "detection efficiency of Charlie's two detectors"},
             &Link::detector_efficiency},
            {{"dark_count_probability",
              "",
              {0, 1e-3},
              {1e-11, 1e-6},
              1e-8,
              Scale::log,
              "dark and background counts per detector and time window"},
             &Link::dark_count_probability},
            {{"misalignment",
              "",
              {0, 0.5},
              {0.005, 0.10},
              0.03,
              Scale::linear,
              "probability that a click is attributed to the wrong detector"},
             &Link::misalignment},
            {{"phase_mismatch",
              "pi",
              {0, 1},
              {0, 0.1},
              0,
              Scale::linear,
              "constant phase difference between the arms; CAL and PM protocols"},
             &Link::phase_mismatch},
            {{"error_correction_inefficiency",
              "",
              {1, 2},
              {1.05, 1.25},
              1.1,
              Scale::linear,
              "bits announced for error correction over the Shannon limit, f"},
             &Link::error_correction_inefficiency},
            {{"pulses",
              "",
              {1e6, 1e18},
              {1e10, 1e16},
              1e12,
              Scale::log,
              "time windows N; in each one both users send one pulse"},
             &Link::pulses},
            {{"chernoff_failure",
              "",
              failure,
              {1e-15, 1e-5},
              1e-10,
              Scale::log,
              "failure probability of one use of the Chernoff bound, both sides together"},
             &Link::chernoff_failure},
            {{"correctness_failure",
              "",
              failure,
              {1e-15, 1e-5},
              1e-10,
              Scale::log,
              "probability that the users' keys differ"},
             &Link::correctness_failure},
            {{"privacy_failure",
              "",
              failure,
              {1e-15, 1e-5},
              1e-10,
              Scale::log,
              "failure probability of privacy amplification"},
             &Link::privacy_failure},
            {{"smoothing_failure",
              "",
              failure,
              {1e-15, 1e-5},
              1e-10,
              Scale::log,
              "smoothing parameter of the min-entropy"},
             &Link::smoothing_failure},
        });
    }
};

// Links as columns: rows x link_quantities(), in that order.
using Columns = Eigen::ArrayXXd;
using ColumnsRef = Eigen::Ref<const Eigen::ArrayXXd, 0, Eigen::OuterStride<>>;

// The members of Link, in order.
const std::vector<Quantity>& link_quantities();

// What a user may say of a link: the members of Link, and distances in place of losses:
// loss = distance * attenuation; a total distance or loss is halved.
const std::vector<Quantity>& link_inputs();
bool is_link_input(std::string_view name);
bool is_length(std::string_view input);  // one that states a distance or a loss

// The links that a table describes, one a row. A quantity that has no column takes its value from the table's
// property "link.NAME", else from `defaults` (input name, value), else its own start value; the names of the
// latter are appended to `assumed`. Throws Error (data) with the place for a value out of range, no distance
// or loss at all, or two ways of stating the loss at once; Error (usage) when no file is behind it.
Columns read_links(const Table& table, std::span<const std::pair<std::string, double>> defaults = {},
                   std::vector<std::string>* assumed = nullptr);

// The columns that results have beside a protocol's parameters.
inline constexpr auto result_columns =
    std::to_array<std::string_view>({"key_rate_bit_per_pulse", "signed_rate_bit_per_pulse", "projected_slope",
                                     "evaluations", "method", "stop", "status", "outside", "sparse"});

// Throws Error (data) for a column that is neither a link input, nor one of `parameters`, nor a result, but
// nearly one: it is a mistake, not a label. Any other column is a label and is carried along.
void refuse_mistyped(const Table& table, const std::vector<Quantity>& parameters);

// Throws Error (usage) naming quantity, value and range when the value is not valid.
void check_value(const Quantity& quantity, double value, std::string_view where = "");

}  // namespace tfqkd
