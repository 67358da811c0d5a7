#include "tfqkd/tfqkd.h"

#include <cmath>
#include <cstring>
#include <thread>

#include "small_models.hpp"
#include "tfqkd/learn/model.hpp"

using namespace tfqkd::test;

namespace {

// A link of 1e13 pulses with equal arms of some loss, at its defaults otherwise.
std::vector<double> link_of(double loss_db) {
    std::vector<double> link;
    for (std::size_t k = 0; k < tfqkd_link_count(); ++k) {
        const std::string name = tfqkd_link_name(k);
        link.push_back(name.starts_with("loss_") ? loss_db : name == "pulses" ? 1e13 : tfqkd_link_default(k));
    }
    return link;
}

}  // namespace

TEST_CASE("the C interface predicts what the program predicts", "[c_api]") {
    const WorkFolder folder;
    put_small_models();
    tfqkd_model* model = nullptr;
    REQUIRE(tfqkd_model_load("bpnn.json", &model) == TFQKD_OK);
    const tfqkd_protocol* protocol = tfqkd_model_protocol(model);
    CHECK(std::string(tfqkd_protocol_name(protocol)) == "sns-finite");
    const std::size_t width = tfqkd_parameter_count(protocol);
    std::vector<double> links = link_of(10);
    for (const double number : link_of(60)) links.push_back(number);
    std::vector<double> parameters(2 * width), rates(2), again(2);
    std::vector<int> outside(2, -1);
    REQUIRE(tfqkd_predict(model, 2, links.data(), parameters.data(), rates.data(), outside.data()) ==
            TFQKD_OK);

    const tfqkd::Model own = tfqkd::Model::load_file("bpnn.json");
    tfqkd::Columns columns(2, static_cast<Eigen::Index>(tfqkd_link_count()));
    for (Eigen::Index row = 0; row < 2; ++row)
        for (Eigen::Index k = 0; k < columns.cols(); ++k)
            columns(row, k) = links[static_cast<std::size_t>(row * columns.cols() + k)];
    const tfqkd::Predictions expected = own.predict(columns);
    for (Eigen::Index row = 0; row < 2; ++row)
        for (std::size_t k = 0; k < width; ++k)
            CHECK(parameters[static_cast<std::size_t>(row) * width + k] ==
                  expected.points(row, static_cast<Eigen::Index>(k)));
    CHECK(outside == std::vector<int>{0, 1});
    CHECK(rates[0] > 0);
    CHECK(tfqkd_predict(model, 2, links.data(), parameters.data(), nullptr, nullptr) == TFQKD_OK);
    REQUIRE(tfqkd_key_rate(protocol, 2, links.data(), parameters.data(), again.data()) == TFQKD_OK);
    CHECK(again == rates);
    CHECK(tfqkd_predict(model, 0, nullptr, nullptr, nullptr, nullptr) == TFQKD_OK);
    tfqkd_model_free(model);
}

TEST_CASE("the C interface names quantities, and ends its lists", "[c_api]") {
    CHECK(std::string(tfqkd_link_name(0)) == "loss_a_db");
    CHECK(std::string(tfqkd_link_unit(0)) == "dB");
    CHECK(tfqkd_link_name(tfqkd_link_count()) == nullptr);
    CHECK(tfqkd_link_unit(tfqkd_link_count()) == nullptr);
    CHECK(std::isnan(tfqkd_link_default(tfqkd_link_count())));
    tfqkd_protocol* protocol = nullptr;
    REQUIRE(tfqkd_protocol_make("sns-finite:sources=asymmetric", &protocol) == TFQKD_OK);
    CHECK(tfqkd_parameter_count(protocol) == 14);
    CHECK(tfqkd_parameter_name(protocol, 14) == nullptr);
    CHECK(tfqkd_parameter_unit(protocol, 0) != nullptr);
    tfqkd_protocol_free(protocol);
    CHECK(tfqkd_parameter_count(nullptr) == 0);
    CHECK(tfqkd_protocol_name(nullptr) == nullptr);
    CHECK(tfqkd_model_protocol(nullptr) == nullptr);
    CHECK(std::string(tfqkd_version()).find('.') != std::string::npos);
    tfqkd_protocol_free(nullptr);
    tfqkd_model_free(nullptr);
}

TEST_CASE("mistakes come back as a status and a text, and nothing is written", "[c_api]") {
    const WorkFolder folder;
    put_small_models();
    put_file("broken.json", "{\"schema\": ");
    int any = 0;
    auto* protocol = reinterpret_cast<tfqkd_protocol*>(&any);
    CHECK(tfqkd_protocol_make("sns-finit", &protocol) == TFQKD_USAGE);
    CHECK(protocol == nullptr);
    CHECK_THAT(tfqkd_error(), contains_text("did you mean 'sns-finite'?"));
    CHECK(tfqkd_protocol_make(nullptr, &protocol) == TFQKD_USAGE);
    CHECK(tfqkd_protocol_make("sns-finite", nullptr) == TFQKD_USAGE);
    tfqkd_model* model = nullptr;
    CHECK(tfqkd_model_load("absent.json", &model) == TFQKD_FAILURE);
    CHECK_THAT(tfqkd_error(), contains_text("absent.json"));
    CHECK(tfqkd_model_load("broken.json", &model) == TFQKD_DATA);
    CHECK(model == nullptr);
    REQUIRE(tfqkd_model_load("bpnn.json", &model) == TFQKD_OK);

    std::vector<double> link = link_of(10),
                        parameters(tfqkd_parameter_count(tfqkd_model_protocol(model)), -7);
    double rate = -7;
    for (const double bad : {-1.0, 1e9, std::nan(""), HUGE_VAL}) {
        link[0] = bad;
        CHECK(tfqkd_predict(model, 1, link.data(), parameters.data(), &rate, nullptr) == TFQKD_USAGE);
        CHECK_THAT(tfqkd_error(), contains_text("row 0: loss_a_db"));
        CHECK(parameters == std::vector<double>(parameters.size(), -7));
        CHECK(rate == -7);
    }
    link = link_of(10);
    CHECK(tfqkd_key_rate(tfqkd_model_protocol(model), 1, link.data(), parameters.data(), &rate) ==
          TFQKD_USAGE);
    CHECK(tfqkd_key_rate(tfqkd_model_protocol(model), 1, nullptr, parameters.data(), &rate) == TFQKD_USAGE);
    CHECK(tfqkd_key_rate(nullptr, 1, link.data(), parameters.data(), &rate) == TFQKD_USAGE);
    CHECK(tfqkd_predict(nullptr, 1, link.data(), parameters.data(), &rate, nullptr) == TFQKD_USAGE);
    const std::string here = tfqkd_error();
    std::string there = "x";
    std::thread([&] { there = tfqkd_error(); }).join();
    CHECK(there == "");
    CHECK(tfqkd_error() == here);
    tfqkd_model_free(model);
}
