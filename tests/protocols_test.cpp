#include <nlohmann/json.hpp>

#include "catch.hpp"
#include "run_program.hpp"
#include "tfqkd/protocol/protocol.hpp"

// What each protocol says of itself.
using namespace tfqkd;
using namespace tfqkd::test;

namespace {

std::size_t longest_line(const std::string& text) {
    std::size_t longest = 0;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) longest = std::max(longest, line.size());
    return longest;
}

}  // namespace

TEST_CASE("every protocol says what it is worth and how far it is verified", "[protocols]") {
    for (const std::string_view name : protocol_names()) {
        INFO(name);
        const ProtocolInfo info = make_protocol(name)->info();
        CHECK_FALSE(info.title.empty());
        CHECK_FALSE(info.description.empty());
        CHECK_FALSE(info.equations.empty());
        CHECK_FALSE(info.references.empty());
        CHECK_FALSE(info.caveats.empty());
        CHECK_FALSE(info.verification.empty());
        for (const Verification& one : info.verification) {
            CHECK_FALSE(one.what.empty());
            bool known = false;
            for (const char* mark : {"derived", "seen", "read", "recalled", "chosen"})
                known |= one.mark.starts_with(mark);
            CHECK(known);
        }
        // The kind and the words must agree; a kind that was forgotten is `estimate`.
        const bool unproved = info.security.starts_with("no");
        CHECK((info.kind == Kind::estimate) == unproved);
        CHECK((info.kind == Kind::finite) == info.security.starts_with("composable"));
        CHECK((info.kind == Kind::asymptotic) == info.security.starts_with("asymptotic"));
        if (!info.compared_as.empty())
            CHECK(make_protocol(info.compared_as)->info().uses_link("misalignment"));
    }
}

TEST_CASE("protocols NAME prints sections for people and everything as json", "[protocols]") {
    for (const std::string_view name : protocol_names()) {
        INFO(name);
        const Outcome text = run_program({"protocols", std::string(name)});
        CHECK(text.code == 0);
        CHECK(longest_line(text.out) <= 100);
        for (const char* section : {"Security", "Link quantities", "Parameters that searches optimise",
                                    "How far each formula is verified", "References"})
            CHECK_THAT(text.out, contains_text(section));
        const auto json =
            nlohmann::json::parse(run_program({"protocols", std::string(name), "--format", "json"}).out);
        CHECK(json.at("protocol") == name);
        const ProtocolInfo info = make_protocol(name)->info();
        CHECK(json.at("caveats").size() == info.caveats.size());
        CHECK(json.at("verification").size() == info.verification.size());
        const auto used = static_cast<std::size_t>(std::count(info.uses.begin(), info.uses.end(), true));
        CHECK(json.at("quantities").size() == info.parameters.size() + used);
    }
}
