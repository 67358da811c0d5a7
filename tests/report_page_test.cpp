#include "catch.hpp"
#include "run_program.hpp"
#include "tfqkd/report/page.hpp"

using namespace tfqkd;
using namespace tfqkd::test;

namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Table summary() {
    Table table;
    table.add("test_set", Table::Text{"random", "random", "random"});
    table.add("method", Table::Text{"lsa", "bpnn", "<b>&\"x"});
    table.add("links", Table::Numbers{100, 100, 100});
    table.add("mean_ratio", Table::Numbers{1, 0.9999, 0.9});
    table.add("failures", Table::Numbers{0, 1, 9});
    table.add("batch_us_min", Table::Numbers{100, 0.2, std::numeric_limits<double>::quiet_NaN()});
    return table;
}

}  // namespace

TEST_CASE("a summary of methods is put in words", "[page]") {
    const PageSection section = page_section(summary());
    REQUIRE(section.sentences.size() == 2);
    CHECK(has(section.sentences[0],
              "lsa keeps most of the best key rate, 100 % of it in the mean over 100 links"));
    CHECK(
        has(section.sentences[1], "bpnn is the fastest with 0.2 microseconds a link in batches, 500 times"));
}

TEST_CASE("what links kept is summed up by method", "[page]") {
    Table links;
    links.add("test_set", Table::Text{"s", "s", "s", "s"});
    links.add("method", Table::Text{"a", "b", "a", "b"});
    links.add("loss_a_db", Table::Numbers{1, 1, 2, 2});
    links.add("loss_b_db", Table::Numbers{1, 1, 2, 2});
    links.add("ratio", Table::Numbers{1, 0.5, 0.8, 0});
    const PageSection section = page_section(links);
    REQUIRE(section.tables.size() == 1);
    CHECK(section.tables[0].table.numbers("mean_ratio")[0] == Approx(0.9));
    CHECK(section.tables[0].table.numbers("failures") == Table::Numbers{0, 1});
    CHECK(section.figures.size() == 1);
}

TEST_CASE("rates say where their key ends", "[page]") {
    Table rates;
    rates.add("distance_km", Table::Numbers{0, 100, 200});
    rates.add("key_rate_bit_per_pulse", Table::Numbers{1e-3, 1e-5, 0});
    rates.properties = {{"protocol", "sns-finite"}};
    const PageSection section = page_section(rates);
    CHECK(section.sentences.at(0) ==
          "sns-finite: 2 of 3 links have a key, the last one at distance_km = 100.");
    CHECK(section.tables.at(0).table.numbers("largest_distance_km_with_key") == Table::Numbers{100});
}

TEST_CASE("rates of no named protocol go by their file, without parameters", "[page]") {
    Table rates;
    rates.add("distance_km", Table::Numbers{0, 100});
    rates.add("rate_bit_per_pulse", Table::Numbers{1e-3, 1e-5});
    rates.source = "folder/mine.csv";
    const PageSection section = page_section(rates);
    CHECK(section.sentences.at(0).starts_with("mine: 2 of 2 links have a key"));
    CHECK(section.figures.size() == 1);
}

TEST_CASE("a page shows every text as it is and loads nothing", "[page]") {
    PageSection section = page_section(summary());
    section.manifest = "{\"a\": \"</pre><script>\"}";
    const std::string html = html_page("<i>title", {section});
    CHECK_FALSE(has(html, "<i>"));
    CHECK_FALSE(has(html, "<b>&"));
    CHECK(has(html, "&lt;b&gt;&amp;&quot;x"));
    CHECK(has(html, "&lt;/pre&gt;&lt;script&gt;"));
    CHECK_FALSE(has(html, "http:"));
    CHECK_FALSE(has(html, "https:"));
    CHECK(html == html_page("<i>title", {section}));
}

TEST_CASE("pictures on a page have names of their own and their data beside them", "[page]") {
    PageSection section{"s", {}, {}, {}};
    const Figure figure{{{"", {"x"}, {"y"}, {{"line", {1, 2}, {3, 4}}}}}};
    section.figures.push_back(
        {"one", figure, "<?xml version='1.0'?>\n<svg><g id=\"p\"/><use href='#p'/></svg>"});
    section.figures.push_back({"two", figure, ""});
    const std::string html = html_page("t", {section});
    CHECK_FALSE(has(html, "<?xml"));
    CHECK(has(html, "id=\"figure-1-p\""));
    CHECK(has(html, "href='#figure-1-p'"));
    CHECK(has(html, "download=\"figure-2.csv\""));
    CHECK(has(html, "not drawn: gnuplot was not there"));
    CHECK(has(html, "panel%2Cseries%2Cx%5Faxis%2Cy%5Faxis%2Cx%2Cy%0A"));
}

TEST_CASE("a long table is cut on the page, with a word", "[page]") {
    Table table;
    table.add("network", Table::Text(300, "bpnn"));
    table.add("rows", Table::Numbers(300, 1000));
    table.add("mean_ratio", Table::Numbers(300, 0.5));
    CHECK(has(html_page("t", {page_section(table)}), "The first 200 of 300 rows."));
}

TEST_CASE("a report of rates and a model", "[page]") {
    const WorkFolder folder;
    REQUIRE(run_line("generate --rows 60 --seed 3 --quiet -o data.csv").code == 0);
    REQUIRE(run_line("train --data data.csv --network polynomial --degree 1 --quiet -o poly.json").code == 0);
    const Outcome outcome = run_line("report data.csv poly.json --quiet -o report.html");
    INFO(outcome.err);
    CHECK(outcome.code == 0);
    const std::string html = file_text("report.html");
    CHECK(has(html, "Key rates: data.csv"));
    CHECK(has(html, "Model: poly.json"));
    CHECK(has(html, "tfqkd.manifest/1"));  // how the data were made
    CHECK(run_line("report data.csv -o report.html").code == 2);
    CHECK(run_line("report data.csv --quiet -o -").out.starts_with("<!DOCTYPE html>"));
}
