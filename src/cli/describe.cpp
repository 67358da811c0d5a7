#include "cli/describe.hpp"

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/words.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

constexpr std::size_t page_width = 100;
constexpr int shown_digits = 6;

void heading(std::ostream& out, const std::string& text) { out << "\n" << text << "\n"; }

// One entry of a list: the first line stands two columns left of the others.
void item(std::ostream& out, const std::string& text) { out << "  " << wrapped(text, 4, page_width) << "\n"; }

std::string in_words(const Interval& interval) {
    return (interval.lower_open ? "(" : "[") + format_number(interval.lower, shown_digits) + ", " +
           format_number(interval.upper, shown_digits) + (interval.upper_open ? ")" : "]");
}

std::string role(const Quantity& q) { return q.optimised ? "optimised" : "input"; }

// Two lines: name, unit and numbers; then what it is.
void print_quantity(std::ostream& out, const Quantity& q) {
    const std::string name = std::string(q.name) + (q.unit.empty() ? "" : " [" + std::string(q.unit) + "]");
    out << "  " << name << std::string(name.size() < 36 ? 36 - name.size() : 1, ' ') << "default "
        << format_number(q.start, shown_digits) << ", valid " << in_words(q.valid) << ", search "
        << in_words(q.search) << "\n      " << wrapped(std::string(q.help), 6, page_width) << "\n";
}

// Under one heading for each reason not to search them.
void print_inputs(std::ostream& out, const std::vector<Quantity>& parameters) {
    const std::string_view* reason = nullptr;
    for (const Quantity& q : parameters) {
        if (q.optimised) continue;
        if (!reason || *reason != q.input_reason)
            heading(out, wrapped("Inputs that searches leave as they are" +
                                     (q.input_reason.empty() ? "" : "; " + std::string(q.input_reason)),
                                 0, page_width));
        reason = &q.input_reason;
        print_quantity(out, q);
    }
}

void print_parameters(std::ostream& out, const ProtocolInfo& info) {
    heading(out, "Parameters that searches optimise");
    bool any = false;
    for (const Quantity& q : info.parameters)
        if (q.optimised) print_quantity(out, q), any = true;
    if (!any) out << "  none\n";
    print_inputs(out, info.parameters);
}

void print_link_quantities(std::ostream& out, const ProtocolInfo& info) {
    heading(out, "Link quantities that it depends on");
    std::string others;
    for (std::size_t k = 0; k < info.uses.size(); ++k) {
        const Quantity& q = link_quantities()[k];
        if (info.uses[k])
            print_quantity(out, q);
        else
            others += (others.empty() ? "" : ", ") + std::string(q.name);
    }
    if (!others.empty()) item(out, "Without influence: " + others + ".");
}

void print_options(std::ostream& out, const ProtocolInfo& info) {
    if (info.options.empty()) return;
    heading(out, "Options, as in " + info.name + ":" + info.options.front().name + "=" +
                     info.options.front().choices.back());
    for (const ProtocolOption& option : info.options) {
        std::string choices;
        for (const std::string& choice : option.choices) choices += (choices.empty() ? "" : " | ") + choice;
        item(out, option.name + " = " + choices + " [" + info.chosen.at(option.name) + "]");
        out << "      " << wrapped(option.help, 6, page_width) << "\n";
    }
}

void print_verification(std::ostream& out, const ProtocolInfo& info) {
    heading(out, "How far each formula is verified");
    for (const Verification& one : info.verification)
        item(out, one.what + (one.equations.empty() ? "" : " (" + one.equations + ")") + ": " + one.mark);
    out << "    " << wrapped(std::string(mark_meanings()), 4, page_width) << "\n";
}

void print_list(std::ostream& out, const std::string& title, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    heading(out, title);
    for (const std::string& text : texts) item(out, text);
}

nlohmann::ordered_json json_of(const Interval& interval) {
    return {{"lower", interval.lower},
            {"upper", interval.upper},
            {"lower_open", interval.lower_open},
            {"upper_open", interval.upper_open}};
}

nlohmann::ordered_json json_of(const Quantity& q, const std::string& role) {
    nlohmann::ordered_json json{{"name", q.name},
                                {"role", role},
                                {"unit", q.unit},
                                {"default", q.start},
                                {"valid", json_of(q.valid)},
                                {"search", json_of(q.search)},
                                {"scale", scale_name(q.scale)},
                                {"meaning", q.help}};
    if (!q.input_reason.empty()) json["why_not_searched"] = q.input_reason;
    return json;
}

nlohmann::ordered_json quantities_of(const ProtocolInfo& info) {
    auto all = nlohmann::ordered_json::array();
    for (std::size_t k = 0; k < info.uses.size(); ++k)
        if (info.uses[k]) all.push_back(json_of(link_quantities()[k], "link"));
    for (const Quantity& q : info.parameters) all.push_back(json_of(q, role(q)));
    return all;
}

nlohmann::ordered_json options_of(const ProtocolInfo& info) {
    auto all = nlohmann::ordered_json::array();
    for (const ProtocolOption& option : info.options)
        all.push_back({{"name", option.name},
                       {"choices", option.choices},
                       {"default", option.choices.front()},
                       {"chosen", info.chosen.at(option.name)},
                       {"meaning", option.help}});
    return all;
}

}  // namespace

void describe(const ProtocolInfo& info, std::ostream& out) {
    out << wrapped(info.spec() + ": " + info.title, 4, page_width) << "\n\n"
        << wrapped(info.description, 0, page_width) << "\n";
    heading(out, "Security");
    item(out, std::string(kind_name(info.kind)) + ": " + std::string(kind_meaning(info.kind)));
    if (info.security != kind_name(info.kind) && info.kind != Kind::bound) item(out, info.security);
    print_options(out, info);
    print_link_quantities(out, info);
    print_parameters(out, info);
    std::string equations;
    for (const std::string& one : info.equations) equations += (equations.empty() ? "" : ", ") + one;
    if (!equations.empty()) print_list(out, "Equations", {equations});
    print_verification(out, info);
    print_list(out, "What is open, or does not match a paper", info.caveats);
    print_list(out, "References", info.references);
}

void describe_as_json(const ProtocolInfo& info, std::ostream& out) {
    auto verification = nlohmann::ordered_json::array();
    for (const Verification& one : info.verification)
        verification.push_back({{"equations", one.equations}, {"what", one.what}, {"mark", one.mark}});
    const nlohmann::ordered_json json{{"protocol", info.name},        {"spec", info.spec()},
                                      {"title", info.title},          {"description", info.description},
                                      {"kind", kind_name(info.kind)}, {"security", info.security},
                                      {"options", options_of(info)},  {"quantities", quantities_of(info)},
                                      {"equations", info.equations},  {"verification", verification},
                                      {"caveats", info.caveats},      {"references", info.references}};
    out << json.dump(2) << "\n";
}

}  // namespace tfqkd::cli
