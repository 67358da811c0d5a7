#include "tfqkd/report/benchmark.hpp"

#include <algorithm>

#include "report/method.hpp"
#include "report/processor_time.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

// One pass of each method after the other, so that a machine that changes its speed does so for all of them.
class Race {
  public:
    Race(const TestSet& set, const BenchmarkOptions& options) : optima_(set.optima), options_(options) {
        links_ = optima_.links.matrix();
        point_.resize(static_cast<std::size_t>(optima_.points.cols()));
    }
    // Times a method once more on the first links.
    void pass(const Method& method, MethodResult& result, bool warm_up) {
        const auto most =
            static_cast<Eigen::Index>(method.searches ? options_.search_links : options_.batch_links);
        const Eigen::Index count = std::min(optima_.links.rows(), most);
        const auto singly = std::min<Eigen::Index>(count, static_cast<Eigen::Index>(options_.single_links));
        if (singly == 0) return;
        const Columns some = optima_.links.topRows(count);
        const double batch = processor_seconds_of([&] {
            if (method.batch)
                method.batch(some);
            else
                method.all(some, 1);
        });
        const double single = processor_seconds_of([&] {
            for (Eigen::Index row = 0; row < singly; ++row)
                method.one({links_.row(row).data(), static_cast<std::size_t>(links_.cols())}, point_);
        });
        if (warm_up) return;
        result.batch_s.push_back(batch / static_cast<double>(count));
        result.single_s.push_back(single / static_cast<double>(singly));
    }

  private:
    const TrainingRows& optima_;
    const BenchmarkOptions& options_;
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> links_;
    std::vector<double> point_;
};

}  // namespace

void BenchmarkOptions::validate() const {
    search.validate();
    for (const std::string& method : methods) make_search(method, search);
    if (passes < 0 || passes > 1000) throw Error(ErrorKind::usage, "passes must be in [0, 1000]");
    if (single_links < 1) throw Error(ErrorKind::usage, "single_links must be at least 1");
    if (batch_links < 1) throw Error(ErrorKind::usage, "batch_links must be at least 1");
}

Benchmark run_benchmark(std::vector<TestSet> sets, const std::vector<std::pair<std::string, Model>>& models,
                        const TrainingRows* train, const BenchmarkOptions& options) {
    options.validate();
    const std::vector<Method> methods = methods_for(sets, models, train, options);
    Benchmark benchmark{std::move(sets), {}, {}};
    std::vector<std::string> timed;  // protocols
    for (std::size_t number = 0; number < benchmark.sets.size(); ++number) {
        const TestSet& set = benchmark.sets[number];
        const std::string& protocol = set.optima.protocol;
        std::vector<char>& outside =
            benchmark.outside.emplace_back(static_cast<std::size_t>(set.optima.links.rows()), false);
        std::vector<const Method*> here;
        const std::size_t first = benchmark.results.size();
        for (const Method& method : methods) {
            if (method.protocol != protocol) continue;
            here.push_back(&method);
            benchmark.results.push_back(judge(method, number, set, options.threads, outside));
        }
        if (std::find(timed.begin(), timed.end(), protocol) != timed.end()) continue;
        timed.push_back(protocol);
        Race race(set, options);
        for (int pass = -1; options.passes > 0 && pass < options.passes; ++pass)  // the first one warms up
            for (std::size_t m = 0; m < here.size(); ++m)
                race.pass(*here[m], benchmark.results[first + m], pass < 0);
    }
    return benchmark;
}

}  // namespace tfqkd
