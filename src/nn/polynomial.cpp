#include "tfqkd/nn/polynomial.hpp"

#include <Eigen/Cholesky>

#include <nlohmann/json.hpp>

#include "nn/json_matrix.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd {

namespace {

constexpr int largest_degree = 8, largest_inputs = 16;
constexpr std::size_t most_terms = 20000;

// Adds every non-decreasing list of inputs that begins with `term` and is at most `left` longer.
void add_terms(std::vector<std::vector<int>>& terms, std::vector<int>& term, int first, int inputs,
               int left) {
    terms.push_back(term);
    if (left == 0) return;
    for (int input = first; input < inputs; ++input) {
        term.push_back(input);
        add_terms(terms, term, input, inputs, left - 1);
        term.pop_back();
    }
}

double mean_square(const Matrix& error) {
    return error.squaredNorm() / static_cast<double>(std::max<Eigen::Index>(error.size(), 1));
}

}  // namespace

void PolynomialOptions::validate() const {
    if (degree < 1 || degree > largest_degree)
        throw Error(ErrorKind::usage, "polynomial degree must be in [1, 8]");
    if (!(ridge >= 0 && ridge <= 1)) throw Error(ErrorKind::usage, "polynomial ridge must be in [0, 1]");
}

Polynomial::Polynomial(PolynomialOptions options) : options_(options) { options_.validate(); }

void Polynomial::set_inputs(int inputs) {
    inputs_ = inputs;
    factors_.clear();
    std::vector<int> term;
    add_terms(factors_, term, 0, inputs, options_.degree);
    if (factors_.size() > most_terms)
        throw Error(ErrorKind::usage, "a polynomial of this degree in " + std::to_string(inputs) +
                                          " inputs has " + std::to_string(factors_.size()) +
                                          " terms; use a lower degree");
}

Matrix Polynomial::terms(const Matrix& inputs) const {
    Matrix result(inputs.rows(), static_cast<Eigen::Index>(factors_.size()));
    for (std::size_t t = 0; t < factors_.size(); ++t) {
        auto column = result.col(static_cast<Eigen::Index>(t)).array();
        column.setOnes();
        for (const int input : factors_[t]) column *= inputs.col(input).array();
    }
    return result;
}

TrainingRecord Polynomial::learn(const Samples& train, const Samples& check, std::uint64_t, int) {
    set_inputs(static_cast<int>(train.inputs.cols()));
    const Eigen::Index count = static_cast<Eigen::Index>(factors_.size()), block = 4096;
    Matrix squares =
        Matrix::Identity(count, count) * (options_.ridge * static_cast<double>(train.inputs.rows()));
    Matrix products = Matrix::Zero(count, train.targets.cols());
    for (Eigen::Index row = 0; row < train.inputs.rows(); row += block) {
        const Eigen::Index rows = std::min(block, train.inputs.rows() - row);
        const Matrix part = terms(train.inputs.middleRows(row, rows));  // rows x terms
        squares.selfadjointView<Eigen::Lower>().rankUpdate(part.transpose());
        products.noalias() += part.transpose() * train.targets.middleRows(row, rows);
    }
    weights_ = squares.selfadjointView<Eigen::Lower>().ldlt().solve(products);
    TrainingRecord record;
    record.train_loss = {mean_square(predict(train.inputs) - train.targets)};
    record.best_check_loss = mean_square(predict(check.inputs) - check.targets);
    record.check_loss = {record.best_check_loss};
    return record;
}

Matrix Polynomial::predict(const Matrix& inputs) const {
    Matrix result(inputs.rows(), weights_.cols());
    constexpr Eigen::Index block = 1024;
    for (Eigen::Index row = 0; row < inputs.rows(); row += block) {
        const Eigen::Index rows = std::min(block, inputs.rows() - row);
        result.middleRows(row, rows).noalias() = terms(inputs.middleRows(row, rows)) * weights_;
    }
    return result;
}

void Polynomial::predict_one(std::span<const double> input, std::span<double> output) const {
    std::fill(output.begin(), output.end(), 0.0);
    for (std::size_t t = 0; t < factors_.size(); ++t) {
        double term = 1;
        for (const int k : factors_[t]) term *= input[static_cast<std::size_t>(k)];
        for (std::size_t o = 0; o < output.size(); ++o)
            output[o] += term * weights_(static_cast<Eigen::Index>(t), static_cast<Eigen::Index>(o));
    }
}

nlohmann::json Polynomial::save() const {
    return {{"kind", "polynomial"},
            {"degree", options_.degree},
            {"inputs", inputs_},
            {"weights", matrix_to_json(weights_, "polynomial weights")}};
}

Polynomial Polynomial::load(const nlohmann::json& saved) {
    PolynomialOptions options;
    options.degree = integer_member(saved, "degree", 1, largest_degree);
    Polynomial polynomial(options);
    polynomial.weights_ = matrix_member(saved, "weights");
    // The number of terms, (inputs + degree) over degree, is checked before the terms are listed.
    const int inputs = integer_member(saved, "inputs", 1, largest_inputs);
    double count = 1;
    for (int k = 1; k <= options.degree; ++k) count = count * (inputs + k) / k;
    if (std::abs(count - static_cast<double>(polynomial.weights_.rows())) > 0.5)
        throw Error(ErrorKind::data, "saved model: a polynomial of degree " + std::to_string(options.degree) +
                                         " in " + std::to_string(inputs) + " inputs has " +
                                         std::to_string(static_cast<long>(count)) + " terms, not " +
                                         std::to_string(polynomial.weights_.rows()));
    polynomial.set_inputs(inputs);
    return polynomial;
}

}  // namespace tfqkd
