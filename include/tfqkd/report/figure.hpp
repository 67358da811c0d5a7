#pragma once

#include <limits>
#include <string>
#include <vector>

#include "tfqkd/table/table.hpp"

namespace tfqkd {

// An axis with what it measures, its unit in brackets. A logarithmic axis shows numbers above 0 only.
struct Axis {
    std::string label;
    bool logarithmic = false;
    double lower = std::numeric_limits<double>::quiet_NaN();  // NaN: as the data have it
    double upper = std::numeric_limits<double>::quiet_NaN();
};

// Points (x, y) that belong together. Series of the same `look` share colour and dashes over all panels.
struct Series {
    enum class Shape { line, points, steps };
    std::string name;
    std::vector<double> x, y;
    int look = 0;  // 0, 1, ...: colours and dashes that also differ in grey; -1, -2, ...: black, for bounds
    Shape shape = Shape::line;
    bool thin = false;       // beside a series of the same look
    bool in_key = true;      // false where another panel or series says the name already
    bool marks_end = false;  // where points follow that can't be shown, the last one that can, with its x
};

// One pair of axes.
struct Panel {
    std::string title;
    Axis x, y;
    std::vector<Series> series;
    bool key_above = true;  // the names: above the axes, or in their lower left corner
};

// One or more panels on a page.
struct Figure {
    std::vector<Panel> panels;
    bool empty() const;  // no point that its axes could show
};

// Every point of a figure as a row: panel, series, x, y.
Table figure_data(const Figure& figure);

enum class FigureFormat { svg, pdf, png, text };

// Size on paper, or of a terminal.
struct FigureSize {
    double width_cm = 17, height_cm = 0;  // 8.5 is one column of a journal, 17 are two; 0: as panels need
    int columns = 100, rows = 32;         // of characters, for text
    void validate() const;
};

// Instructions for gnuplot 5 that draw the figure, data included, to the file `output`, or to standard output
// where that is "". The same figure gives the same text. Texts of the figure are shown as they are.
std::string gnuplot_script(const Figure& figure, FigureFormat format, const FigureSize& size,
                           const std::string& output);

}  // namespace tfqkd
