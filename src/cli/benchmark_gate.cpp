#include "cli/benchmark_gate.hpp"

#include <filesystem>
#include <ostream>

#include "tfqkd/error.hpp"
#include "tfqkd/report/gate.hpp"
#include "tfqkd/table/text_file.hpp"

namespace tfqkd::cli {

struct BenchmarkGate::State {
    GateLimits limits;
    std::optional<Baseline> before;
    std::unique_ptr<OutputFile> baseline, junit;  // to be written
};

std::vector<Option> gate_options() {
    const std::string group = "Regression gate";
    return {
        {"--compare", "BASELINE", "",
         "compare with this baseline, and exit with 1 when a key rate is lower, a case is gone, or a search "
         "needs more evaluations",
         group, false, "", false},
        {"--fail-over", "METRIC:LIMIT", "",
         "limit of what may be worse: rate:1e-6 (of a link), evaluations:2% (of a test set), as they are "
         "unless given, or time:25%, which counts only when it is given",
         group, true, "", false},
        {"--update-baseline", "", "", "write this run to the file of --compare, as the new baseline", group,
         false, "", false},
        {"--junit", "XML", "", "file for the comparison as JUnit XML as well", group, false, "", false}};
}

BenchmarkGate::BenchmarkGate(const Arguments& arguments) : state_(std::make_unique<State>()) {
    for (const std::string& limit : arguments.all("--fail-over")) set_limit(state_->limits, limit);
    if (!arguments.has("--compare")) {
        for (const char* flag : {"--fail-over", "--update-baseline", "--junit"})
            if (arguments.has(flag))
                throw Error(ErrorKind::usage, std::string(flag) + " needs --compare BASELINE");
        return;
    }
    path_ = arguments.text("--compare");
    const bool update = arguments.has("--update-baseline");
    if (std::error_code error; std::filesystem::exists(path_, error))
        state_->before = read_baseline(read_text_file(path_), path_);
    else if (!update)
        throw Error(ErrorKind::io, path_ +
                                       ": there is no such baseline; the same command with "
                                       "--update-baseline makes it");
    if (update) state_->baseline = std::make_unique<OutputFile>(path_, true);
    if (arguments.has("--junit"))
        state_->junit = std::make_unique<OutputFile>(arguments.text("--junit"), arguments.has("--force"));
}

BenchmarkGate::~BenchmarkGate() = default;

int BenchmarkGate::judge(const Benchmark& benchmark, ResultSink& sink, std::ostream& talk) {
    const Baseline now = baseline_of(benchmark);
    const bool update = state_->baseline != nullptr;
    std::vector<GateCase> cases;
    if (state_->before || !update) {
        try {
            cases = compare(*state_->before, now, state_->limits);
        } catch (const Error& error) {
            if (!update) throw Error(error.kind(), path_ + ": " + error.what());
        }
    }
    sink.write(gate_table(cases));
    sink.finish();
    if (state_->junit) {
        state_->junit->stream() << gate_junit(cases);
        state_->junit->commit();
    }
    if (update) {
        write_baseline(state_->baseline->stream(), now);
        state_->baseline->commit();
        talk << "tfqkd: " << path_ << " is the baseline now: " << now.cases.size() << " cases\n";
        return 0;
    }
    for (const GateCase& one : cases)
        for (const std::string& failure : one.failures)
            talk << "tfqkd: gate failed: " << one.test_set << ", " << one.method << ": " << failure << "\n";
    return passes(cases) ? 0 : 1;
}

}  // namespace tfqkd::cli
