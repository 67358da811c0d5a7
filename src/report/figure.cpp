#include "tfqkd/report/figure.hpp"

#include <algorithm>
#include <cmath>

#include "report/table_builder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd {

namespace {

// The palette of Okabe and Ito, which people who see colours differently can tell apart; each with dashes and
// a mark of its own, for print in grey.
struct Look {
    const char* colour;
    int dashes, mark;
};
constexpr Look looks[] = {{"#0072b2", 1, 7}, {"#d55e00", 2, 5}, {"#009e73", 4, 9}, {"#cc79a7", 5, 13},
                          {"#e69f00", 6, 4}, {"#56b4e9", 7, 6}, {"#7f7f7f", 8, 8}};
constexpr Look bounds[] = {{"#000000", 3, 2}, {"#000000", 9, 1}};

constexpr double pixels_per_cm = 96 / 2.54;
constexpr double png_dots_per_pixel = 300.0 / 96;

const Look& look_of(int number) {
    if (number < 0) return bounds[static_cast<std::size_t>(-1 - number) % std::size(bounds)];
    return looks[static_cast<std::size_t>(number) % std::size(looks)];
}

bool shown(const Axis& axis, double value) {
    return std::isfinite(value) && (!axis.logarithmic || value > 0);
}

// As gnuplot reads it back: nothing in single quotes is special but the quote.
std::string quoted(const std::string& text) {
    std::string result = "'";
    for (const char letter : text) {
        if (letter == '\'') result += '\'';
        result += static_cast<unsigned char>(letter) < ' ' ? ' ' : letter;
    }
    return result + "'";
}

std::string whole(double number) { return std::to_string(std::lround(number)); }

// How panels stand on the page.
struct Layout {
    int down, across;
};

Layout layout_of(const Figure& figure, FigureFormat format) {
    const auto panels = static_cast<int>(figure.panels.size());
    const int across = format == FigureFormat::text ? 1 : panels <= 2 ? panels : panels <= 4 ? 2 : 3;
    return {(panels + across - 1) / std::max(across, 1), across};
}

std::string terminal(FigureFormat format, const FigureSize& size, int panels_down) {
    const double tall = size.height_cm > 0 ? size.height_cm : std::max(10, 6 * panels_down);
    const std::string centimetres = format_number(size.width_cm) + "cm," + format_number(tall) + "cm";
    const double width = size.width_cm * pixels_per_cm, height = tall * pixels_per_cm;
    switch (format) {
        case FigureFormat::svg:
            return "svg size " + whole(width) + "," + whole(height) +
                   " dynamic font 'Helvetica,Arial,sans-serif,11' background 'white'";
        case FigureFormat::pdf:
            return "pdfcairo size " + centimetres + " font 'Helvetica,8'";
        case FigureFormat::png:
            return "pngcairo size " + whole(width * png_dots_per_pixel) + "," +
                   whole(height * png_dots_per_pixel) + " font 'Helvetica,8' fontscale " +
                   format_number(png_dots_per_pixel) + " linewidth 2.5 pointscale 2.5";
        case FigureFormat::text:
            return "dumb " + std::to_string(size.columns) + "," + std::to_string(size.rows * panels_down);
    }
    return "";
}

std::string axis_settings(const Axis& axis, const std::string& which, bool plain) {
    const auto limit = [](double value) { return std::isnan(value) ? "*" : format_number(value); };
    std::string text = "set " + which + "label " + quoted(axis.label) + " noenhanced\n";
    text += (axis.logarithmic ? "set logscale " : "unset logscale ") + which + "\n";
    text += "set format " + which + (!axis.logarithmic ? " '%g'\n" : plain ? " '1e%T'\n" : " '10^{%T}'\n");
    return text + "set " + which + "range [" + limit(axis.lower) + ":" + limit(axis.upper) + "]\n";
}

std::string block_name(std::size_t panel, std::size_t series) {
    return "$data_" + std::to_string(panel + 1) + "_" + std::to_string(series + 1);
}

// The points that the axes can show; a gap in between stays a gap.
std::string data_block(const Panel& panel, const Series& series, const std::string& name) {
    std::string text = name + " << EOD\n";
    bool gap = true;
    for (std::size_t i = 0; i < series.x.size(); ++i) {
        if (shown(panel.x, series.x[i]) && shown(panel.y, series.y[i])) {
            text += format_number(series.x[i]) + " " + format_number(series.y[i]) + "\n";
            gap = false;
        } else if (!gap) {
            text += "\n";
            gap = true;
        }
    }
    return text + "EOD\n";
}

bool empty(const Panel& panel, const Series& series) {
    for (std::size_t i = 0; i < series.x.size(); ++i)
        if (shown(panel.x, series.x[i]) && shown(panel.y, series.y[i])) return false;
    return true;
}

std::string drawn_as(const Series& series) {
    const Look& look = look_of(series.look);
    const std::string colour = std::string(" lc rgb '") + look.colour + "'";
    const std::string line =
        " lw " + std::string(series.thin ? "1" : "2") + " dt " + std::to_string(look.dashes) + colour;
    switch (series.shape) {
        case Series::Shape::line:
            return (series.x.size() > 1 ? " with lines" + line
                                        : " with points pt " + std::to_string(look.mark) + colour);
        case Series::Shape::points:
            return " with points pt " + std::to_string(look.mark) + " ps 0.4" + colour;
        case Series::Shape::steps:
            return " with histeps" + line;
    }
    return "";
}

// A mark at the last point of a series, and a thin line from there down, with its x beside it.
std::string end_mark(const Panel& panel, const Series& series, int& number) {
    std::size_t last = series.x.size();
    for (std::size_t i = 0; i < series.x.size(); ++i)
        if (shown(panel.x, series.x[i]) && shown(panel.y, series.y[i])) last = i;
    if (!series.marks_end || last >= series.x.size() - 1) return "";
    const Look& look = look_of(series.look);
    const std::string x = format_number(series.x[last]), y = format_number(series.y[last]);
    const std::string colour = std::string("rgb '") + look.colour + "'";
    ++number;
    return "set arrow " + std::to_string(number) + " from first " + x + ", first " + y + " to first " + x +
           ", graph 0 nohead dt 3 lw 1 lc " + colour + "\nset label " + std::to_string(number) + " " +
           quoted(format_number(series.x[last], 4)) + " at first " + x + ", graph 0.02 rotate by 90 offset " +
           "-0.6,0 tc " + colour + " noenhanced\n";
}

std::string drawn_panel(const Panel& panel, std::size_t number, bool plain) {
    std::string text = "unset arrow\nunset label\nset key " +
                       std::string(panel.key_above ? "above" : "inside bottom left") + "\n";
    text += panel.title.empty() ? "unset title\n" : "set title " + quoted(panel.title) + " noenhanced\n";
    text += axis_settings(panel.x, "x", plain) + axis_settings(panel.y, "y", plain);
    std::string curves;
    int marks = 0;
    for (std::size_t k = 0; k < panel.series.size(); ++k) {
        const Series& series = panel.series[k];
        if (empty(panel, series)) continue;
        text += end_mark(panel, series, marks);
        curves += (curves.empty() ? "" : ", \\\n     ") + block_name(number, k) + " using 1:2" +
                  drawn_as(series) +
                  (series.in_key ? " title " + quoted(series.name) + " noenhanced" : " notitle");
    }
    if (curves.empty())  // axes alone, so that the other panels stay where they are
        return text +
               "set label 1 'nothing to show' at graph 0.5,0.5 center\nset xrange [0:1]\nunset logscale\n" +
               "set yrange [0:1]\nplot NaN notitle\n";
    return text + "plot " + curves + "\n";
}

}  // namespace

