#include "tfqkd/report/gate.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "report/table_builder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

constexpr double missing = std::numeric_limits<double>::quiet_NaN();

std::string percent(double share) { return format_number(100 * share, 3) + " %"; }

double sum(const std::vector<int>& counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

std::optional<double> shortest(const std::vector<double>& passes) {
    if (passes.empty()) return std::nullopt;
    return *std::min_element(passes.begin(), passes.end());
}

// Whether no number of one lies among those of the other: with five passes or more each, chance is below 1 %.
bool apart(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.empty() || b.empty()) return false;
    const auto [a_low, a_high] = std::minmax_element(a.begin(), a.end());
    const auto [b_low, b_high] = std::minmax_element(b.begin(), b.end());
    return *a_high < *b_low || *b_high < *a_low;
}

// How much less `now` is, relative; 1 for a key that is lost.
double loss(double before, double now) {
    if (!(before > 0)) return now > 0 ? -1 : 0;
    return now > 0 ? 1 - now / before : 1;
}

void judge_rates(const BaselineCase& before, const BaselineCase& now, const GateLimits& limits,
                 GateCase& out) {
    out.links = now.rate.size();
    out.worst_loss = -std::numeric_limits<double>::infinity();
    for (std::size_t row = 0; row < now.rate.size(); ++row) {
        const double less = loss(before.rate[row], now.rate[row]);
        out.worse += less > limits.rate;
        out.lost += before.rate[row] > 0 && !(now.rate[row] > 0);
        if (less > out.worst_loss) {
            out.worst_loss = less;
            out.worst_row = row;
        }
    }
    if (out.worse > 0)
        out.failures.push_back("the key rate of " + std::to_string(out.worse) + " of " +
                               std::to_string(out.links) + " links is lower by more than " +
                               format_number(limits.rate, 3) + ", of row " + std::to_string(out.worst_row) +
                               " by " + format_number(out.worst_loss, 3) +
                               (out.lost ? "; " + std::to_string(out.lost) + " have lost their key" : ""));
}

void judge_work(const BaselineCase& before, const BaselineCase& now, const GateLimits& limits,
                GateCase& out) {
    out.evaluations_before = sum(before.evaluations);
    out.evaluations_now = sum(now.evaluations);
    if (before.evaluations.empty()) return;
    const double more = out.evaluations_now / std::max(out.evaluations_before, 1.0) - 1;
    if (now.evaluations.empty())
        out.failures.push_back("the baseline has counted evaluations, this run has not");
    else if (more > limits.evaluations)
        out.failures.push_back(percent(more) + " more evaluations, limit " + percent(limits.evaluations));
}

void judge_time(const BaselineCase& before, const BaselineCase& now, const GateLimits& limits,
                GateCase& out) {
    out.time_before_s = shortest(before.batch_s);
    out.time_now_s = shortest(now.batch_s);
    out.time_differs = apart(before.batch_s, now.batch_s);
    if (!limits.time) return;
    if (!out.time_before_s || !out.time_now_s) {
        if (out.time_before_s) out.failures.push_back("it was not timed; leave out --passes 0");
        return;
    }
    const double more = *out.time_now_s / *out.time_before_s - 1;
    if (out.time_differs && more > *limits.time)
        out.failures.push_back(percent(more) + " slower, limit " + percent(*limits.time));
}

GateCase judge(const BaselineCase& before, const BaselineCase& now, const GateLimits& limits) {
    GateCase out;
    out.test_set = now.test_set;
    out.method = now.method;
    if (before.rate.size() != now.rate.size())
        throw Error(ErrorKind::data, "the baseline has " + std::to_string(before.rate.size()) + " links of " +
                                         in_quotes(now.test_set) + ", this run " +
                                         std::to_string(now.rate.size()));
    judge_rates(before, now, limits, out);
    judge_work(before, now, limits, out);
    judge_time(before, now, limits, out);
    return out;
}

const BaselineCase* find(const Baseline& baseline, const BaselineCase& like) {
    for (const BaselineCase& one : baseline.cases)
        if (one.test_set == like.test_set && one.method == like.method) return &one;
    return nullptr;
}

void check_links(const Baseline& before, const Baseline& now) {
    for (const Baseline::Set& set : now.sets)
        for (const Baseline::Set& old : before.sets)
            if (old.name == set.name && (old.links != set.links || old.protocol != set.protocol))
                throw Error(ErrorKind::data, "the baseline's test set " + in_quotes(set.name) +
                                                 " has other links or another protocol; give the same "
                                                 "--data, or make it again with --update-baseline");
}

std::string escaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
    return out;
}

}  // namespace

