#pragma once

#include <string>

#include "tfqkd/report/figure.hpp"

namespace tfqkd::cli {

// Where PATH has the program gnuplot; "" for nowhere.
std::string gnuplot_path();

// Has the program gnuplot draw a figure, and returns what it draws: a file's bytes, or lines of text. Throws
// Error (io) when gnuplot is not there, with the package that has it, or can't draw, with what it says.
std::string drawn_by_gnuplot(const Figure& figure, FigureFormat format, const FigureSize& size);

}  // namespace tfqkd::cli
