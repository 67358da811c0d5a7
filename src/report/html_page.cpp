#include <algorithm>
#include <cmath>
#include <sstream>

#include "tfqkd/report/page.hpp"
#include "tfqkd/table/number.hpp"
#include "tfqkd/table/table_io.hpp"

namespace tfqkd {

namespace {

constexpr std::size_t most_rows = 200;  // that a page shows of a table

// Nothing may be loaded from anywhere, so a page can't tell anybody that it is read.
constexpr const char* head = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<style>
body { font: 16px/1.5 system-ui, "Helvetica Neue", Arial, sans-serif; color: #1a1a1a; background: #fff; max-width: 64rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
.wide { overflow-x: auto; } figure { margin: 1.5rem 0; } figure svg { width: 100%; min-width: 32rem; height: auto; } figcaption, caption { color: #444; text-align: left; padding: .3rem 0; }
table { border-collapse: collapse; font-size: .85rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #ddd; text-align: left; white-space: nowrap; } td.n, th.n { text-align: right; }
th button { all: unset; cursor: pointer; font-weight: 600; } th button:focus-visible { outline: 2px solid #0072b2; } th[aria-sort=ascending] button::after { content: " \2191"; } th[aria-sort=descending] button::after { content: " \2193"; }
pre { background: #f5f5f5; padding: .6rem; overflow-x: auto; font-size: .8rem; }
@media print { body { max-width: none; font-size: 10pt; } a.data, details:not([open]) { display: none; } h2, figure, tr { break-inside: avoid; } .wide { overflow: visible; } figure svg { min-width: 0; } th, td { white-space: normal; padding: .1rem .3rem; } }
</style>
)";

// Sorts a table by the column whose heading is pressed; without it the page is as readable.
constexpr const char* script = R"(<script>
for (const button of document.querySelectorAll("th button")) button.addEventListener("click", () => {
  const head = button.parentElement, table = head.closest("table"), body = table.tBodies[0];
  const up = head.getAttribute("aria-sort") !== "ascending", column = head.cellIndex;
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const value = row => { const cell = row.cells[column]; return cell.dataset.v === undefined ? cell.textContent : cell.dataset.v === "" ? NaN : Number(cell.dataset.v); };
  const order = (a, b) => { const x = value(a), y = value(b); if (typeof x === "string") return up ? x.localeCompare(y) : y.localeCompare(x); if (isNaN(x)) return isNaN(y) ? 0 : 1; return isNaN(y) ? -1 : up ? x - y : y - x; };
  body.append(...[...body.rows].sort(order));
});
</script>
)";

std::string escaped(std::string_view text) {
    std::string result;
    for (const char letter : text) switch (letter) {
            case '&':
                result += "&amp;";
                break;
            case '<':
                result += "&lt;";
                break;
            case '>':
                result += "&gt;";
                break;
            case '"':
                result += "&quot;";
                break;
            default:  // other control characters are not allowed in HTML
                if (static_cast<unsigned char>(letter) >= ' ' || letter == '\n' || letter == '\t')
                    result += letter;
        }
    return result;
}

// As a part of a URL: all but letters and digits by their number.
std::string percent_encoded(std::string_view text) {
    constexpr const char* digits = "0123456789ABCDEF";
    std::string result;
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
            byte == '.')
            result += letter;
        else
            (((result += '%') += digits[byte >> 4])) += digits[byte & 15];
    }
    return result;
}

std::string cells(const Table::Column& column, std::size_t row) {
    if (const auto* text = std::get_if<Table::Text>(&column.cells))
        return "<td>" + escaped((*text)[row]) + "</td>";
    const double value = std::get<Table::Numbers>(column.cells)[row];
    return "<td class=\"n\" data-v=\"" + format_number(value) + "\">" +
           (std::isnan(value) ? "" : format_number(value, 7)) + "</td>";
}

std::string html_table(const PageTable& page) {
    const Table& table = page.table;
    std::string html = "<div class=\"wide\"><table>\n";
    if (!page.caption.empty()) html += "<caption>" + escaped(page.caption) + "</caption>\n";
    html += "<thead><tr>";
    for (const Table::Column& column : table.columns()) {
        const bool numbers = std::holds_alternative<Table::Numbers>(column.cells);
        html += std::string("<th scope=\"col\"") + (numbers ? " class=\"n\"" : "") +
                "><button type=\"button\">" + escaped(column.name) + "</button></th>";
    }
    html += "</tr></thead>\n<tbody>\n";
    const std::size_t rows = std::min(table.rows(), most_rows);
    for (std::size_t row = 0; row < rows; ++row) {
        html += "<tr>";
        for (const Table::Column& column : table.columns()) html += cells(column, row);
        html += "</tr>\n";
    }
    html += "</tbody></table></div>\n";
    if (rows < table.rows())
        html +=
            "<p>The first " + std::to_string(rows) + " of " + std::to_string(table.rows()) + " rows.</p>\n";
    return html;
}

// The picture without what only a file needs, its names made unique on the page.
std::string inline_svg(const std::string& svg, const std::string& prefix, const std::string& caption) {
    const auto begin = svg.find("<svg");
    if (begin == std::string::npos) return "";
    std::string text = svg.substr(begin);
    for (const char* before : {" id=\"", " id='", "href='#", "href=\"#", "url(#"})
        for (std::size_t at = 0; (at = text.find(before, at)) != std::string::npos;) {
            at += std::string_view(before).size();
            text.insert(at, prefix);
        }
    return text.insert(4, " role=\"img\" aria-label=\"" + escaped(caption) + "\"");
}

std::string html_figure(const PageFigure& figure, const std::string& name) {
    std::ostringstream data;
    write_table(data, TableFormat::csv, figure_data(figure.figure));
    std::string html = "<figure>\n<div class=\"wide\">" + inline_svg(figure.svg, name + "-", figure.caption) +
                       "</div><figcaption>" + escaped(figure.caption);
    if (figure.svg.empty()) html += " (not drawn: gnuplot was not there)";
    return html + " <a class=\"data\" download=\"" + name + ".csv\" href=\"data:text/csv;charset=utf-8," +
           percent_encoded(data.str()) + "\">data</a></figcaption>\n</figure>\n";
}

}  // namespace

std::string html_page(const std::string& title, const std::vector<PageSection>& sections) {
    std::string html = std::string(head) + "<title>" + escaped(title) + "</title>\n</head>\n<body>\n<h1>" +
                       escaped(title) + "</h1>\n";
    html += "<ul>\n";
    for (const PageSection& section : sections)
        for (const std::string& sentence : section.sentences) html += "<li>" + escaped(sentence) + "</li>\n";
    html += "</ul>\n";
    int figures = 0;
    for (const PageSection& section : sections) {
        html += "<section>\n<h2>" + escaped(section.title) + "</h2>\n";
        for (const PageTable& table : section.tables) html += html_table(table);
        for (const PageFigure& figure : section.figures)
            html += html_figure(figure, "figure-" + std::to_string(++figures));
        if (!section.manifest.empty())
            html += "<details><summary>How it was made</summary>\n<pre>" + escaped(section.manifest) +
                    "</pre></details>\n";
        html += "</section>\n";
    }
    return html + script + "</body>\n</html>\n";
}

}  // namespace tfqkd
