#include "tfqkd/nn/rbfnn.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numbers>
#include <numeric>

#include "nn/greedy_centres.hpp"
#include "nn/json_matrix.hpp"
#include "nn/radial_basis.hpp"
#include "nn/radial_fields.hpp"
#include "nn/radial_spreads.hpp"
#include "nn/random.hpp"
#include "nn/require.hpp"
#include "nn/ridge.hpp"
#include "nn/steepness.hpp"
#include "nn/vector_math.hpp"
#include "tfqkd/math/parallel.hpp"
#include "tfqkd/nn/loss.hpp"

namespace tfqkd {

namespace {

constexpr Eigen::Index block_rows = 256;
constexpr Eigen::Index fitted_rows = 4096;    // folded into the least squares at a time
constexpr int most_samples_of_exact = 12000;  // 1.2 GB of kernel, half a minute
constexpr double tried_ridge = 1e-16;
constexpr int fewest_for_two_fields = 100;   // centres
constexpr std::size_t worst_share = 4;       // the second field is for one sample in so many
constexpr double least_exact_ridge = 1e-14;  // the kernel of every sample is else singular to rounding

// With more, weights would follow chance; a centre's own sample tells nothing about others.
int most_centres(const Samples& samples) { return std::max(1, static_cast<int>(samples.inputs.rows()) / 2); }

Samples drawn_samples(const Samples& samples, int count, std::uint64_t seed) {
    const auto rows = drawn_rows(static_cast<int>(samples.inputs.rows()), count, seed);
    return {samples.inputs(rows, Eigen::all), samples.targets(rows, Eigen::all)};
}

// -ln 2 times the squared distances of a place from some centres: each sum stays in a register.
void measure(const RadialField& field, const Eigen::VectorXd& place, Eigen::Index start, Eigen::Index count,
             double* result) {
    constexpr Eigen::Index width = 16;
    using Block = Eigen::Array<double, width, 1>;
    const Eigen::Index stride = field.centres.rows(), inputs = place.size();
    const double* const first = field.centres.data() + start;
    Eigen::Index k = 0;
    for (; k + width <= count; k += width) {
        Block sum = Block::Zero();
        for (Eigen::Index d = 0; d < inputs; ++d)
            sum += (Eigen::Map<const Block>(first + d * stride + k) - place[d]).square();
        Eigen::Map<Block>(result + k) = -std::numbers::ln2 * sum;
    }
    for (; k < count; ++k) {
        double sum = 0;
        for (Eigen::Index d = 0; d < inputs; ++d) {
            const double offset = first[d * stride + k] - place[d];
            sum += offset * offset;
        }
        result[k] = -std::numbers::ln2 * sum;
    }
}

}  // namespace

void RbfnnOptions::validate() const {
    require(max_centres >= 1 && max_centres <= 20000, "max_centres", "be from 1 to 20000");
    require(candidates >= 1 && candidates <= 20000, "candidates", "be from 1 to 20000");
    require(choosing >= 1, "choosing", "be 1 or more");
    require(goal >= 0 && std::isfinite(goal), "goal", "be 0 or more and finite");
    require(ridge >= 0 && std::isfinite(ridge), "ridge", "be 0 or more and finite");
    require(fields == 1 || fields == 2, "fields", "be 1 or 2");
    for (const double spread : spreads)
        require(spread > 0 && std::isfinite(spread), "spreads", "be above 0 and finite");
}

Rbfnn::Rbfnn(RbfnnOptions options) : options_(std::move(options)) { options_.validate(); }

Eigen::VectorXd Rbfnn::chosen_spreads(const Samples& train, std::uint64_t seed) const {
    const auto& given = options_.spreads;
    const auto count = static_cast<Eigen::Index>(given.size());
    if (given.empty()) return find_radial_spreads(train, seed);
    if (given.size() == 1) return Eigen::VectorXd::Constant(train.inputs.cols(), given.front());
    require(count == train.inputs.cols(), "spreads", "be one number, or one for each input");
    return Eigen::Map<const Eigen::VectorXd>(given.data(), count);
}

TrainingRecord Rbfnn::learn(const Samples& train, const Samples& check, std::uint64_t seed, int threads) {
    require(options_.centres != Centres::every_sample || train.inputs.rows() <= most_samples_of_exact,
            "centres", "not be every sample for more than 12000 samples");
    const Eigen::VectorXd spreads = chosen_spreads(train, derived_seed(seed, 1));
    if (options_.centres == Centres::every_sample) return fit_every_sample(train, check, spreads);
    return options_.centres == Centres::greedy ? fit_greedy(train, check, spreads, seed, threads)
                                               : fit_k_means(train, check, spreads, seed, threads);
}

TrainingRecord Rbfnn::fit_greedy(const Samples& train, const Samples& check, const Eigen::VectorXd& spreads,
                                 std::uint64_t seed, int threads) {
    const Samples some = drawn_samples(train, options_.choosing, derived_seed(seed, 2));
    const auto rows = drawn_rows(static_cast<int>(some.inputs.rows()), options_.candidates, seed);
    const Matrix candidates = some.inputs(rows, Eigen::all);
    const int most = std::min(options_.max_centres, most_centres(some));
    GreedyCentres greedy(some, candidates, spreads, most);
    int count = 0;
    while (count < most && greedy.mean_square() > options_.goal && greedy.add()) ++count;
    const Matrix centres =
        count > 0 ? Matrix(candidates(greedy.chosen(), Eigen::all)) : Matrix(candidates.topRows(1));
    fields_ = {field_of(centres, spreads)};
    return fit_weights(train, check, options_.ridge, threads);
}

TrainingRecord Rbfnn::fit_k_means(const Samples& train, const Samples& check, const Eigen::VectorXd& spreads,
                                  std::uint64_t seed, int threads) {
    const Samples some = drawn_samples(train, options_.choosing, derived_seed(seed, 2));
    const int count = std::min(options_.max_centres, most_centres(some));
    const bool second = options_.fields == 2 && options_.spreads.empty() && count >= fewest_for_two_fields;
    const int first_count = second ? count / 2 : count;
    fields_ = {grouped(some, spreads.cwiseInverse().asDiagonal(), first_count, seed, threads)};
    if (options_.spreads.empty()) try_widths(some, check, {1.4, 1.0, 0.7, 0.5, 0.35}, threads);
    if (second) add_field_where_worst(some, check, count - first_count, derived_seed(seed, 3), threads);
    return fit_weights(train, check, options_.ridge, threads);
}

// The last field's metric, by how much its centres reach: by the error on `check`. Many centres want narrower
// spreads than the few by which spreads were found.
void Rbfnn::try_widths(const Samples& some, const Samples& check, const std::vector<double>& factors,
                       int threads) {
    const RadialField found = fields_.back();
    std::vector<double> losses(factors.size());
    const auto count = static_cast<double>(centres());
    const double bytes = 3 * sizeof(double) * count * (count + fitted_rows);
    parallel_for(factors.size(), threads_within_memory(threads, bytes), [&](std::size_t k) {
        Rbfnn trial = *this;
        trial.fields_.back() = {found.metric / factors[k], found.centres / factors[k]};
        const double loss = trial.fit_weights(some, check, tried_ridge, 1).best_check_loss;
        losses[k] = std::isnan(loss) ? std::numeric_limits<double>::infinity() : loss;
    });
    const auto best = std::min_element(losses.begin(), losses.end()) - losses.begin();
    const double factor = factors[static_cast<std::size_t>(best)];
    fields_.back() = {found.metric / factor, found.centres / factor};
}

// Near a fold of the targets one direction of the inputs counts for nearly all, and it is oblique: spreads
// along the inputs would have to be narrow in all of them. The mean outer product of the fit's gradients
// there says which directions count, and how much.
void Rbfnn::add_field_where_worst(const Samples& some, const Samples& check, int count, std::uint64_t seed,
                                  int threads) {
    fit_weights(some, check, tried_ridge, threads);
    const Eigen::VectorXd error = (predict(some.inputs) - some.targets).rowwise().squaredNorm();
    std::vector<int> rows(static_cast<std::size_t>(error.size()));
    std::iota(rows.begin(), rows.end(), 0);
    std::stable_sort(rows.begin(), rows.end(), [&](int a, int b) { return error[a] > error[b]; });
    rows.resize(std::max<std::size_t>(rows.size() / worst_share, 1));
    const Samples worst{some.inputs(rows, Eigen::all), some.targets(rows, Eigen::all)};
    const Matrix metric = steepness_metric(*this, worst.inputs);
    const int most = std::min(count, most_centres(worst));
    fields_.push_back(grouped(worst, metric, most, seed, threads));
    const double apart = typical_distance(fields_.back().centres);
    fields_.back().metric /= apart;
    fields_.back().centres /= apart;
    try_widths(some, check, {1.5, 2.2, 3.3, 5.0}, threads);
}

TrainingRecord Rbfnn::fit_weights(const Samples& train, const Samples& check, double ridge, int threads) {
    LeastSquares squares(centres() + 1, train.targets.cols());
    for (Eigen::Index start = 0; start < train.inputs.rows(); start += fitted_rows) {
        const auto rows = std::min(fitted_rows, train.inputs.rows() - start);
        squares.add(with_ones(activations(train.inputs.middleRows(start, rows))),
                    train.targets.middleRows(start, rows));
    }
    const Matrix solved = squares.weights(ridge > 0 ? ridge : squares.best_ridge(threads));
    bias_ = solved.row(0);
    weights_ = solved.bottomRows(centres());
    return held_against(train, check);
}

// The bias is the targets' mean; the kernel with a ridge does the rest.
TrainingRecord Rbfnn::fit_every_sample(const Samples& train, const Samples& check,
                                       const Eigen::VectorXd& spreads) {
    fields_ = {field_of(train.inputs, spreads)};
    bias_ = train.targets.colwise().mean();
    double ridge = std::max(options_.ridge, least_exact_ridge);
    for (;; ridge *= 10) {
        Matrix kernel = activations(train.inputs);
        kernel.diagonal().array() += ridge;
        const Eigen::LLT<Eigen::Ref<Matrix>> factor(kernel);
        if (factor.info() != Eigen::Success) continue;
        weights_ = factor.solve(train.targets.rowwise() - bias_);
        if (weights_.allFinite()) break;
    }
    return held_against(train, check);
}

TrainingRecord Rbfnn::held_against(const Samples& train, const Samples& check) const {
    const double loss = mean_square(predict(check.inputs), check.targets);
    return {{mean_square(predict(train.inputs), train.targets)}, {loss}, 0, loss};
}

Eigen::Index Rbfnn::centres() const {
    Eigen::Index count = 0;
    for (const RadialField& field : fields_) count += field.centres.rows();
    return count;
}

Matrix Rbfnn::activations(const Eigen::Ref<const Matrix>& inputs) const {
    Matrix all(inputs.rows(), centres());
    Eigen::Index start = 0;
    for (const RadialField& field : fields_) {
        all.middleCols(start, field.centres.rows()) = tfqkd::activations(inputs, field);
        start += field.centres.rows();
    }
    return all;
}

Matrix Rbfnn::predict(const Matrix& inputs) const {
    assert(inputs.cols() == this->inputs());
    Matrix result(inputs.rows(), outputs());
    for (Eigen::Index start = 0; start < inputs.rows(); start += block_rows) {
        const auto rows = std::min(block_rows, inputs.rows() - start);
        result.middleRows(start, rows).noalias() = activations(inputs.middleRows(start, rows)) * weights_;
    }
    result.rowwise() += bias_;
    return result;
}

// One sample: the roles of samples and centres exchanged, so that the loops run over the centres; some at a
// time, on the stack.
void Rbfnn::predict_one(std::span<const double> input, std::span<double> output) const {
    assert(static_cast<int>(input.size()) == inputs() && static_cast<int>(output.size()) == outputs());
    const Eigen::Map<const Eigen::VectorXd> sample(input.data(), inputs());
    Eigen::Map<Eigen::VectorXd> result(output.data(), outputs());
    result = bias_;
    alignas(64) double excited[block_rows];
    Eigen::Index weight = 0;  // of the first centre of a block
    for (const RadialField& field : fields_) {
        const Eigen::VectorXd place = field.metric * sample;
        for (Eigen::Index start = 0; start < field.centres.rows(); start += block_rows) {
            const auto count = std::min(block_rows, field.centres.rows() - start);
            Eigen::Map<Eigen::ArrayXd> block(excited, count);
            measure(field, place, start, count, excited);
            exp_in_place(excited, count);
            for (Eigen::Index k = 0; k < weights_.cols(); ++k)
                result[k] += weights_.col(k).segment(weight, count).dot(block.matrix());
            weight += count;
        }
    }
}

Matrix Rbfnn::features(const Matrix& inputs) const { return with_ones(activations(inputs)); }

Matrix Rbfnn::output_layer() const {
    Matrix weights(weights_.rows() + 1, weights_.cols());
    weights << bias_, weights_;
    return weights;
}

void Rbfnn::set_output_layer(const Matrix& weights) {
    bias_ = weights.row(0);
    weights_ = weights.bottomRows(weights.rows() - 1);
}

nlohmann::json Rbfnn::save() const {
    auto fields = nlohmann::json::array();
    for (const RadialField& field : fields_)
        fields.push_back({{"metric", matrix_to_json(field.metric, "rbfnn metric")},
                          {"centres", matrix_to_json(field.centres, "rbfnn centres")}});
    return {{"kind", kind()},
            {"fields", std::move(fields)},
            {"weights", matrix_to_json(weights_, "rbfnn weights")},
            {"bias", matrix_to_json(bias_, "rbfnn bias")}};
}

Rbfnn Rbfnn::load(const nlohmann::json& saved) {
    Rbfnn result;
    const auto& fields = member(saved, "fields");
    if (!fields.is_array() || fields.empty())
        throw Error(ErrorKind::data, "saved model: 'fields' must be a list of fields");
    for (const auto& field : fields) {
        const int inputs = result.fields_.empty() ? any_size : result.inputs();
        Matrix metric = matrix_member(field, "metric", inputs, inputs);
        if (metric.rows() != metric.cols())
            throw Error(ErrorKind::data, "saved model: 'metric' must have as many rows as columns");
        Matrix centres = matrix_member(field, "centres", any_size, metric.cols());
        result.fields_.push_back({std::move(metric), std::move(centres)});
    }
    result.weights_ = matrix_member(saved, "weights", result.centres());
    result.bias_ = matrix_member(saved, "bias", 1, result.weights_.cols());
    return result;
}

}  // namespace tfqkd
