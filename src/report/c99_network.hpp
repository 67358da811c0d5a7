#pragma once

#include <string>

#include "report/c99_text.hpp"
#include "report/exported_model.hpp"

namespace tfqkd {

// The C99 definitions of a network's constants and of
//     static void PREFIX_network(const REAL *x, REAL *y)
// on scaled inputs and outputs, and what a call costs.
struct C99Network {
    std::string text;
    Operations operations;
    std::size_t stack_numbers = 0;
};

// Its arithmetic is that of exported_arithmetic.hpp; a change here is a change there too.
C99Network c99_network(const ExportedModel& model, const C99Text& text);

}  // namespace tfqkd
