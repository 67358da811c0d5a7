#pragma once

#include <string>
#include <vector>

#include "tfqkd/learn/model.hpp"
#include "tfqkd/report/figure.hpp"
#include "tfqkd/table/table.hpp"

// A report for people: what results say, in words, tables and figures, as one HTML page.
namespace tfqkd {

struct PageTable {
    std::string caption;
    Table table;
};

struct PageFigure {
    std::string caption;
    Figure figure;
    std::string svg = "";  // as gnuplot draws it; "" where there is none: the page then has the data alone
};

// What one result file says.
struct PageSection {
    std::string title;
    std::vector<std::string> sentences;
    std::vector<PageTable> tables;
    std::vector<PageFigure> figures;
    std::string manifest = "";  // of the run that made the file
};

// What a table as tfqkd writes them has to say; which of them it is shows in its columns. Throws Error (data)
// that says which ones can be reported when it is none of these.
PageSection page_section(const Table& table);
PageSection page_section(const Model& model, const std::string& name);

// One page that needs nothing else, not even a network: figures inline, each with its data to download,
// tables that sort. Every text is shown as it is, whatever it holds.
std::string html_page(const std::string& title, const std::vector<PageSection>& sections);

}  // namespace tfqkd
