#pragma once

#include "cli/common.hpp"

// One maker for each subcommand; the list of all is in run.cpp.
namespace tfqkd::cli {

Command protocols_command();
Command rate_command();
Command optimize_command();
Command compare_command();
Command convert_command();
Command diff_command();
Command doctor_command();
Command generate_command();
Command merge_command();
Command manual_command();
Command report_command();
Command rerun_command();
Command train_command();
Command plot_command();
Command predict_command();
Command benchmark_command();
Command export_command();
Command serve_command();

// The rows of an input table without columns that a result has as well, and without what its header says of
// the run that made it.
Table without_results(const Table& rows, const ProtocolInfo& info);

}  // namespace tfqkd::cli
