#pragma once

#include <string_view>

#include "report/c99_network.hpp"

namespace tfqkd {

// What networks that measure distances share: the place of an input, and tables in one row.
inline constexpr std::string_view place_function = R"(
/* place = metric x, inputs x inputs. */
static void @p@_find_place(const @real@ *metric, const @real@ *x, @real@ *place)
{
    int d, i;
    for (d = 0; d < @inputs@; ++d) {
        place[d] = @0@;
        for (i = 0; i < @inputs@; ++i)
            place[d] += metric[d * @inputs@ + i] * x[i];
    }
}
)";

// Row after row, in one row.
inline Matrix flat(const Matrix& matrix) { return matrix.reshaped<Eigen::RowMajor>(1, matrix.size()); }

// The text of a general regression network.
C99Network text_of(const KernelNetwork& network, const C99Text& c);

}  // namespace tfqkd
