#include "tfqkd/optimize/distance.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "optimize/distance_explorer.hpp"
#include "optimize/root_bracket.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

// The function whose roots are wanted, for many rows at once.
using Values = std::function<std::vector<double>(const std::vector<Probe>&, bool fresh)>;

struct RowBracket {
    Eigen::Index row;
    RootBracket bracket;
    bool certain = false;  // its end has been looked at again
};

// Closes all brackets, one trial of each at a time.
void close(std::vector<RowBracket>& brackets, const Values& values) {
    for (;;) {
        std::vector<Probe> probes;
        std::vector<RowBracket*> open;
        for (RowBracket& b : brackets)
            if (!b.bracket.closed()) {
                open.push_back(&b);
                probes.push_back({b.row, b.bracket.trial()});
            }
        if (open.empty()) return;
        const std::vector<double> found = values(probes, false);
        for (std::size_t k = 0; k < open.size(); ++k) open[k]->bracket.take(probes[k].distance_km, found[k]);
    }
}

// Where a row was looked at, ascending, and the values there.
struct Walk {
    std::vector<double> places, values;
};

// From the shortest distance outwards, in equal steps, up to and with the first place without a key.
std::vector<Walk> walk_outwards(DistanceExplorer& explorer, const FibreLinks& fibres, double step,
                                const std::function<double(const Probe&, double rate)>& value) {
    std::vector<Walk> walks(static_cast<std::size_t>(fibres.links.rows()));
    std::vector<Probe> probes;
    for (Eigen::Index row = 0; row < fibres.links.rows(); ++row)
        probes.push_back({row, fibres.shortest_km()});
    while (!probes.empty()) {
        const std::vector<double> rates = explorer.rates(probes, true);
        std::vector<Probe> next;
        for (std::size_t k = 0; k < probes.size(); ++k) {
            Walk& walk = walks[static_cast<std::size_t>(probes[k].row)];
            walk.places.push_back(probes[k].distance_km);
            walk.values.push_back(rates[k] > 0 ? value(probes[k], rates[k]) : no_value);
            const double longest = fibres.longest_km(probes[k].row);
            if (rates[k] > 0 && probes[k].distance_km < longest)
                next.push_back({probes[k].row, std::min(probes[k].distance_km + step, longest)});
        }
        probes = std::move(next);
    }
    return walks;
}

// Rates decay like the square root of the transmittance; without that a secant through them is of little use.
double without_decay(const FibreLinks& fibres, const Probe& probe, double rate) {
    return rate * std::pow(10.0, fibres.attenuation[probe.row] * probe.distance_km / 20);
}

// Looks again just beyond the end of each bracket, from the optimum before it and afresh; where there is a
// key after all, goes on outwards and leaves the new bracket open. True when there was one.
bool look_beyond(std::vector<RowBracket>& brackets, const FibreLinks& fibres, double resolution,
                 const Values& values) {
    std::vector<RowBracket*> open;
    for (RowBracket& b : brackets)
        if (!b.certain) open.push_back(&b);
    bool any = false;
    for (double step = resolution; !open.empty(); step *= 2) {
        std::vector<Probe> probes;
        for (const RowBracket* b : open) probes.push_back({b->row, b->bracket.below()});
        const std::vector<double> found = values(probes, true);
        std::vector<RowBracket*> further;
        for (std::size_t k = 0; k < open.size(); ++k) {
            open[k]->certain = !(found[k] > 0) && step == resolution;
            if (!(found[k] > 0)) continue;
            const double place = probes[k].distance_km;
            const double end = std::min(place + step, fibres.longest_km(probes[k].row));
            open[k]->bracket = RootBracket(place, found[k], end, no_value, resolution);
            if (end > place) further.push_back(open[k]);
            any = true;
        }
        open = std::move(further);
    }
    return any;
}

// The place of the largest value and, when it is not above 0, a closer look between its neighbours by golden
// section, until some value is above 0 or nothing is left to look at.
struct Summit {
    Eigen::Index row;
    double left, middle, right, value;
    bool open(double resolution) const { return !(value > 0) && right - left > 4 * resolution; }
    double trial() const {
        constexpr double golden = 0.381966011250105;
        return right - middle > middle - left ? middle + golden * (right - middle)
                                              : middle - golden * (middle - left);
    }
    void take(double place, double found) {
        if (found > value) {
            (place > middle ? left : right) = middle;
            middle = place;
            value = found;
        } else {
            (place > middle ? right : left) = place;
        }
    }
};

