#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tfqkd {

// The properties that a result file begins with.
inline constexpr std::string_view run_id_property = "run_id", run_property = "run", shard_property = "shard";

// A run line says what determines a run's rows, in the words of a command line: "tfqkd 0.1.0 generate --rows
// 20000 --seed 7". Words are quoted as a POSIX shell wants them.
std::string join_words(const std::vector<std::string>& words);

// The same for runs whose rows are the same: 32 hexadecimal digits.
std::string run_id(std::string_view run_line);

// What is not the same in two run lines: "--rows = 1000 in a.csv, 2000 in b.csv; ...".
std::string run_difference(std::string_view run_a, std::string_view run_b, const std::string& name_a,
                           const std::string& name_b);

}  // namespace tfqkd
