#include "cli/contenders.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

std::vector<Contender> contenders_named(const std::vector<std::string>& specs) {
    std::vector<Contender> contenders;
    for (const std::string& spec : specs) {
        contenders.push_back({make_protocol(spec), {}});
        const std::string whole = contenders.back().info().spec();
        for (std::size_t k = 0; k + 1 < contenders.size(); ++k)
            if (contenders[k].info().spec() == whole)
                throw Error(ErrorKind::usage, "--protocol " + whole + " is given twice");
    }
    return contenders;
}

// Holds a parameter wherever there is one of that name.
void hold(std::vector<Contender>& contenders, const std::string& name, double value) {
    bool known = false;
    for (Contender& contender : contenders) {
        if (!contender.parameter(name)) continue;
        known = true;
        contender.fixed.emplace_back(name, value);
        make_task(*contender.protocol, Columns(0, 0), contender.fixed, 1);  // refuses a value out of range
    }
    if (known) return;
    const std::vector<Quantity> parameters = all_parameters(contenders);
    std::vector<std::string_view> names;
    for (const Quantity& q : parameters) names.push_back(q.name);
    throw Error(ErrorKind::usage,
                "--fix " + name + ": no protocol here has such a parameter" + did_you_mean(name, names));
}

Optima optima_of(const Contender& contender, const Search& search, const Columns& links, int threads) {
    const Objective task = make_task(*contender.protocol, links, contender.fixed, threads);
    const bool free = std::find(task.free.begin(), task.free.end(), true) != task.free.end();
    return free ? search.maximize(task) : evaluate(task);
}

}  // namespace

std::optional<int> Contender::parameter(std::string_view name) const {
    const auto& parameters = info().parameters;
    for (std::size_t k = 0; k < parameters.size(); ++k)
        if (parameters[k].name == name) return static_cast<int>(k);
    return std::nullopt;
}

std::vector<Quantity> all_parameters(const std::vector<Contender>& contenders) {
    std::vector<Quantity> all;
    for (const Contender& contender : contenders)
        for (const Quantity& q : contender.info().parameters)
            if (std::none_of(all.begin(), all.end(), [&](const Quantity& o) { return o.name == q.name; }))
                all.push_back(q);
    return all;
}

std::vector<Contender> chosen_contenders(const Arguments& arguments) {
    std::vector<std::string> specs = arguments.all("--protocol");
    if (specs.empty())
        for (const std::string_view name : protocol_names()) {
            const std::string spec = make_protocol(name)->info().compared_as;
            specs.push_back(spec.empty() ? std::string(name) : spec);
        }
    std::vector<Contender> contenders = contenders_named(specs);
    for (const auto& [name, value] : arguments.settings("--fix")) hold(contenders, name, value);
    return contenders;
}

bool competes(const ProtocolInfo& info) { return is_proved(info.kind) && info.uses_link("misalignment"); }

double Standings::rate(std::size_t contender, std::size_t row) const {
    const double rate = optima[contender].rate[static_cast<Eigen::Index>(row)];
    return std::isfinite(rate) ? std::max(rate, 0.0) : std::numeric_limits<double>::quiet_NaN();
}

Standings run_all(const std::vector<Contender>& contenders, const Search& search, const Columns& links,
                  int threads) {
    Standings standings{{}, Eigen::ArrayXd(links.rows())};
    make_protocol("plob")->rates(links, Columns(links.rows(), 0), Measure::rate, standings.plob);
    for (const Contender& contender : contenders)
        standings.optima.push_back(optima_of(contender, search, links, threads));
    return standings;
}

std::optional<std::size_t> best_of(const std::vector<Contender>& contenders, const Standings& standings,
                                   Kind kind, std::size_t row) {
    std::optional<std::size_t> best;
    double highest = 0;
    for (std::size_t k = 0; k < contenders.size(); ++k)
        if (contenders[k].info().kind == kind && competes(contenders[k].info()) &&
            standings.rate(k, row) > highest)
            best = k, highest = standings.rate(k, row);
    return best;
}

}  // namespace tfqkd::cli
