#pragma once

#include <memory>
#include <ostream>
#include <string>

namespace tfqkd {

// A file that is written whole or not at all: bytes go to PATH.partial, and commit() flushes, fsyncs, renames
// it to PATH and fsyncs the folder. Without commit() the partial file is removed and an existing PATH is
// untouched. Devices and FIFOs are written straight through.
class OutputFile {
  public:
    // Opens at once, so that a path that can't be written is known before the work. Throws Error (io) when it
    // can't be opened, and Error (usage) when PATH exists and `force` is false.
    OutputFile(std::string path, bool force);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    std::ostream& stream();
    // Throws Error (io) with the system's reason when any byte could not be written.
    void commit();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tfqkd