bool Figure::empty() const {
    for (const Panel& panel : panels)
        for (const Series& series : panel.series)
            if (!tfqkd::empty(panel, series)) return false;
    return true;
}

void FigureSize::validate() const {
    const auto check = [](double value, double lower, double upper, const char* what) {
        if (!(value >= lower && value <= upper))
            throw Error(ErrorKind::usage, std::string(what) + " = " + format_number(value) +
                                              ", must be in [" + format_number(lower) + ", " +
                                              format_number(upper) + "]");
    };
    check(width_cm, 3, 100, "width");
    if (height_cm != 0) check(height_cm, 3, 100, "height");
    check(columns, 20, 1000, "columns");
    check(rows, 8, 1000, "rows");
}

Table figure_data(const Figure& figure) {
    TableBuilder rows;
    for (const Panel& panel : figure.panels)
        for (const Series& series : panel.series)
            for (std::size_t i = 0; i < series.x.size(); ++i) {
                rows.add("panel", panel.title);
                rows.add("series", series.name);
                rows.add("x_axis", panel.x.label);
                rows.add("y_axis", panel.y.label);
                rows.add("x", series.x[i]);
                rows.add("y", series.y[i]);
            }
    return std::move(rows).table();
}

std::string gnuplot_script(const Figure& figure, FigureFormat format, const FigureSize& size,
                           const std::string& output) {
    size.validate();
    const Layout layout = layout_of(figure, format);
    std::string text = "# Made by tfqkd plot; draw it with: gnuplot FILE\nset encoding utf8\nset terminal " +
                       terminal(format, size, layout.down) + "\n";
    if (!output.empty()) text += "set output " + quoted(output) + "\n";
    const bool plain = format == FigureFormat::text;  // letters only
    text += "set key noenhanced Left reverse spacing 1.1 samplen 3\nset border lw 0.8\n";
    if (!plain) text += "set grid lc rgb '#dddddd' lt 1 lw 0.5\n";
    for (std::size_t p = 0; p < figure.panels.size(); ++p)
        for (std::size_t k = 0; k < figure.panels[p].series.size(); ++k)
            if (const Series& series = figure.panels[p].series[k]; !empty(figure.panels[p], series))
                text += data_block(figure.panels[p], series, block_name(p, k));
    if (figure.panels.size() > 1)
        text += "set multiplot layout " + std::to_string(layout.down) + "," + std::to_string(layout.across) +
                (layout.across > 2 ? "\nset xtics rotate by -45\n" : "\n");
    for (std::size_t p = 0; p < figure.panels.size(); ++p) text += drawn_panel(figure.panels[p], p, plain);
    if (figure.panels.size() > 1) text += "unset multiplot\n";
    return output.empty() ? text : text + "unset output\n";
}

}  // namespace tfqkd
