#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tfqkd/optimize/search.hpp"
#include "tfqkd/table/table.hpp"

namespace tfqkd {

// How links are drawn from a domain. sobol: a shifted low-discrepancy series; grid: every combination of
// `steps` values an axis.
enum class Sampling { random, sobol, grid };
Sampling sampling_named(std::string_view name);  // throws Error (usage)
std::string_view sampling_name(Sampling sampling);

// One link input that varies over a domain.
struct DomainAxis {
    std::string name;
    double lower, upper;
    Scale scale;
    int steps = 0;  // for Sampling::grid
};

// A set of links: some inputs vary, some are set, the others have their start values.
struct Domain {
    std::vector<DomainAxis> axes;
    std::vector<std::pair<std::string, double>> set;
};

// The default domain: symmetric fibre links of 0 to 500 km and every other quantity that the protocol depends
// on over its search range (failure probabilities excepted).
Domain default_domain(const Protocol& protocol);

// "distance_km=0:300" or, with the number of grid steps, "distance_km=0:300:31". Throws Error (usage).
DomainAxis parse_axis(std::string_view text);

struct GenerateOptions {
    std::string protocol = "sns-finite";
    Domain domain;
    std::uint64_t rows = 1000;  // ignored for Sampling::grid
    std::uint64_t seed = 1;
    Sampling sampling = Sampling::random;
    // The part of the rows whose lengths are moved close to where the key ends. There the best parameters
    // change fastest, so that a network needs more samples than evenly drawn links give it.
    double near_edge = 0;
    std::string method = "auto";
    SearchOptions search;
    std::vector<std::pair<std::string, double>> fixed;  // parameters that are not optimised
    int threads = 1;
    void validate() const;
};

// Draws links and optimises them. A row is a function of the options and its index alone, so any part of a
// data set can be made anywhere.
class Generator {
  public:
    explicit Generator(GenerateOptions options);
    std::uint64_t rows() const { return rows_; }
    // Rows first, first + step, ... below last: index, the varied inputs, the parameters,
    // key_rate_bit_per_pulse, projected_slope, evaluations and status; set inputs and settings as properties.
    Table rows(std::uint64_t first, std::uint64_t last, std::uint64_t step = 1) const;
    // The same rows without their optima: the links alone.
    Table links(std::uint64_t first, std::uint64_t last, std::uint64_t step = 1) const;

  private:
    double coordinate(std::uint64_t row, std::size_t axis) const;  // in [0, 1]
    Table drawn(std::uint64_t first, std::uint64_t last, std::uint64_t step) const;
    Table moved_near_edge(const Table& links) const;

    GenerateOptions options_;
    std::unique_ptr<const Protocol> protocol_;
    std::uint64_t rows_;
};

// The columns that describe optima, added to `table`: the parameters, key_rate_bit_per_pulse,
// projected_slope, evaluations, stop and status.
void add_optima(Table& table, const ProtocolInfo& info, const Optima& optima);

}  // namespace tfqkd
