#include "tfqkd/report/benchmark.hpp"

#include <algorithm>

#include "report/method.hpp"
#include "report/processor_time.hpp"
#include "report/rivals.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

Method search_method(const std::string& name, const std::string& spec, const SearchOptions& options) {
    const std::shared_ptr<const Protocol> protocol = make_protocol(spec);
    const auto maximize = [protocol, name, options](const Columns& links, int threads) {
        return make_search(name, options)->maximize(make_objective(*protocol, links, {}, threads));
    };
    return {name, spec,
            [maximize](const Columns& links, int threads) {
                Optima optima = maximize(links, threads);
                return Choice{std::move(optima.points), std::move(optima.evaluations), {}, {}};
            },
            [maximize](std::span<const double> link, std::span<double> point) {
                const Columns found = maximize(one_row(link), 1).points;
                std::copy(found.row(0).begin(), found.row(0).end(), point.begin());
            },
            true};
}

Method model_method(const std::string& name, const Model& model) {
    return {
        name, model.protocol().info().spec(),
        [&model](const Columns& links, int) {
            Predictions predicted = model.predict(links);
            Choice choice{std::move(predicted.points), {}, {}, {}};
            for (std::size_t row = 0; row < predicted.outside.size(); ++row) {
                choice.outside.push_back(!predicted.outside[row].empty());
                choice.flagged.push_back(choice.outside.back() || !predicted.sparse[row].empty());
            }
            return choice;
        },
        [&model](std::span<const double> link, std::span<double> point) { model.predict_one(link, point); }};
}

std::vector<std::string> protocols_of(const std::vector<TestSet>& sets) {
    std::vector<std::string> protocols;
    for (const TestSet& set : sets)
        if (std::find(protocols.begin(), protocols.end(), set.optima.protocol) == protocols.end())
            protocols.push_back(set.optima.protocol);
    return protocols;
}

std::vector<Method> methods_for(const std::vector<TestSet>& sets,
                                const std::vector<std::pair<std::string, Model>>& models,
                                const TrainingRows* train, const BenchmarkOptions& options) {
    const std::vector<std::string> protocols = protocols_of(sets);
    const auto check = [&](const std::string& what, const std::string& protocol) {
        if (std::find(protocols.begin(), protocols.end(), protocol) == protocols.end())
            throw Error(ErrorKind::data,
                        what + " for " + protocol + ", the data set for " + protocols.front());
    };
    std::vector<Method> methods;
    for (const std::string& protocol : protocols)
        for (const std::string& name : options.methods)
            methods.push_back(search_method(name, protocol, options.search));
    for (const auto& [name, model] : models) {
        check(name + ": the model is", model.protocol().info().spec());
        methods.push_back(model_method(name, model));
    }
    if (train) {
        check(train->source + ": the training rows are", train->protocol);
        for (Method& rival : plain_rivals(*train, options.threads)) methods.push_back(std::move(rival));
    }
    return methods;
}

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
        const double batch = processor_seconds_of([&] { method.all(some, 1); });
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

// What a method chooses on a test set, by the full formula; `outside` gains what a model calls so.
MethodResult judge(const Method& method, std::size_t number, const TestSet& set, int threads,
                   std::vector<char>& outside) {
    const TrainingRows& optima = set.optima;
    Choice choice = method.all(optima.links, threads);
    MethodResult result;
    result.set = number;
    result.method = method.name;
    result.points = std::move(choice.points);
    result.rate.resize(optima.links.rows());
    make_protocol(optima.protocol)->rates(optima.links, result.points, Measure::rate, result.rate);
    result.evaluations = std::move(choice.evaluations);
    result.flagged = std::move(choice.flagged);
    for (std::size_t row = 0; row < choice.outside.size(); ++row)
        outside[row] = outside[row] || choice.outside[row];
    return result;
}

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
    if (sets.empty()) throw Error(ErrorKind::usage, "there is no test set");
    for (const TestSet& set : sets)
        if (set.optima.links.rows() == 0)
            throw Error(ErrorKind::data,
                        set.optima.source + ": no row has a key, so there is nothing to compare");
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
