#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tfqkd/protocol/link.hpp"
#include "tfqkd/table/quantity.hpp"

namespace tfqkd {

// A setting of a protocol that is chosen once, not searched: such as how errors are corrected.
struct ProtocolOption {
    std::string name;
    std::vector<std::string> choices;  // the first one is the default
    std::string help;
};

// What a rate is worth. Rates of different kinds are different statements: only those of one kind compete.
enum class Kind {
    estimate,    // no proof
    bound,       // an upper bound of any protocol, not a protocol
    asymptotic,  // proved for infinite data
    gaussian,    // finite data with Gaussian fluctuations, collective attacks; not composable
    finite       // composable: finite data, coherent attacks, a stated failure probability
};
std::string_view kind_name(Kind kind);
std::string_view kind_meaning(Kind kind);
// Whether a rate of this kind is the rate of a proven key.
constexpr bool is_proved(Kind kind) { return kind >= Kind::asymptotic; }

// How far some of a protocol's formulas are verified. Marks: derived, seen, read, recalled, chosen; see
// mark_meanings().
struct Verification {
    std::string equations, what, mark;
};
std::string_view mark_meanings();

struct ProtocolInfo {
    std::string name;
    Kind kind = Kind::estimate;           // until its maker can say more
    std::string title;                    // one line
    std::string description;              // a few sentences: what it is and how it is modelled
    std::string security;                 // what the key is proved secure against
    std::vector<std::string> references;  // papers with their arXiv numbers
    std::vector<std::string> equations;   // the equations used, as numbered in the sources
    std::vector<Verification> verification;
    std::vector<std::string> caveats;  // where papers are silent or differ, and what does not match one
    std::vector<ProtocolOption> options;
    std::string compared_as;  // the spec to compare with others, where the default leaves out what they count
    std::map<std::string, std::string> chosen;  // option -> choice
    std::vector<bool> uses;                     // which of link_quantities() matter
    std::vector<Quantity> parameters;           // the columns of `points`

    // Further starts that searches must try because the rate has several maxima: (parameter, value) pairs
    // laid over the first start; a name without suffix holds for both users.
    std::vector<std::vector<std::pair<std::string, double>>> more_starts;

    // The name with the choices that differ from the defaults: "sns-finite:sources=asymmetric".
    std::string spec() const;
    bool uses_link(std::string_view quantity) const;
    // The index of a parameter. Throws Error (usage) that names the nearest one.
    int parameter(std::string_view parameter_name) const;
};

// What a model says of a point. `rate` is the signed key rate [bit per time window]; `sifted` the rate of
// sifted bits; `excess` >= 0 tells how far a condition for any key is missed.
template <class T>
struct KeyRate {
    T rate, sifted, excess;
};

// What is asked for: the signed key rate, or the score that searches maximise: the rate where it is positive,
// else a measure <= 0 (key bits per sifted bit, less the excess) that points the way to a key.
enum class Measure { rate, score };

struct Intermediate {
    std::string name;
    double value;
};

// A key-rate model at run time: doubles only, links and points as columns. All calls are thread-safe, and a
// row's result does not depend on the other rows. Values are taken as valid; users' input is checked before.
class Protocol {
  public:
    virtual ~Protocol() = default;
    const ProtocolInfo& info() const { return info_; }

    // links: rows x link quantities, points: rows x parameters -> values: rows.
    virtual void rates(const ColumnsRef& links, const ColumnsRef& points, Measure measure,
                       Eigen::Ref<Eigen::ArrayXd> values) const = 0;
    // Also slopes: rows x parameters, the exact derivative of the value by each parameter.
    virtual void slopes(const ColumnsRef& links, const ColumnsRef& points, Measure measure,
                        Eigen::Ref<Eigen::ArrayXd> values,
                        Eigen::Ref<Columns, 0, Eigen::OuterStride<>> slopes) const = 0;
    // One row, in plain double arithmetic.
    virtual double rate(std::span<const double> link, std::span<const double> point,
                        Measure measure) const = 0;
    // Where a search of one row begins: the parameters' start values, moved to suit the link where the model
    // knows how.
    virtual void start(std::span<const double> link, std::span<double> point) const = 0;
    // d rate / d x of one row for all link quantities, then all parameters.
    virtual std::vector<double> sensitivity(std::span<const double> link,
                                            std::span<const double> point) const = 0;
    // Every intermediate of one row, in the order of the formulas, by the sources' symbols.
    virtual std::vector<Intermediate> explain(std::span<const double> link,
                                              std::span<const double> point) const = 0;

  protected:
    explicit Protocol(ProtocolInfo info) : info_(std::move(info)) {}

  private:
    ProtocolInfo info_;
};

// The protocol that a spec stands for: NAME or NAME:OPTION=CHOICE,... Throws Error (usage) that names the
// nearest protocol, option or choice and lists those there are.
std::unique_ptr<const Protocol> make_protocol(std::string_view spec);

// The names of all protocols, in the order of the registry.
std::vector<std::string_view> protocol_names();

}  // namespace tfqkd
