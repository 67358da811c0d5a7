#include "tfqkd/protocol/link.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

// Ways of stating the loss other than by arm; a table or a command line uses one of them.
const std::vector<Quantity>& distance_inputs() {
    static const std::vector<Quantity> all = {
        {"distance_km",
         "km",
         {0, 1200},
         {0, 500},
         100,
         Scale::linear,
         "fibre from Alice to Bob; Charlie is in the middle"},
        {"distance_a_km", "km", {0, 600}, {0, 250}, 50, Scale::linear, "fibre from Alice to Charlie"},
        {"distance_b_km", "km", {0, 600}, {0, 250}, 50, Scale::linear, "fibre from Bob to Charlie"},
        {"attenuation_db_per_km",
         "dB/km",
         {0, 10, true},
         {0.16, 0.2},
         0.2,
         Scale::linear,
         "loss of the fibre"},
        {"loss_db",
         "dB",
         {0, 240},
         {0, 100},
         40,
         Scale::linear,
         "channel loss from Alice to Bob, half of it on each arm, without the detection efficiency"},
    };
    return all;
}

// The values of each input over the rows of a table: from a column, or else from the defaults.
class Inputs {
  public:
    Inputs(const Table& table, std::span<const std::pair<std::string, double>> defaults)
        : table_(table), defaults_(defaults) {}

    bool has(std::string_view name) const { return table_.has(name) || given(name).has_value(); }
    Eigen::ArrayXd values(const Quantity& q) const {
        const auto rows = static_cast<Eigen::Index>(table_.rows());
        if (!table_.has(q.name)) {
            const double value = given(q.name).value_or(q.start);
            check_value(q, value, property(q.name).empty() ? "" : table_.source);
            return Eigen::ArrayXd::Constant(rows, value);
        }
        const Table::Numbers& cells = table_.numbers(q.name);
        for (std::size_t row = 0; row < cells.size(); ++row)
            if (!q.valid.contains(cells[row])) check_value(q, cells[row], table_.where(row));
        return Eigen::Map<const Eigen::ArrayXd>(cells.data(), rows);
    }

  private:
    std::string_view property(std::string_view name) const {
        return table_.property("link." + std::string(name));
    }
    // From the table's property "link.NAME", else from the defaults.
    std::optional<double> given(std::string_view name) const {
        if (const auto value = parse_number(property(name))) return value;
        for (const auto& [key, value] : defaults_)
            if (key == name) return value;
        return std::nullopt;
    }
    const Table& table_;
    std::span<const std::pair<std::string, double>> defaults_;
};

const Quantity& input(std::string_view name) {
    return *std::find_if(link_inputs().begin(), link_inputs().end(),
                         [&](const Quantity& q) { return q.name == name; });
}

// Both arms' losses, from whichever one way they are stated in.
std::pair<Eigen::ArrayXd, Eigen::ArrayXd> losses(const Inputs& inputs, const std::string& source) {
    const bool arms = inputs.has("loss_a_db") || inputs.has("loss_b_db"), total = inputs.has("loss_db");
    const bool fibres = inputs.has("distance_a_km") || inputs.has("distance_b_km"),
               fibre = inputs.has("distance_km");
    const std::string where = source.empty() ? "" : source + ": ";
    const ErrorKind kind = source.empty() ? ErrorKind::usage : ErrorKind::data;  // from flags, or from a file
    constexpr const char* ways =
        "distance_km, or distance_a_km and distance_b_km, or loss_db, or loss_a_db and loss_b_db";
    if (arms + total + fibres + fibre > 1)
        throw Error(kind, where + "the loss is stated in two ways at once; give one of: " + ways);
    if (arms + total + fibres + fibre == 0)
        throw Error(kind, where + "nothing says how long the link is; give " + ways);
    const auto pair = [&](std::string_view a, std::string_view b) {
        for (const std::string_view name : {a, b})
            if (!inputs.has(name))
                throw Error(kind,
                            where + "one arm's loss is missing: give " + std::string(name) + " as well");
        return std::pair{inputs.values(input(a)), inputs.values(input(b))};
    };
    if (arms) return pair("loss_a_db", "loss_b_db");
    if (total) {
        const Eigen::ArrayXd half = inputs.values(input("loss_db")) / 2;
        return {half, half};
    }
    const Eigen::ArrayXd attenuation = inputs.values(input("attenuation_db_per_km"));
    if (fibres) {
        const auto [a, b] = pair("distance_a_km", "distance_b_km");
        return {a * attenuation, b * attenuation};
    }
    const Eigen::ArrayXd half = inputs.values(input("distance_km")) * attenuation / 2;
    return {half, half};
}

}  // namespace

