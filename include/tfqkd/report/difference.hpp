#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tfqkd {

// How two columns of the same name compare, cell by cell.
struct ColumnDifference {
    std::string column;
    std::uint64_t cells = 0, differing = 0;  // differing: by more than the tolerance
    // The largest |a - b| / max(|a|, |b|); 1 for texts that differ, or a cell that only one of them has.
    double worst = 0;
    std::uint64_t row = 0;  // of the worst cell, counted from 1; 0 while none differs at all
    std::string a, b;       // the worst cell
};

struct Difference {
    std::vector<ColumnDifference> columns;  // those that both have, in the order of a
    std::vector<std::string> only_a, only_b;
    std::uint64_t rows_a = 0, rows_b = 0;
    bool same() const;  // within the tolerance
};

// Compares two files: tables row by row, whatever their formats and the order of their columns; other JSON
// documents (models, baselines) value by value, where a column is a path such as network.layers.weights, and
// the row a place in it. Numbers may differ by `tolerance` times the larger one; the properties of tables are
// not compared. Throws Error (data, io) when a file can't be read.
Difference compare_files(const std::string& path_a, const std::string& path_b, double tolerance);

}  // namespace tfqkd
