#include "tfqkd/error.hpp"
#include "tfqkd/report/export.hpp"

// Stands in for export_onnx.cpp where libonnx was not there when tfqkd was built.
namespace tfqkd {

bool onnx_is_built() { return false; }

std::string export_onnx(const Model&, Precision) {
    throw Error(
        ErrorKind::usage,
        "this tfqkd was built without ONNX; install libonnx-dev, libprotobuf-dev and protobuf-compiler "
        "(scripts/install-packages.sh --with-exports), then configure and build it again");
}

}  // namespace tfqkd
