#pragma once

#include <map>
#include <string>

#include "tfqkd/nn/regressor.hpp"
#include "tfqkd/report/export.hpp"

namespace tfqkd {

// Pieces of C99 text in one precision, all names with one prefix.
class C99Text {
  public:
    C99Text(std::string prefix, Precision precision) : prefix_(std::move(prefix)), precision_(precision) {}

    const std::string& prefix() const { return prefix_; }
    std::string capitals(const std::string& text) const;  // "a_b" -> "PREFIX_A_B"; "" -> "PREFIX"
    bool single_precision() const { return precision_ == Precision::single_precision; }
    std::size_t bytes() const { return single_precision() ? 4 : 8; }

    // The shortest constant that is read as the number in this precision.
    std::string number(double value) const;
    // "static const double PREFIX_name[rows][cols] = {...};", or of one dimension when there is one row.
    std::string array(const std::string& name, const Matrix& values) const;
    // Fills in @p@ (prefix), @P@ (in capitals), @real@, @exp@, @tanh@, @log@, constants such as @0.5@, and
    // `words`.
    std::string filled(std::string_view text, const std::map<std::string, std::string>& words = {}) const;

  private:
    std::string prefix_;
    Precision precision_;
};

}  // namespace tfqkd
