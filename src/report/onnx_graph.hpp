#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tfqkd/report/export.hpp"

namespace tfqkd {

// An ONNX model that is put together node by node. Values are named by what the functions return.
class OnnxGraph {
  public:
    explicit OnnxGraph(Precision precision);
    ~OnnxGraph();

    // A tensor [?, columns] of the graph's precision, one link a row.
    std::string input(const std::string& name, int columns);
    void output(const std::string& name, const std::string& value, int columns);

    std::string numbers(const Matrix& values);          // [rows, columns]
    std::string stacked_numbers(const Matrix& values);  // [1, rows, columns]
    std::string whole_numbers(const std::vector<int>& values);
    std::string truths(const std::vector<bool>& values);  // [1, columns]

    std::string node(const std::string& operation, const std::vector<std::string>& inputs);
    // With one whole-numbered attribute.
    std::string node(const std::string& operation, const std::vector<std::string>& inputs,
                     const std::string& attribute, int value);
    // The largest `count` of each row, and their places.
    std::pair<std::string, std::string> largest(const std::string& values, int count);

    void metadata(const std::string& key, const std::string& text);
    // The file's bytes. Throws Error (usage) with ONNX's own words when it finds the graph wrong.
    std::string bytes() const;

  private:
    struct Parts;
    std::string tensor(const Matrix& values, std::vector<long> shape);
    std::string fresh_name();

    std::unique_ptr<Parts> parts_;
};

}  // namespace tfqkd
