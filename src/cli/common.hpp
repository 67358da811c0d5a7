#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "cli/link_source.hpp"
#include "cli/result_sink.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/optimize/search.hpp"
#include "tfqkd/protocol/protocol.hpp"
#include "tfqkd/table/output_file.hpp"
#include "tfqkd/table/table_io.hpp"

// What several commands share: where links come from, where results go, how a search is set.
namespace tfqkd::cli {

std::vector<std::string> protocol_choices();  // the names, for shells to offer
std::vector<Option> protocol_options();
std::vector<Option> model_options();    // --model
std::vector<Option> link_options();     // --links, --sweep and a flag for each link input
std::vector<Option> output_options();   // --output, --format, --force
std::vector<Option> general_options();  // --threads, --quiet
std::vector<Option> search_options(const std::string& method = "auto");  // --method and its settings
std::vector<Option> joined(std::vector<std::vector<Option>> parts);

// A flag for a quantity, with unit, range and default from its table row.
Option quantity_option(const Quantity& quantity, const std::string& group, bool with_default = true);

int threads(const Arguments& arguments);
Model load_model(const Arguments& arguments);
Precision precision_of(const Arguments& arguments);  // --precision
SearchOptions search_settings(const Arguments& arguments);

// The value that stands beside the flag's text. Throws Error (usage) that lists the choices.
template <class T>
T choice(const Arguments& arguments, const std::string& flag,
         const std::vector<std::pair<std::string_view, T>>& choices) {
    const std::string text = arguments.text(flag);
    std::vector<std::string_view> names;
    std::string list;
    for (const auto& [name, value] : choices) {
        if (name == text) return value;
        names.push_back(name);
        list += (list.empty() ? "" : ", ") + std::string(name);
    }
    throw Error(ErrorKind::usage,
                flag + " = " + in_quotes(text) + ", must be one of: " + list + did_you_mean(text, names));
}

// Copies of a table's columns that do not take a name in `but`.
Table without(const Table& table, const std::vector<std::string>& but);

}  // namespace tfqkd::cli