void climb(std::vector<Summit>& summits, double resolution, const Values& values) {
    for (;;) {
        std::vector<Probe> probes;
        std::vector<Summit*> open;
        for (Summit& summit : summits)
            if (summit.open(resolution)) {
                open.push_back(&summit);
                probes.push_back({summit.row, summit.trial()});
            }
        if (open.empty()) return;
        const std::vector<double> found = values(probes, false);
        for (std::size_t k = 0; k < open.size(); ++k) open[k]->take(probes[k].distance_km, found[k]);
    }
}

// Adds the summits' places to the walks, in order.
void add_summits(std::vector<Walk>& walks, const std::vector<Summit>& summits) {
    for (const Summit& summit : summits) {
        Walk& walk = walks[static_cast<std::size_t>(summit.row)];
        const auto at = std::lower_bound(walk.places.begin(), walk.places.end(), summit.middle);
        walk.values.insert(walk.values.begin() + (at - walk.places.begin()), summit.value);
        walk.places.insert(at, summit.middle);
    }
}

std::vector<Summit> summits_of(const std::vector<Walk>& walks) {
    std::vector<Summit> summits;
    for (std::size_t row = 0; row < walks.size(); ++row) {
        const auto& [places, values] = walks[row];
        const auto top =
            static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
        if (values[top] > 0 || values[top] == no_value) continue;
        summits.push_back({static_cast<Eigen::Index>(row), places[top ? top - 1 : 0], places[top],
                           places[std::min(top + 1, places.size() - 1)], values[top]});
    }
    return summits;
}

// Between places k and k + 1 of a walk the value changes its sign.
RowBracket bracket_of(const Walk& walk, Eigen::Index row, std::size_t k, double resolution) {
    const std::size_t above = walk.values[k] > 0 ? k : k + 1, below = walk.values[k] > 0 ? k + 1 : k;
    return {row, RootBracket(walk.places[above], walk.values[above], walk.places[below], walk.values[below],
                             resolution)};
}

}  // namespace

double FibreLinks::shortest_km() const { return std::abs(arm_difference_km); }

double FibreLinks::longest_km(Eigen::Index row) const {
    const double longest_arm = std::min(600.0, link_quantities()[0].valid.upper / attenuation[row]);
    return std::max(2 * longest_arm - shortest_km(), shortest_km());
}

Columns FibreLinks::at(const std::vector<Eigen::Index>& which, const std::vector<double>& distance_km) const {
    Columns chosen(static_cast<Eigen::Index>(which.size()), links.cols());
    for (std::size_t k = 0; k < which.size(); ++k) {
        const auto row = static_cast<Eigen::Index>(k);
        chosen.row(row) = links.row(which[k]);
        chosen(row, 0) = 0.5 * (distance_km[k] + arm_difference_km) * attenuation[which[k]];
        chosen(row, 1) = 0.5 * (distance_km[k] - arm_difference_km) * attenuation[which[k]];
    }
    return chosen;
}

void DistanceOptions::validate() const {
    if (!(resolution_km > 0)) throw Error(ErrorKind::usage, "resolution_km must be above 0");
    if (!(step_km > resolution_km)) throw Error(ErrorKind::usage, "step_km must be above resolution_km");
}

std::string_view distance_status_name(DistanceStatus status) {
    switch (status) {
        case DistanceStatus::ok:
            return "ok";
        case DistanceStatus::no_key:
            return "no_key";
        case DistanceStatus::beyond:
            return "beyond";
        case DistanceStatus::no_crossing:
            return "no_crossing";
    }
    return "";
}

