#pragma once

#include <string>

#include "report/c99_text.hpp"
#include "report/exported_model.hpp"

namespace tfqkd {

// C99 around a network: functions that it needs, lines that take `inputs` to the scaled x and note in
// `outside` which are outside the trained range, and lines that take the network's y to `outputs`.
struct C99Scaling {
    std::string functions, in, out;
};

// Its arithmetic is that of exported_arithmetic.hpp; a change here is a change there too. Adds what it costs
// to `operations`.
C99Scaling c99_scaling(const ExportedModel& model, const C99Text& text, Operations& operations);

}  // namespace tfqkd
