#pragma once

#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "tfqkd/optimize/search.hpp"

// Several protocols on the same links, and which of them is the best.
namespace tfqkd::cli {

// One of the protocols that are compared, and which of its parameters are held.
struct Contender {
    std::unique_ptr<const Protocol> protocol;
    std::vector<std::pair<std::string, double>> fixed;
    const ProtocolInfo& info() const { return protocol->info(); }
    // The parameter's number, if there is one of that name.
    std::optional<int> parameter(std::string_view name) const;
};

// Those of --protocol, or every one of the registry, with --fix applied. Throws Error (usage).
std::vector<Contender> chosen_contenders(const Arguments& arguments);

// Every parameter of any contender once, in order of appearance.
std::vector<Quantity> all_parameters(const std::vector<Contender>& contenders);

// Whether a rate may be called the best: a proven key, on the link as it is said to be.
bool competes(const ProtocolInfo& info);

// Each contender's optima over the same links, beside what no protocol exceeds there.
struct Standings {
    std::vector<Optima> optima;  // of each contender
    Eigen::ArrayXd plob;         // of each link, fibre only

    std::size_t links() const { return static_cast<std::size_t>(plob.size()); }
    double rate(std::size_t contender, std::size_t row) const;  // at least 0; NaN where it is no number
    double over_plob(double rate, std::size_t row) const {
        return rate / plob[static_cast<Eigen::Index>(row)];
    }
};
Standings run_all(const std::vector<Contender>& contenders, const Search& search, const Columns& links,
                  int threads);

// The contender of a kind with the highest rate at a link, the first one of several; none without a key.
std::optional<std::size_t> best_of(const std::vector<Contender>& contenders, const Standings& standings,
                                   Kind kind, std::size_t row);

}  // namespace tfqkd::cli
