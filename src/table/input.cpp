#include "input.hpp"

#include <algorithm>
#include <cstring>

#include "tfqkd/error.hpp"

namespace tfqkd {
namespace {

constexpr std::size_t first_buffer = std::size_t{1} << 16;

std::size_t first_visible(std::string_view text) {
    const std::size_t place = text.find_first_not_of(" \t\r\n");
    return place == std::string_view::npos ? text.size() : place;
}

}  // namespace

Input::Input(std::istream& in, std::string source)
    : in_(in), source_(std::move(source)), buffer_(first_buffer) {}

void Input::refuse(std::size_t line, const std::string& what) const {
    throw Error(ErrorKind::data, source_ + ":" + std::to_string(line) + ": " + what);
}

bool Input::next_line(std::string_view& line) {
    while (!find_end()) {
        if (end_ - begin_ > longest_line)
            refuse(line_ + 1, "the line is longer than 1 MiB; is this a table?");
        if (!fill()) break;
    }
    check_start();
    started_ = true;
    if (begin_ == end_) return false;
    ++line_;
    line = {buffer_.data() + begin_, searched_ - begin_};
    begin_ = searched_ = std::min(searched_ + 1, end_);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.size() > longest_line) refuse("the line is longer than 1 MiB; is this a table?");
    if (!line.empty() && std::memchr(line.data(), '\0', line.size()) != nullptr) {
        refuse(std::string(zero_byte));
    }
    return true;
}

bool Input::line_ready() {
    while (!find_end()) {
        if (end_ - begin_ > longest_line) return true;
        // Nothing known to be there: a pipe that may still speak. -1: surely the end.
        if (!ended_ && in_.rdbuf()->in_avail() == 0) return false;
        if (!fill()) return begin_ < end_;
    }
    return true;
}

std::string_view Input::peek_line() {
    for (;;) {
        check_start();
        const std::string_view text = unread();
        const std::string_view visible = text.substr(first_visible(text));
        const std::size_t stop = visible.find('\n');
        if (stop != std::string_view::npos) return visible.substr(0, stop);
        if (text.size() > longest_line || ended_) return visible;
        fill();
    }
}

std::string Input::rest() {
    std::string text;
    do {
        check_start();
        if (!started_) continue;
        text += unread();
        begin_ = searched_ = end_;
    } while (fill());
    check_start();
    return text + std::string(unread());
}

// Moves searched_ to the next line end; at the end of the bytes when there is none.
bool Input::find_end() {
    if (searched_ == end_) return false;
    const void* const hit = std::memchr(buffer_.data() + searched_, '\n', end_ - searched_);
    searched_ =
        hit == nullptr ? end_ : static_cast<std::size_t>(static_cast<const char*>(hit) - buffer_.data());
    return hit != nullptr;
}

// Appends what is there, or waits for the first byte of it. False at the end of the stream.
bool Input::fill() {
    if (ended_) return false;
    make_room();
    try {
        std::streambuf& bytes = *in_.rdbuf();
        if (bytes.sgetc() == std::char_traits<char>::eof()) {
            ended_ = true;
            return false;
        }
        const auto there = std::max<std::streamsize>(bytes.in_avail(), 1);
        const auto room = static_cast<std::streamsize>(buffer_.size() - end_);
        end_ += static_cast<std::size_t>(bytes.sgetn(buffer_.data() + end_, std::min(there, room)));
    } catch (const std::ios_base::failure& failure) {
        throw Error(ErrorKind::io, "can't read " + source_ + ": " + failure.code().message());
    }
    return true;
}

void Input::make_room() {
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        searched_ -= begin_;
        begin_ = 0;
    }
    if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
}

// Drops a UTF-8 byte-order mark.
void Input::check_start() {
    if (started_ || (end_ - begin_ < 3 && !ended_)) return;
    started_ = true;
    const std::string_view text = unread();
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
        refuse(1, "this is UTF-16 text; save the table as UTF-8");
    }
    if (text.starts_with("\x93NU")) refuse(1, "this is an NPY file; give it a name that ends in .npy");
    if (text.starts_with("\x1F\x8B")) refuse(1, "this is a compressed file; unpack it first (gunzip)");
    if (text.starts_with("\xEF\xBB\xBF")) begin_ += 3;
    searched_ = std::max(searched_, begin_);
}

}  // namespace tfqkd