MaxDistances find_max_distance(const Search& search, const FibreLinks& fibres,
                               const DistanceOptions& options) {
    options.validate();
    const Eigen::Index rows = fibres.links.rows();
    DistanceExplorer explorer(search, fibres);
    const auto value = [&](const Probe& probe, double rate) { return without_decay(fibres, probe, rate); };
    const Values values = [&](const std::vector<Probe>& probes, bool fresh) {
        std::vector<double> found = explorer.rates(probes, fresh);
        for (std::size_t k = 0; k < found.size(); ++k) found[k] = value(probes[k], found[k]);
        return found;
    };
    MaxDistances result{Eigen::ArrayXd::Constant(rows, missing),
                        Eigen::ArrayXd::Constant(rows, missing),
                        {},
                        std::vector(static_cast<std::size_t>(rows), DistanceStatus::ok)};
    const std::vector<Walk> walks = walk_outwards(explorer, fibres, options.step_km, value);
    std::vector<RowBracket> brackets;
    for (std::size_t row = 0; row < walks.size(); ++row) {
        const Walk& walk = walks[row];
        if (walk.values.back() > 0)
            result.status[row] = DistanceStatus::beyond;
        else if (walk.values.size() == 1)
            result.status[row] = DistanceStatus::no_key;
        else
            brackets.push_back(bracket_of(walk, static_cast<Eigen::Index>(row), walk.values.size() - 2,
                                          options.resolution_km));
    }
    do close(brackets, values);
    while (look_beyond(brackets, fibres, options.resolution_km, values));
    for (const RowBracket& b : brackets) {
        if (b.bracket.above() >= fibres.longest_km(b.row)) {
            result.status[static_cast<std::size_t>(b.row)] = DistanceStatus::beyond;
            continue;
        }
        result.distance_km[b.row] = b.bracket.above();
        result.rate[b.row] = explorer.rate_at({b.row, b.bracket.above()});
    }
    result.evaluations = explorer.evaluations();
    return result;
}

Crossings find_crossings(const Search& search, const FibreLinks& fibres, const Protocol& bound,
                         const DistanceOptions& options) {
    options.validate();
    const Eigen::Index rows = fibres.links.rows();
    DistanceExplorer explorer(search, fibres);
    const auto excess = [&](const Probe& probe, double rate) {
        Eigen::ArrayXd most(1);
        bound.rates(fibres.at({probe.row}, {probe.distance_km}), Columns(1, 0), Measure::rate, most);
        return rate > 0 ? std::log(rate / most[0]) : no_value;
    };
    const Values values = [&](const std::vector<Probe>& probes, bool fresh) {
        std::vector<double> found = explorer.rates(probes, fresh);
        for (std::size_t k = 0; k < found.size(); ++k) found[k] = excess(probes[k], found[k]);
        return found;
    };
    Crossings result{Eigen::ArrayXd::Constant(rows, missing),
                     Eigen::ArrayXd::Constant(rows, missing),
                     {},
                     std::vector(static_cast<std::size_t>(rows), DistanceStatus::ok)};
    std::vector<Walk> walks = walk_outwards(explorer, fibres, options.step_km, excess);
    std::vector<Summit> summits = summits_of(walks);
    climb(summits, options.resolution_km, values);
    add_summits(walks, summits);
    std::vector<RowBracket> firsts, lasts;
    for (std::size_t row = 0; row < walks.size(); ++row) {
        const auto& v = walks[row].values;
        const auto index = static_cast<Eigen::Index>(row);
        const auto is_above = [](double x) { return x > 0; };
        const auto first = static_cast<std::size_t>(std::find_if(v.begin(), v.end(), is_above) - v.begin());
        if (first == v.size()) {
            result.status[row] = v.front() == no_value ? DistanceStatus::no_key : DistanceStatus::no_crossing;
            continue;
        }
        if (first > 0) firsts.push_back(bracket_of(walks[row], index, first - 1, options.resolution_km));
        const auto last = v.size() - 1 -
                          static_cast<std::size_t>(std::find_if(v.rbegin(), v.rend(), is_above) - v.rbegin());
        if (last + 1 < v.size())
            lasts.push_back(bracket_of(walks[row], index, last, options.resolution_km));
        else
            result.status[row] = DistanceStatus::beyond;
    }
    close(firsts, values);
    close(lasts, values);
    for (const RowBracket& b : firsts) result.first_km[b.row] = b.bracket.above();
    for (const RowBracket& b : lasts) result.last_km[b.row] = b.bracket.above();
    result.evaluations = explorer.evaluations();
    return result;
}

}  // namespace tfqkd
