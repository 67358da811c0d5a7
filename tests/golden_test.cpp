#include "golden.hpp"
#include "catch.hpp"

using tfqkd::test::differing_line;

TEST_CASE("texts are compared with tolerance for numbers and for nothing else", "[golden]") {
    CHECK(differing_line("a 1.5 b\n", "a 1.5000001 b\n") == 0);
    CHECK(differing_line("a 1.5e-7,2\n", "a 1.50000001e-07,2\n") == 0);
    CHECK(differing_line("a\nb 1.5\n", "a\nb 1.501\n") == 2);
    CHECK(differing_line("a 1\n", "b 1\n") == 1);
    CHECK(differing_line("a 1\n", "a -1\n") == 1);
    CHECK(differing_line("mu_1000000", "mu_1000001") == 1);
    CHECK(differing_line("a\n", "a\nb") == 2);
    CHECK(differing_line("", "a") == 1);
}
