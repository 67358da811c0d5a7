#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tfqkd {

// What went wrong, and with which code the program ends.
enum class ErrorKind { usage = 2, data = 3, io = 4 };

// The user's mistake, said so that a user can mend it: what, the value, what is allowed, where.
class Error : public std::runtime_error {
  public:
    Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
    ErrorKind kind() const { return kind_; }

  private:
    ErrorKind kind_;
};

// " (did you mean 'NAME'?)" with the candidate nearest to `typed`, or "" when none is near: at most one
// letter in `letters_a_mistake` differs, or the candidate goes on where `typed` stops.
std::string did_you_mean(std::string_view typed, std::span<const std::string_view> candidates,
                         std::size_t letters_a_mistake = 3);

// 'text' as an error shows it: long text is cut, and characters that would upset a terminal are escaped.
std::string in_quotes(std::string_view text);

}  // namespace tfqkd
