#pragma once

#include "tfqkd/report/figure.hpp"

// The figures of the field, made from tables as the commands write them. Rows belong together by their column
// or property "protocol"; else they go by the file's name. All throw Error (data) that names the file and the
// column when a table lacks what the figure shows.
namespace tfqkd {

// The column that figures have along x where none is asked for: distance_km or loss_db, else the first link
// quantity that varies.
std::string varying_quantity(const Table& table);

// Key rates against a link quantity, the repeaterless bounds beside them, the last point with a key marked.
// The tables: results of rate, optimize, predict, generate, or of compare --long.
Figure rate_figure(const std::vector<Table>& tables, const std::string& x);

// A panel for each parameter, from the same tables; rows without a key are left out.
Figure parameters_figure(const std::vector<Table>& tables, const std::string& x);

// What models and searches lose of the best key rate, 1 - R / R_best: by x (median and worst hundredth) and
// as a histogram. The tables: results of benchmark --show links.
Figure ratio_figure(const std::vector<Table>& tables, const std::string& x);

// Learning curves: mean loss of key rate against training rows. Columns network, rows, mean_ratio and, if
// there, protocol; rows of the same three are averaged.
Figure learning_figure(const std::vector<Table>& tables);

// What searches still lose after so many evaluations. Columns method, evaluations, loss.
Figure convergence_figure(const std::vector<Table>& tables);

}  // namespace tfqkd
