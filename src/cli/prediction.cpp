#include "cli/prediction.hpp"

#include "tfqkd/math/parallel.hpp"
#include "tfqkd/optimize/gradient_search.hpp"
#include "tfqkd/optimize/polish.hpp"

namespace tfqkd::cli {

namespace {

// Takes those rows of a search that are better than what is there.
void take_better(const Optima& optima, const std::vector<Eigen::Index>& rows, const auto& name,
                 auto& answers) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto from = static_cast<Eigen::Index>(i);
        if (!(optima.rate[from] > answers.rate[rows[i]])) continue;
        answers.rate[rows[i]] = optima.rate[from];
        answers.predictions.points.row(rows[i]) = optima.points.row(from);
        answers.method[static_cast<std::size_t>(rows[i])] = name(i);
    }
}

}  // namespace

Predictor::Predictor(const Model& model, const PredictionOptions& options)
    : model_(model), options_(options), free_(model.protocol().info().parameters.size()) {
    const ProtocolInfo& info = model.protocol().info();
    for (const ScaledColumn& column : model.outputs().columns())
        free_[static_cast<std::size_t>(info.parameter(column.name))] = true;
}

// In slices, on several threads.
Predictor::Answers Predictor::predict(const Columns& links) const {
    constexpr Eigen::Index slice = 1024;
    const auto rows = static_cast<std::size_t>(links.rows());
    Answers all{{Columns(links.rows(), static_cast<Eigen::Index>(free_.size())),
                 std::vector<std::string>(rows), std::vector<std::string>(rows)},
                Eigen::ArrayXd(links.rows()),
                std::vector<std::string>(rows, std::string(model_.network().kind()))};
    parallel_for_parts(links.rows(), slice, options_.threads, [&](Eigen::Index first, Eigen::Index count) {
        const Columns some = links.middleRows(first, count);
        Predictions part = model_.predict(some, options_.precision);
        model_.protocol().rates(some, part.points, Measure::rate, all.rate.segment(first, count));
        all.predictions.points.middleRows(first, count) = part.points;
        std::move(part.outside.begin(), part.outside.end(), all.predictions.outside.begin() + first);
        std::move(part.sparse.begin(), part.sparse.end(), all.predictions.sparse.begin() + first);
    });
    return all;
}

void Predictor::polish(const Columns& links, Answers& answers) const {
    const Objective objective{model_.protocol(), links, answers.predictions.points, free_, options_.threads};
    std::vector<Eigen::Index> rows(static_cast<std::size_t>(links.rows()));
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<Eigen::Index>(i);
    take_better(
        tfqkd::polish(objective, options_.polish_steps), rows, [](std::size_t) { return "polish"; }, answers);
}

std::vector<Eigen::Index> Predictor::doubtful_rows(const Answers& answers) const {
    std::vector<Eigen::Index> rows;
    for (Eigen::Index row = 0; row < answers.rate.size(); ++row) {
        const auto k = static_cast<std::size_t>(row);
        if (!answers.predictions.outside[k].empty() || !answers.predictions.sparse[k].empty() ||
            !(answers.rate[row] > 0))
            rows.push_back(row);
    }
    return rows;
}

// Searches start where all searches of the protocol do, but hold what the model holds.
void Predictor::search(const Columns& links, const std::vector<Eigen::Index>& rows, Answers& answers) const {
    if (rows.empty()) return;
    Objective objective = make_task(model_.protocol(), links(rows, Eigen::all), {}, options_.threads);
    objective.free = free_;
    for (std::size_t k = 0; k < free_.size(); ++k)
        if (const auto column = static_cast<Eigen::Index>(k); !free_[k])
            objective.starts.col(column) = answers.predictions.points(rows, column);
    const Optima optima = AutoSearch(SearchOptions{}).maximize(objective);
    take_better(
        optima, rows, [&](std::size_t i) { return std::string(method_name(optima.method[i])); }, answers);
}

void Predictor::count(const Answers& answers) {
    for (std::size_t row = 0; row < answers.method.size(); ++row) {
        outside_ += !answers.predictions.outside[row].empty();
        sparse_ += !answers.predictions.sparse[row].empty();
    }
    const std::vector<Eigen::Index> rows = doubtful_rows(answers);
    for (const Eigen::Index row : rows) doubtful_ |= !options_.fallback || !(answers.rate[row] > 0);
}

void Predictor::answer(const Columns& links, Table& table) {
    Answers answers = predict(links);
    if (options_.polish_steps > 0) polish(links, answers);
    if (options_.fallback) {
        const std::vector<Eigen::Index> rows = doubtful_rows(answers);
        searched_ += rows.size();
        search(links, rows, answers);
    }
    count(answers);
    const auto& parameters = model_.protocol().info().parameters;
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const auto column = answers.predictions.points.col(static_cast<Eigen::Index>(k));
        table.add(std::string(parameters[k].name), Table::Numbers(column.begin(), column.end()));
    }
    const Eigen::ArrayXd rate = answers.rate.max(0.0);
    table.add("key_rate_bit_per_pulse", Table::Numbers(rate.begin(), rate.end()));
    table.add("outside", std::move(answers.predictions.outside));
    table.add("sparse", std::move(answers.predictions.sparse));
    table.add("method", std::move(answers.method));
}

}  // namespace tfqkd::cli
