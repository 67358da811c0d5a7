#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tfqkd {

// What an NPY file's header says: one record a row, of named fields in a fixed order, as numpy.load reads it.
// Properties stand behind the description as a comment, which Python reads over.
struct NpyHeader {
    enum class Kind { f8, f4, i8, i4, bytes, utf32, padding };
    struct FieldType {
        std::string name;
        Kind kind;
        std::size_t width;  // bytes in a record
    };
    std::vector<FieldType> fields;
    std::uint64_t rows = 0;
    std::vector<std::pair<std::string, std::string>> properties;

    std::size_t record_bytes() const;
};

// The bytes before the first record. Their number does not depend on `rows`.
std::string write_npy_header(const NpyHeader& header);

// Reads the header that `file`, a whole file, begins with; `end` is where the records begin. Throws Error
// (data) with `source` for whatever is not as it should be, also where the file is shorter or longer than the
// header says.
NpyHeader read_npy_header(std::string_view file, const std::string& source, std::size_t& end);

}  // namespace tfqkd
