#include "tfqkd/report/benchmark_pieces.hpp"

#include <algorithm>

#include "report/links_table.hpp"
#include "report/method.hpp"

namespace tfqkd {

// The items of one set and method.
struct BenchmarkPieces::Section {
    const TestSet* set;
    const Method* method;
    std::uint64_t first, last;
};

struct BenchmarkPieces::Plan {
    std::vector<TestSet> sets;
    std::vector<Method> methods;
    std::vector<Section> sections;
    int threads;

    Plan(std::vector<TestSet> test_sets, const std::vector<std::pair<std::string, Model>>& models,
         const TrainingRows* train, const BenchmarkOptions& options)
        : sets(std::move(test_sets)),
          methods(methods_for(sets, models, train, options)),
          threads(options.threads) {
        std::uint64_t first = 0;
        for (const TestSet& set : sets)
            for (const Method& method : methods) {
                if (method.protocol != set.optima.protocol) continue;
                const std::uint64_t last = first + static_cast<std::uint64_t>(set.optima.links.rows());
                sections.push_back({&set, &method, first, last});
                first = last;
            }
    }
};

namespace {

TestSet some_links(const TestSet& set, const Items& links, std::uint64_t count) {
    const auto rows = Eigen::seqN(static_cast<Eigen::Index>(links.first), static_cast<Eigen::Index>(count),
                                  static_cast<Eigen::Index>(links.step));
    const TrainingRows& optima = set.optima;
    return {set.name,
            {optima.protocol, optima.links(rows, Eigen::all), optima.points(rows, Eigen::all),
             optima.rate(rows), 0, optima.source}};
}

}  // namespace

BenchmarkPieces::BenchmarkPieces(std::vector<TestSet> sets,
                                 const std::vector<std::pair<std::string, Model>>& models,
                                 const TrainingRows* train, const BenchmarkOptions& options) {
    options.validate();
    plan_ = std::make_unique<const Plan>(std::move(sets), models, train, options);
}

BenchmarkPieces::~BenchmarkPieces() = default;

std::uint64_t BenchmarkPieces::items() const {
    return plan_->sections.empty() ? 0 : plan_->sections.back().last;
}

std::vector<std::pair<std::string, std::size_t>> BenchmarkPieces::text_bytes() const {
    std::size_t set = 0, protocol = 0, method = 0;
    for (const Section& section : plan_->sections) {
        set = std::max(set, section.set->name.size() + outside_ending.size());
        protocol = std::max(protocol, section.method->protocol.size());
        method = std::max(method, section.method->name.size());
    }
    return {{"test_set", set}, {"protocol", protocol}, {"method", method}};
}

BenchmarkPiece BenchmarkPieces::next(Items& items, std::size_t most) const {
    const auto section = std::find_if(plan_->sections.begin(), plan_->sections.end(),
                                      [&](const Section& one) { return items.first < one.last; });
    const Items links{items.first - section->first, items.step};
    const std::uint64_t count = std::min<std::uint64_t>(items.below(section->last), most);
    items.first += count * items.step;
    BenchmarkPiece piece{{{some_links(*section->set, links, count)}, {}, {}}, links};
    std::vector<char>& outside = piece.benchmark.outside.emplace_back(count, false);
    const TestSet& set = piece.benchmark.sets.front();
    piece.benchmark.results.push_back(judge(*section->method, 0, set, plan_->threads, outside));
    for (const Method& other : plan_->methods)
        if (other.knows_range && &other != section->method && other.protocol == set.optima.protocol)
            add_outside(other.all(set.optima.links, plan_->threads), outside);
    return piece;
}

}  // namespace tfqkd