void set_limit(GateLimits& limits, const std::string& text) {
    const std::size_t colon = text.find(':');
    const std::string metric = text.substr(0, colon);
    std::string number = colon == std::string::npos ? "" : text.substr(colon + 1);
    const bool in_percent = number.ends_with('%');
    if (in_percent) number.pop_back();
    const auto value = parse_number(number);
    const std::string_view metrics[] = {"rate", "evaluations", "time"};
    if (std::find(std::begin(metrics), std::end(metrics), metric) == std::end(metrics))
        throw Error(ErrorKind::usage, "--fail-over " + in_quotes(text) +
                                          ": the metric must be rate, evaluations or time" +
                                          did_you_mean(metric, metrics));
    if (!value || !(*value >= 0) || *value > 1e6)
        throw Error(ErrorKind::usage, "--fail-over " + in_quotes(text) +
                                          ": write METRIC:LIMIT with a limit of 0 or more, such as "
                                          "rate:1e-6 or time:25%");
    const double limit = in_percent ? *value / 100 : *value;
    if (metric == "rate")
        limits.rate = limit;
    else if (metric == "evaluations")
        limits.evaluations = limit;
    else
        limits.time = limit;
}

std::vector<GateCase> compare(const Baseline& before, const Baseline& now, const GateLimits& limits) {
    check_links(before, now);
    std::vector<GateCase> cases;
    for (const BaselineCase& one : now.cases) {
        if (const BaselineCase* const old = find(before, one)) {
            cases.push_back(judge(*old, one, limits));
            continue;
        }
        GateCase fresh;
        fresh.test_set = one.test_set;
        fresh.method = one.method;
        fresh.links = one.rate.size();
        fresh.evaluations_now = sum(one.evaluations);
        fresh.time_now_s = shortest(one.batch_s);
        fresh.is_new = true;
        cases.push_back(fresh);
    }
    for (const BaselineCase& old : before.cases) {
        if (find(now, old)) continue;
        GateCase gone;
        gone.test_set = old.test_set;
        gone.method = old.method;
        gone.failures.push_back("the baseline has this case, this run has not");
        cases.push_back(gone);
    }
    return cases;
}

bool passes(const std::vector<GateCase>& cases) {
    return std::all_of(cases.begin(), cases.end(), [](const GateCase& one) { return one.failures.empty(); });
}

Table gate_table(const std::vector<GateCase>& cases) {
    TableBuilder table;
    for (const GateCase& one : cases) {
        const bool compared = !one.is_new && one.links > 0, searches = one.evaluations_before > 0;
        const bool timed = one.time_before_s && one.time_now_s;
        std::string reasons;
        for (const std::string& failure : one.failures) reasons += (reasons.empty() ? "" : "; ") + failure;
        table.add("test_set", one.test_set);
        table.add("method", one.method);
        table.add("verdict", !one.failures.empty() ? "FAILED" : one.is_new ? "new" : "ok");
        table.add("links", static_cast<double>(one.links));
        table.add("worse", compared ? static_cast<double>(one.worse) : missing);
        table.add("lost", compared ? static_cast<double>(one.lost) : missing);
        table.add("worst_loss", compared ? one.worst_loss : missing);
        table.add("evaluations_before", searches ? one.evaluations_before : missing);
        table.add("evaluations_now", one.evaluations_now > 0 ? one.evaluations_now : missing);
        table.add("time_before_us", one.time_before_s ? 1e6 * *one.time_before_s : missing);
        table.add("time_now_us", one.time_now_s ? 1e6 * *one.time_now_s : missing);
        table.add("time_change", !timed              ? ""
                                 : !one.time_differs ? "~"
                                                     : percent(*one.time_now_s / *one.time_before_s - 1));
        table.add("reason", reasons);
    }
    return std::move(table).table();
}

std::string gate_junit(const std::vector<GateCase>& cases) {
    const auto failed =
        std::count_if(cases.begin(), cases.end(), [](const GateCase& one) { return !one.failures.empty(); });
    std::string xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"tfqkd benchmark\" tests=\"" +
        std::to_string(cases.size()) + "\" failures=\"" + std::to_string(failed) + "\">\n";
    for (const GateCase& one : cases) {
        xml += "  <testcase classname=\"" + escaped(one.test_set) + "\" name=\"" + escaped(one.method) + "\"";
        if (one.failures.empty()) {
            xml += "/>\n";
            continue;
        }
        xml += ">\n";
        for (const std::string& failure : one.failures)
            xml += "    <failure message=\"" + escaped(failure) + "\"/>\n";
        xml += "  </testcase>\n";
    }
    return xml + "</testsuite>\n";
}

}  // namespace tfqkd