const std::vector<Quantity>& link_quantities() {
    static const std::vector<Quantity> all = [] {
        std::vector<Quantity> quantities;
        for (const auto& field : Link<double>::fields()) quantities.push_back(field.quantity);
        return quantities;
    }();
    return all;
}

const std::vector<Quantity>& link_inputs() {
    static const std::vector<Quantity> all = [] {
        std::vector<Quantity> quantities = distance_inputs();
        quantities.insert(quantities.end(), link_quantities().begin(), link_quantities().end());
        return quantities;
    }();
    return all;
}

bool is_link_input(std::string_view name) {
    return std::any_of(link_inputs().begin(), link_inputs().end(),
                       [&](const Quantity& q) { return q.name == name; });
}

bool is_length(std::string_view input) { return input.starts_with("distance") || input.starts_with("loss"); }

void check_value(const Quantity& quantity, double value, std::string_view where) {
    if (quantity.valid.contains(value)) return;
    const std::string unit = quantity.unit.empty() ? "" : " " + std::string(quantity.unit);
    throw Error(where.empty() ? ErrorKind::usage : ErrorKind::data,
                (where.empty() ? "" : std::string(where) + ": ") + std::string(quantity.name) + " = " +
                    format_number(value) + unit + ", must be in " + quantity.valid.text() + unit);
}

void refuse_mistyped(const Table& table, const std::vector<Quantity>& parameters) {
    std::vector<std::string_view> names(result_columns.begin(), result_columns.end());
    for (const auto* quantities : {&link_inputs(), &parameters})
        for (const Quantity& q : *quantities) names.push_back(q.name);
    // Labels are words of the same field, so only a slip or two makes a mistake: failure_probability is none.
    constexpr std::size_t letters_a_mistake = 6;
    for (const Table::Column& column : table.columns()) {
        if (std::find(names.begin(), names.end(), column.name) != names.end()) continue;
        if (const std::string hint = did_you_mean(column.name, names, letters_a_mistake); !hint.empty())
            throw Error(ErrorKind::data, table.source + ": unknown column " + in_quotes(column.name) + hint +
                                             "; rename it, or give it a name that is not so near");
    }
}

Columns read_links(const Table& table, std::span<const std::pair<std::string, double>> defaults,
                   std::vector<std::string>* assumed) {
    const Inputs inputs(table, defaults);
    const auto [loss_a, loss_b] = losses(inputs, table.source);
    const auto& quantities = link_quantities();
    Columns links(static_cast<Eigen::Index>(table.rows()), static_cast<Eigen::Index>(quantities.size()));
    links.col(0) = loss_a;
    links.col(1) = loss_b;
    for (std::size_t k = 2; k < quantities.size(); ++k) {
        links.col(static_cast<Eigen::Index>(k)) = inputs.values(quantities[k]);
        if (assumed && !inputs.has(quantities[k].name)) assumed->push_back(std::string(quantities[k].name));
    }
    for (Eigen::Index row = 0; row < links.rows(); ++row)
        for (Eigen::Index k : {0, 1})
            check_value(quantities[static_cast<std::size_t>(k)], links(row, k),
                        table.where(static_cast<std::size_t>(row)));
    return links;
}

}  // namespace tfqkd
