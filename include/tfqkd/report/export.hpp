#pragma once

#include <cstddef>
#include <string>

#include "tfqkd/learn/model.hpp"

namespace tfqkd {

// What one prediction of an exported network costs at worst.
struct Operations {
    long sums_and_products = 0, divisions = 0, exp = 0, tanh = 0, log = 0;
};

struct C99Options {
    std::string name;  // prefix of every symbol; "" for one made of protocol and network
    Precision precision = Precision::double_precision;
    std::size_t most_bytes = std::size_t{1} << 20;  // of constants

    void validate() const;  // throws Error (usage)
};

// A model as C99: NAME.h and NAME.c, which need no more of libm than exp, tanh and log. Inputs and outputs
// are in physical units.
struct C99Export {
    std::string name;
    std::string header, source;
    std::size_t constant_bytes = 0, stack_bytes = 0;
    Operations operations;
    double largest_difference =
        0;  // from tfqkd's prediction, over the trained range, in the parameters' ranges
};

// Throws Error (usage) when the model is of a kind that has no export, is too large, or loses too much in
// single precision.
C99Export export_c99(const Model& model, C99Options options);

// Whether export_onnx is part of this build.
bool onnx_is_built();
// The bytes of an ONNX file: inputs and outputs in physical units, names and ranges as metadata. Throws Error
// (usage) when the network can't be said in ONNX, or this build has no ONNX.
std::string export_onnx(const Model& model, Precision precision);

}  // namespace tfqkd
