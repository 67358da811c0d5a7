#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tfqkd/table/quantity.hpp"

namespace tfqkd::cli {

struct Streams {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
};

// One flag. From these rows come the parser, the help and the documentation.
struct Option {
    std::string flag;      // "--seed"
    std::string value;     // how its value is shown, such as "N"; "" for a switch
    std::string fallback;  // what holds when it is not given, as text; "" for nothing
    std::string help;
    std::string group = "Options";
    bool many = false;                      // may be given several times
    std::string letter = "";                // "-o"
    bool shapes_result = true;              // false: where to write, how fast, how much to say
    std::vector<std::string> choices = {};  // what its value may be, where shells should offer it

    Option offering(std::vector<std::string> values) && {
        choices = std::move(values);
        return std::move(*this);
    }
};

// What the user said, flag by flag, all as text until it is asked for. Each getter throws Error (usage) that
// names the flag, the value and what is allowed.
class Arguments {
  public:
    Arguments(std::string command, std::vector<Option> options,
              std::map<std::string, std::vector<std::string>> given)
        : command_(std::move(command)), options_(std::move(options)), given_(std::move(given)) {}

    const std::string& command() const { return command_; }

    bool has(const std::string& flag) const { return given_.contains(flag); }
    std::string text(const std::string& flag) const;  // the fallback when it was not given
    std::vector<std::string> all(const std::string& flag) const;
    double number(const std::string& flag, const Interval& allowed) const;
    std::uint64_t count(const std::string& flag, std::uint64_t lower, std::uint64_t upper) const;
    std::vector<std::pair<std::string, double>> settings(const std::string& flag) const;  // NAME=VALUE, many
    // These arguments as if the user had said so of a flag.
    Arguments with(const std::string& flag, std::vector<std::string> values) const;
    const std::vector<Option>& options() const { return options_; }

  private:
    std::string command_;
    std::vector<Option> options_;
    std::map<std::string, std::vector<std::string>> given_;
};

struct Example {
    std::string command, meaning;
};

// A subcommand. `options` sees the raw words, since some flags depend on the protocol.
struct Command {
    std::string name, summary, description;
    std::vector<Example> examples;
    // How a word without a flag is shown, such as "[NAME]" or "A B", or "FILE..." for any number; given as
    // flag
    // "".
    std::string operand;
    std::function<std::vector<Option>(const std::vector<std::string>& words)> options;
    std::function<int(const Arguments& arguments, Streams& streams)> run;
};

const std::vector<Command>& commands();

// The command's own options and --config.
std::vector<Option> all_options(const Command& command, const std::vector<std::string>& words);
// Reads the words after the subcommand. Precedence: flags, environment (TFQKD_SEED for --seed, 1 or 0 for a
// switch), --config FILE.
Arguments parse(const Command& command, const std::vector<std::string>& words);
// The options' groups, in order of appearance, and "tfqkd NAME [options] OPERAND": what help and manual
// share.
std::vector<std::string> option_groups(const std::vector<Option>& options);
std::string usage_line(const Command& command);
void print_help(const Command& command, const std::vector<std::string>& words, std::ostream& out);
void print_help(std::ostream& out);  // the program's

// The protocol that the words ask for, or `fallback`; options that depend on it are made from it.
std::string protocol_in(const std::vector<std::string>& words, const std::string& fallback = "sns-finite");

// A quantity's name as a flag: "distance_km" -> "--distance-km".
std::string flag_of(std::string_view name);

}  // namespace tfqkd::cli
