#pragma once

namespace tfqkd::cli {

// Makes the process fit for how shells may start it: with standard streams closed, so that a file that is
// opened would take the place of one and get what is meant for it; and with a limit on the size of files,
// which is an error like any other of writing.
void prepare_process();

}  // namespace tfqkd::cli
