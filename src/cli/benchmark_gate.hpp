#pragma once

#include "cli/result_sink.hpp"
#include "tfqkd/report/benchmark.hpp"

namespace tfqkd::cli {

std::vector<Option> gate_options();

// Compares a benchmark with --compare FILE, or writes it there for --update-baseline.
class BenchmarkGate {
  public:
    // Reads limits and baseline, before the work. Throws Error.
    explicit BenchmarkGate(const Arguments& arguments);
    ~BenchmarkGate();
    // Whether a gate was asked for.
    bool is_on() const { return !path_.empty(); }
    // Writes the comparison to `sink`; the exit code: 1 when the gate fails.
    int judge(const Benchmark& benchmark, ResultSink& sink, std::ostream& talk);

  private:
    struct State;
    std::string path_;
    std::unique_ptr<State> state_;
};

}  // namespace tfqkd::cli
