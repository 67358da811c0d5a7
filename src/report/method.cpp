#include "report/method.hpp"

#include <algorithm>

#include "report/rivals.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

Method search_method(const std::string& name, const std::string& spec, const SearchOptions& options) {
    const std::shared_ptr<const Protocol> protocol = make_protocol(spec);
    const auto maximize = [protocol, name, options](const Columns& links, int threads) {
        return make_search(name, options)->maximize(make_objective(*protocol, links, {}, threads));
    };
    return {name,
            spec,
            [maximize](const Columns& links, int threads) {
                Optima optima = maximize(links, threads);
                return Choice{std::move(optima.points), std::move(optima.evaluations), {}, {}};
            },
            [maximize](std::span<const double> link, std::span<double> point) {
                const Columns found = maximize(one_row(link), 1).points;
                std::copy(found.row(0).begin(), found.row(0).end(), point.begin());
            },
            true,
            false};
}

Method model_method(const std::string& name, const Model& model, Precision precision) {
    return {
        name,
        model.protocol().info().spec(),
        [&model, precision](const Columns& links, int) {
            Predictions predicted = model.predict(links, precision);
            Choice choice{std::move(predicted.points), {}, {}, {}};
            for (std::size_t row = 0; row < predicted.outside.size(); ++row) {
                choice.outside.push_back(!predicted.outside[row].empty());
                choice.flagged.push_back(choice.outside.back() || !predicted.sparse[row].empty());
            }
            return choice;
        },
        [&model](std::span<const double> link, std::span<double> point) { model.predict_one(link, point); },
        false,
        true,
        [&model, precision](const Columns& links) { model.points(links, precision); }};
}

std::vector<std::string> protocols_of(const std::vector<TestSet>& sets) {
    std::vector<std::string> protocols;
    for (const TestSet& set : sets)
        if (std::find(protocols.begin(), protocols.end(), set.optima.protocol) == protocols.end())
            protocols.push_back(set.optima.protocol);
    return protocols;
}

}  // namespace

std::vector<Method> methods_for(const std::vector<TestSet>& sets,
                                const std::vector<std::pair<std::string, Model>>& models,
                                const TrainingRows* train, const BenchmarkOptions& options) {
    if (sets.empty()) throw Error(ErrorKind::usage, "there is no test set");
    for (const TestSet& set : sets)
        if (set.optima.links.rows() == 0)
            throw Error(ErrorKind::data,
                        set.optima.source + ": no row has a key, so there is nothing to compare");
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
        methods.push_back(model_method(name, model, options.precision));
    }
    if (train) {
        check(train->source + ": the training rows are", train->protocol);
        for (Method& rival : plain_rivals(*train, options.threads)) methods.push_back(std::move(rival));
    }
    if (methods.empty())
        throw Error(ErrorKind::usage,
                    "there is nothing to compare: no search (--search-links 0), no --model, no --train");
    return methods;
}

void add_outside(const Choice& choice, std::vector<char>& outside) {
    for (std::size_t row = 0; row < choice.outside.size(); ++row)
        outside[row] = outside[row] || choice.outside[row];
}

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
    add_outside(choice, outside);
    result.flagged = std::move(choice.flagged);
    return result;
}

}  // namespace tfqkd
