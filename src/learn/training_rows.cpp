#include "tfqkd/error.hpp"
#include "tfqkd/learn/model.hpp"
#include "tfqkd/optimize/search.hpp"

namespace tfqkd {

namespace {

// The protocol that a data set names must exist, and be the one that is asked for, if any.
void check_protocol(const Table& data, const std::string& asked) {
    const std::string own(data.property("protocol"));
    if (own.empty()) return;
    std::string spec;
    try {
        spec = make_protocol(own)->info().spec();
    } catch (const Error& error) {
        throw Error(ErrorKind::data, data.source + ": " + error.what());
    }
    if (!asked.empty() && make_protocol(asked)->info().spec() != spec)
        throw Error(ErrorKind::data, data.source + ": the data set is of " + spec + ", not of " + asked +
                                         "; leave out --protocol");
}

}  // namespace

std::string protocol_of(const Table& data, const std::string& asked) {
    check_protocol(data, asked);
    const std::string protocol = asked.empty() ? std::string(data.property("protocol")) : asked;
    if (protocol.empty())
        throw Error(
            ErrorKind::data,
            data.source + ": the data set does not say of which protocol it is; give --protocol NAME");
    return protocol;
}

TrainingRows read_training_rows(const Table& data, std::string protocol) {
    protocol = protocol_of(data, protocol);
    const auto model = make_protocol(protocol);
    refuse_mistyped(data, model->info().parameters);
    const Columns links = read_links(data);
    const Table::Numbers& rate = data.numbers_or_missing("key_rate_bit_per_pulse");
    const auto& parameters = model->info().parameters;

    TrainingRows rows;
    rows.protocol = protocol;
    if (!data.source.empty()) rows.source = data.source;
    std::vector<Eigen::Index> kept;
    for (std::size_t row = 0; row < rate.size(); ++row)
        if (rate[row] > 0) kept.push_back(static_cast<Eigen::Index>(row));
    rows.without_key = rate.size() - kept.size();
    rows.links = links(kept, Eigen::all);
    rows.rate = Eigen::Map<const Eigen::ArrayXd>(rate.data(), static_cast<Eigen::Index>(rate.size()))(kept);
    rows.points.resize(static_cast<Eigen::Index>(kept.size()), static_cast<Eigen::Index>(parameters.size()));
    for (std::size_t k = 0; k < parameters.size(); ++k) {
        const Table::Numbers& cells = data.numbers_or_missing(parameters[k].name);
        for (std::size_t i = 0; i < kept.size(); ++i) {
            const auto row = static_cast<std::size_t>(kept[i]);
            if (!parameters[k].valid.contains(cells[row]))
                check_value(parameters[k], cells[row], data.where(row));
            rows.points(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k)) = cells[row];
        }
    }
    return rows;
}

TrainingRows unlabelled_rows(const std::string& protocol, const Columns& links) {
    const Objective task = make_task(*make_protocol(protocol), links, {}, 1);
    return {protocol, links, task.starts, small_rates(links), 0, "the links"};
}

}  // namespace tfqkd
