#pragma once

#include <sstream>
#include <string>

#include "catch.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/table_io.hpp"

namespace tfqkd::test {

// What an Error says, behind its kind: "data: links.csv:2: ...". "no error" when none is thrown.
template <class Action>
std::string error_of(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        const char* kind = error.kind() == ErrorKind::usage  ? "usage"
                           : error.kind() == ErrorKind::data ? "data"
                                                             : "io";
        return std::string(kind) + ": " + error.what();
    }
    return "no error";
}

inline Table read(const std::string& text, TableFormat format) {
    std::istringstream in(text);
    return read_table(in, format, "f");
}

inline std::string written(const Table& table, TableFormat format) {
    std::ostringstream out;
    write_table(out, format, table);
    return out.str();
}

inline std::string refusal(const std::string& text, TableFormat format) {
    return error_of([&] { read(text, format); });
}

}  // namespace tfqkd::test
