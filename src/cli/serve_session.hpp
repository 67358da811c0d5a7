#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tfqkd/learn/model.hpp"

namespace tfqkd::cli {

constexpr std::size_t longest_request = 65536;  // bytes of a line, without its end

// One client's conversation in JSON Lines: bytes in, answers out, in the order of the requests. A request is
// an object of link inputs and, if wanted, an "id" that comes back; an answer has the parameters, the key
// rate that they give and what lies outside the trained range, or an "error". Bad lines never throw.
class ServeSession {
  public:
    explicit ServeSession(const Model& model) : model_(&model) {}

    // Takes what has arrived, and returns the answers to all lines that are now complete.
    std::string answers(std::string_view bytes);
    // The input has ended: a last line without an end counts.
    std::string last_answers();

  private:
    struct Request {
        std::string id;     // as JSON, "" for none
        std::string error;  // "" for none yet
        std::size_t line;
        std::vector<std::pair<std::string, double>> quantities;
        Eigen::Index row = -1;  // of its link
    };
    class Reader;

    void take_line(std::string_view line);
    void read_links_of_requests();
    bool read_links_together(std::size_t first, std::size_t end);
    std::string answer_requests();

    const Model* model_;
    std::string unread_;
    bool too_long_ = false;  // the present line is: the rest of it is dropped
    std::size_t line_ = 0;
    std::vector<Request> requests_;  // since the last answers
    Columns links_;
    Eigen::Index rows_ = 0;
};

}  // namespace tfqkd::cli
