#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "cli/command.hpp"
#include "tfqkd/dataset/shard.hpp"
#include "tfqkd/protocol/protocol.hpp"
#include "tfqkd/table/table_io.hpp"

namespace tfqkd::cli {

// Rows of link quantities made from sweeps: every combination of their values, the last one varying fastest,
// and the quantities that flags set.
class SweptLinks {
  public:
    SweptLinks(const std::vector<std::string>& sweeps, std::vector<std::pair<std::string, double>> set);
    std::uint64_t rows() const { return rows_; }
    Table rows(const Items& items, std::uint64_t count) const;

  private:
    struct Sweep {
        std::string name;
        std::vector<double> values;
    };
    static Sweep read(const std::string& text);

    std::vector<Sweep> sweeps_;
    std::vector<std::pair<std::string, double>> set_;
    std::uint64_t rows_ = 1;
};

// Links block by block: from a file or a pipe, or made from flags and sweeps. `items` says which rows.
class LinkSource {
  public:
    static constexpr std::size_t rows_a_block = 4096;

    // `also`: how long links are where the table does not say.
    LinkSource(const Arguments& arguments, const ProtocolInfo& info, Streams& streams,
               const std::vector<std::pair<std::string, double>>& also = {}, const Items& items = {});
    ~LinkSource();
    // The next rows, at most `most`, and the links they describe; false at the end. Where no row at all is
    // among the items, one block without rows comes first. The table keeps all of the input's columns.
    bool next(Table& rows, Columns& links, std::size_t most = rows_a_block);

  private:
    bool next_made(Table& rows, std::size_t most);
    bool next_read(Table& rows, std::size_t most);
    void tell_defaults(const std::vector<std::string>& assumed);

    const ProtocolInfo& info_;
    std::vector<std::pair<std::string, double>> flags_, defaults_;
    std::unique_ptr<TableReader> reader_;
    std::optional<SweptLinks> made_;
    Items items_;
    Table block_;                               // what was read last, and
    std::uint64_t block_first_ = 0, read_ = 0;  // the places of its first row and of the row behind it
    std::ostream& err_;
    bool quiet_, told_ = false, any_ = false;
};

// How many links there are in all; a file is read through. Throws Error (usage) for a pipe.
std::uint64_t count_links(const Arguments& arguments, Streams& streams);

// Whether links come from something that can be read only once.
bool links_stream(const Arguments& arguments);

}  // namespace tfqkd::cli
