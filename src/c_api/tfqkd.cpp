#include "tfqkd/tfqkd.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <new>

#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"

struct tfqkd_protocol {
    std::unique_ptr<const tfqkd::Protocol> own;  // null when it is a model's
    const tfqkd::Protocol* protocol;
    std::string name;
    // Names and units end with a zero byte here; a string_view's need not.
    std::vector<std::string> parameter_names, parameter_units;

    explicit tfqkd_protocol(const tfqkd::Protocol& from) : protocol(&from), name(from.info().spec()) {
        for (const tfqkd::Quantity& q : from.info().parameters) {
            parameter_names.emplace_back(q.name);
            parameter_units.emplace_back(q.unit);
        }
    }
};

struct tfqkd_model {
    tfqkd::Model model;
    tfqkd_protocol protocol;

    explicit tfqkd_model(tfqkd::Model from) : model(std::move(from)), protocol(model.protocol()) {}
};

namespace {

using namespace tfqkd;

using Rows = Eigen::Map<const Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

thread_local std::string last_error;

void require(bool condition, const char* rule) {
    if (!condition) throw Error(ErrorKind::usage, rule);
}

// Runs `work`; whatever it throws becomes a status and a text.
template <class Work>
tfqkd_status guarded(Work work) noexcept {
    try {
        try {
            work();
            return TFQKD_OK;
        } catch (const Error& error) {
            last_error = error.what();
            return static_cast<tfqkd_status>(error.kind());
        } catch (const std::exception& error) {
            last_error = error.what();
        }
    } catch (...) {  // no memory for the text
        last_error.clear();
    }
    return TFQKD_FAILURE;
}

// rows x quantities of a caller's numbers, each checked.
Columns checked(const double* numbers, std::size_t rows, const std::vector<Quantity>& quantities) {
    require(numbers != nullptr || rows == 0 || quantities.empty(), "links and parameters must not be NULL");
    const Rows map(numbers, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(quantities.size()));
    for (Eigen::Index row = 0; row < map.rows(); ++row)
        for (std::size_t k = 0; k < quantities.size(); ++k)
            if (const double value = map(row, static_cast<Eigen::Index>(k));
                !quantities[k].valid.contains(value)) {
                if (std::isnan(value))
                    throw Error(ErrorKind::usage, "row " + std::to_string(row) + ": " +
                                                      std::string(quantities[k].name) + " is not a number");
                try {
                    check_value(quantities[k], value);
                } catch (const Error& error) {
                    throw Error(ErrorKind::usage, "row " + std::to_string(row) + ": " + error.what());
                }
            }
    return map;
}

const char* text_at(const std::vector<std::string>& texts, std::size_t place) {
    return place < texts.size() ? texts[place].c_str() : nullptr;
}

std::vector<std::string> link_texts(std::string_view Quantity::*member) {
    std::vector<std::string> texts;
    for (const Quantity& q : link_quantities()) texts.emplace_back(q.*member);
    return texts;
}

}  // namespace

const char* tfqkd_version(void) { return TFQKD_VERSION; }

const char* tfqkd_error(void) { return last_error.c_str(); }

size_t tfqkd_link_count(void) { return link_quantities().size(); }

const char* tfqkd_link_name(size_t place) {
    static const std::vector<std::string> names = link_texts(&Quantity::name);
    return text_at(names, place);
}

const char* tfqkd_link_unit(size_t place) {
    static const std::vector<std::string> units = link_texts(&Quantity::unit);
    return text_at(units, place);
}

double tfqkd_link_default(size_t place) {
    return place < link_quantities().size() ? link_quantities()[place].start
                                            : std::numeric_limits<double>::quiet_NaN();
}

tfqkd_status tfqkd_protocol_make(const char* name, tfqkd_protocol** protocol) {
    return guarded([&] {
        require(name && protocol, "name and protocol must not be NULL");
        *protocol = nullptr;
        auto made = make_protocol(name);
        auto handle = std::make_unique<tfqkd_protocol>(*made);
        handle->own = std::move(made);
        *protocol = handle.release();
    });
}

void tfqkd_protocol_free(tfqkd_protocol* protocol) { delete protocol; }

const char* tfqkd_protocol_name(const tfqkd_protocol* protocol) {
    return protocol ? protocol->name.c_str() : nullptr;
}

size_t tfqkd_parameter_count(const tfqkd_protocol* protocol) {
    return protocol ? protocol->parameter_names.size() : 0;
}

const char* tfqkd_parameter_name(const tfqkd_protocol* protocol, size_t place) {
    return protocol ? text_at(protocol->parameter_names, place) : nullptr;
}

const char* tfqkd_parameter_unit(const tfqkd_protocol* protocol, size_t place) {
    return protocol ? text_at(protocol->parameter_units, place) : nullptr;
}

tfqkd_status tfqkd_key_rate(const tfqkd_protocol* protocol, size_t rows, const double* links,
                            const double* parameters, double* rates) {
    return guarded([&] {
        require(protocol && (rates || rows == 0), "protocol and rates must not be NULL");
        const Columns link_columns = checked(links, rows, link_quantities());
        const Columns points = checked(parameters, rows, protocol->protocol->info().parameters);
        Eigen::ArrayXd found(link_columns.rows());
        protocol->protocol->rates(link_columns, points, Measure::rate, found);
        std::copy(found.begin(), found.end(), rates);
    });
}

tfqkd_status tfqkd_model_load(const char* path, tfqkd_model** model) {
    return guarded([&] {
        require(path && model, "path and model must not be NULL");
        *model = nullptr;
        *model = new tfqkd_model(Model::load_file(path));
    });
}

void tfqkd_model_free(tfqkd_model* model) { delete model; }

const tfqkd_protocol* tfqkd_model_protocol(const tfqkd_model* model) {
    return model ? &model->protocol : nullptr;
}

tfqkd_status tfqkd_predict(const tfqkd_model* model, size_t rows, const double* links, double* parameters,
                           double* rates, int* outside) {
    return guarded([&] {
        require(model && (parameters || rows == 0), "model and parameters must not be NULL");
        const Columns link_columns = checked(links, rows, link_quantities());
        const Predictions found = model->model.predict(link_columns);
        Eigen::ArrayXd rate(link_columns.rows());
        if (rates) model->model.protocol().rates(link_columns, found.points, Measure::rate, rate);
        for (Eigen::Index row = 0; row < found.points.rows(); ++row)
            for (Eigen::Index k = 0; k < found.points.cols(); ++k) *parameters++ = found.points(row, k);
        if (rates) std::copy(rate.begin(), rate.end(), rates);
        if (outside)
            std::transform(found.outside.begin(), found.outside.end(), outside,
                           [](const std::string& names) { return names.empty() ? 0 : 1; });
    });
}
