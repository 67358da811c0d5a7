#include "cli/serve_session.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

std::string json_text(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

void append_number(std::string& out, double value) {
    char digits[32];
    if (std::isfinite(value))
        out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
    else
        out += "null";
}

std::string unknown_key(const std::string& key) {
    std::vector<std::string_view> names{"id"};
    for (const Quantity& q : link_inputs()) names.push_back(q.name);
    return "unknown key " + in_quotes(key) + did_you_mean(key, names) +
           "; a request has link quantities, such as distance_km, and an id";
}

// What is wrong, without "line: " or "line:7: " before it.
std::string without_place(const std::string& message) {
    const std::size_t end = message.find(": ");
    return message.starts_with("line:") && end != std::string::npos ? message.substr(end + 2) : message;
}

}  // namespace

// Receives the events of nlohmann's parser and keeps one flat object of numbers; stops at anything else, so
// that nesting is never deep.
class ServeSession::Reader {
  public:
    explicit Reader(Request& request) : request_(request) {}

    bool null() { return scalar("null", "null"); }
    bool boolean(bool value) { return scalar("a truth value", value ? "true" : "false"); }
    bool number_integer(std::int64_t value) {
        return number(static_cast<double>(value), [&] { return std::to_string(value); });
    }
    bool number_unsigned(std::uint64_t value) {
        return number(static_cast<double>(value), [&] { return std::to_string(value); });
    }
    bool number_float(double value, const std::string& text) {
        return number(value, [&] { return text; });
    }
    bool string(std::string& value) { return scalar("a text", is_id() ? json_text(value) : ""); }
    template <class Binary>
    bool binary(Binary&) {
        return false;
    }
    bool start_object(std::size_t) {
        return depth_++ == 0 || refuse(in_quotes(key_) + " is an object, must be a number");
    }
    bool key(std::string& name) {
        key_ = name;
        if (is_id()) return request_.id.empty() || refuse("the key 'id' is there twice");
        for (const auto& [other, value] : request_.quantities)
            if (other == name) return refuse("the key " + in_quotes(name) + " is there twice");
        return is_link_input(name) || refuse(unknown_key(name));
    }
    bool end_object() { return true; }
    bool start_array(std::size_t) {
        return refuse(depth_ == 0 ? "the line is an array"
                                  : in_quotes(key_) + " is an array, must be a number");
    }
    bool end_array() { return true; }
    bool parse_error(std::size_t byte, const std::string&, const nlohmann::json::exception& error) {
        return refuse(error.id == 406
                          ? "a number is too large"
                          : "not valid JSON at byte " + std::to_string(byte) +
                                "; write one object a line, as in {\"id\": 1, \"distance_km\": 100}");
    }

  private:
    bool is_id() const { return depth_ == 1 && key_ == "id"; }
    bool refuse(const std::string& why) {
        request_.error = why;
        return false;
    }
    bool scalar(const std::string& what, const std::string& id) {
        if (depth_ == 0) return refuse("the line is " + what + ", must be an object");
        if (!is_id()) return refuse(in_quotes(key_) + " is " + what + ", must be a number");
        request_.id = id;
        return true;
    }
    template <class Text>
    bool number(double value, Text text) {
        if (depth_ == 0 || is_id()) return scalar("a number", text());
        request_.quantities.emplace_back(key_, value);
        return true;
    }

    Request& request_;
    std::string key_;
    int depth_ = 0;
};

std::string ServeSession::answers(std::string_view bytes) {
    for (std::size_t end; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1)) {
        std::string_view line = bytes.substr(0, end);
        if (!unread_.empty()) line = unread_ += line;
        take_line(line);
        unread_.clear();
    }
    unread_ += bytes;
    if (unread_.size() > longest_request + 1) {
        too_long_ = true;
        unread_.resize(1);  // not empty: the line goes on
    }
    return answer_requests();
}

std::string ServeSession::last_answers() { return unread_.empty() ? "" : answers("\n"); }

