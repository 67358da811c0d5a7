#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

// The NLopt algorithms that can be asked for, and a search by one of them; null for any other name.
std::vector<std::string> nlopt_algorithms();
std::unique_ptr<Search> make_nlopt_search(std::string_view algorithm, const SearchOptions& options);

}  // namespace tfqkd
