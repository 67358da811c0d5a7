#include "report/row_groups.hpp"

#include <filesystem>
#include <map>

namespace tfqkd {

std::string file_stem(const Table& table) {
    return table.source.empty() ? "data" : std::filesystem::path(table.source).stem().string();
}

std::vector<RowGroup> groups_by(const Table& table, const std::string& column, const std::string& otherwise) {
    std::vector<RowGroup> groups;
    std::map<std::string, std::size_t> place;
    const Table::Text names = table.has(column) ? table.text(column) : Table::Text(table.rows(), otherwise);
    for (std::size_t row = 0; row < names.size(); ++row) {
        const auto [found, added] = place.emplace(names[row], groups.size());
        if (added) groups.push_back({names[row], {}});
        groups[found->second].rows.push_back(row);
    }
    return groups;
}

std::vector<RowGroup> groups_by_protocol(const Table& table) {
    const std::string_view own = table.property("protocol");
    return groups_by(table, "protocol", own.empty() ? file_stem(table) : std::string(own));
}

const Table::Numbers& key_rates(const Table& table) {
    return table.numbers_or_missing(table.has("rate_bit_per_pulse") ? "rate_bit_per_pulse"
                                                                    : "key_rate_bit_per_pulse");
}

}  // namespace tfqkd