void ServeSession::take_line(std::string_view line) {
    ++line_;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool too_long = std::exchange(too_long_, false) || line.size() > longest_request;
    if (!too_long && line.find_first_not_of(" \t") == std::string_view::npos) return;
    Request request{"", "", line_, {}};
    if (too_long) {
        request.error = "the line is longer than " + std::to_string(longest_request) + " bytes";
    } else {
        Reader reader(request);
        nlohmann::json::sax_parse(line, &reader);
    }
    requests_.push_back(std::move(request));
}

// Requests of one form, as a client's usually are, make one table; where that is refused each has its own.
void ServeSession::read_links_of_requests() {
    links_.resize(static_cast<Eigen::Index>(requests_.size()),
                  static_cast<Eigen::Index>(link_quantities().size()));
    rows_ = 0;
    const auto same_form = [](const Request& a, const Request& b) {
        return b.error.empty() &&
               std::equal(a.quantities.begin(), a.quantities.end(), b.quantities.begin(), b.quantities.end(),
                          [](const auto& x, const auto& y) { return x.first == y.first; });
    };
    for (std::size_t first = 0, end; first < requests_.size(); first = end) {
        end = first + 1;
        if (!requests_[first].error.empty()) continue;
        while (end < requests_.size() && same_form(requests_[first], requests_[end])) ++end;
        if (read_links_together(first, end) || end == first + 1) continue;
        for (std::size_t one = first; one < end; ++one) read_links_together(one, one + 1);
    }
}

bool ServeSession::read_links_together(std::size_t first, std::size_t end) {
    Table table;
    table.source = "line";
    for (std::size_t r = first; r < end; ++r) table.lines.push_back(requests_[r].line);
    for (std::size_t k = 0; k < requests_[first].quantities.size(); ++k) {
        Table::Numbers cells;
        for (std::size_t r = first; r < end; ++r) cells.push_back(requests_[r].quantities[k].second);
        table.add(requests_[first].quantities[k].first, std::move(cells));
    }
    try {
        if (table.columns().empty())
            throw Error(ErrorKind::data,
                        "nothing says how long the link is; give distance_km, or loss_a_db and loss_b_db");
        links_.middleRows(rows_, static_cast<Eigen::Index>(end - first)) = read_links(table);
    } catch (const Error& error) {
        requests_[first].error = without_place(error.what());
        return false;
    }
    for (std::size_t r = first; r < end; ++r) {
        requests_[r].error.clear();
        requests_[r].row = rows_++;
    }
    return true;
}

std::string ServeSession::answer_requests() {
    if (requests_.empty()) return "";
    read_links_of_requests();
    const auto& parameters = model_->protocol().info().parameters;
    const ColumnsRef links = links_.topRows(rows_);
    const Predictions found = rows_ > 0 ? model_->predict(links) : Predictions{};
    Eigen::ArrayXd rate(rows_);
    if (rows_ > 0) model_->protocol().rates(links, found.points, Measure::rate, rate);
    std::string out;
    for (const Request& request : requests_) {
        out += '{';
        if (!request.id.empty()) out.append("\"id\": ").append(request.id).append(", ");
        if (request.row < 0) {
            out.append("\"line\": ").append(std::to_string(request.line));
            out.append(", \"error\": ").append(json_text(request.error)).append("}\n");
            continue;
        }
        for (std::size_t k = 0; k < parameters.size(); ++k) {
            out.append("\"").append(parameters[k].name).append("\": ");
            append_number(out, found.points(request.row, static_cast<Eigen::Index>(k)));
            out += ", ";
        }
        out += "\"key_rate_bit_per_pulse\": ";
        append_number(out, std::max(rate[request.row], 0.0));
        out.append(", \"outside\": \"")
            .append(found.outside[static_cast<std::size_t>(request.row)])
            .append("\", \"sparse\": \"")
            .append(found.sparse[static_cast<std::size_t>(request.row)])
            .append("\"}\n");
    }
    requests_.clear();
    return out;
}

}  // namespace tfqkd::cli
