#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>

namespace tfqkd {

// A file that is written whole or not at all: bytes go to PATH.partial, and commit() flushes, fsyncs, renames
// it to PATH and fsyncs the folder. Without commit() the partial file is removed and an existing PATH is
// untouched. The partial file of a killed run is written over; that of a running one is locked and refused.
// With keep() it stays instead, for another run to go on with.
// Devices and FIFOs, and /dev/stdout and its kin, are written straight through; a link's target is written,
// not the link.
class OutputFile {
  public:
    enum class Start { empty, where_it_was };  // the second leaves what a partial file holds
    // Opens at once, so that a path that can't be written is known before the work. Throws Error (io) when it
    // can't be opened, and Error (usage) when PATH exists and `force` is false.
    OutputFile(std::string path, bool force, Start start = Start::empty);
    ~OutputFile();
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;

    // Throws Error (io), with the path and the system's reason, as soon as a byte can't be written.
    std::ostream& stream();
    // The file that the bytes go to; "" for what is written straight through.
    const std::string& partial_path() const;
    // Drops all bytes behind the first `bytes`; what is written comes after them. Before the first write.
    void cut(std::uint64_t bytes);
    // From now on a partial file that is not committed stays where it is.
    void keep();
    // What was written so far survives a power cut. Throws Error (io).
    void sync();
    // Throws Error (io) with the system's reason when any byte could not be written. Once only.
    void commit();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace tfqkd
