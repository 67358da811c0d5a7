#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <thread>
#include <utility>

#include "catch.hpp"
#include "sizes.hpp"

namespace tfqkd::test {
namespace {

constexpr int patience_ms = cases(10000, 60'000);

void close_end(int& end) {
    if (end >= 0) ::close(std::exchange(end, -1));
}

// Asks again and again, until the answer is yes or patience is at its end.
template <class Question>
bool soon(const Question& question) {
    for (int waited = 0; waited < patience_ms; ++waited) {
        if (question()) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
}

// The signals that a process has handlers for, as bits.
std::uint64_t handled_signals(pid_t id) {
    std::ifstream status("/proc/" + std::to_string(id) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("SigCgt:")) return std::stoull(line.substr(7), nullptr, 16);
    return 0;
}

}  // namespace

bool appears(const std::filesystem::path& path) {
    return soon([&] { return std::filesystem::exists(path); });
}

Process::Process(const std::string& program, const std::vector<std::string>& words) {
    int in[2], out[2];
    REQUIRE((::pipe2(in, O_CLOEXEC) == 0 && ::pipe2(out, O_CLOEXEC) == 0));
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    id_ = ::fork();
    REQUIRE(id_ >= 0);
    if (id_ == 0) {
        ::dup2(in[0], STDIN_FILENO);
        ::dup2(out[1], STDOUT_FILENO);
        ::dup2(::open("/dev/null", O_WRONLY), STDERR_FILENO);
        for (const int number : {SIGINT, SIGTERM, SIGPIPE}) ::signal(number, SIG_DFL);
        ::execv(program.c_str(), argv.data());
        ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    input_ = in[1];
    output_ = out[0];
}

Process::~Process() {
    if (id_ > 0) {
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }
    close_end(input_);
    close_end(output_);
}

void Process::write(const std::string& text) {
    REQUIRE(::write(input_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

void Process::close_input() { close_end(input_); }
void Process::close_output() { close_end(output_); }

std::string Process::read_line() {
    for (;;) {
        if (const std::size_t end = unread_.find('\n'); end != std::string::npos) {
            const std::string line = unread_.substr(0, end);
            unread_.erase(0, end + 1);
            return line;
        }
        pollfd ready{output_, POLLIN, 0};
        char part[4096];
        if (::poll(&ready, 1, patience_ms) != 1) return "";
        const ssize_t got = ::read(output_, part, sizeof part);
        if (got <= 0) return "";
        unread_.append(part, static_cast<std::size_t>(got));
    }
}

void Process::signal(int number) { ::kill(id_, number); }

bool Process::handles(int number, bool handled) const {
    return soon([&] { return ((handled_signals(id_) >> (number - 1) & 1) != 0) == handled; });
}

int Process::wait() {
    int status = 0;
    if (!soon([&] { return ::waitpid(id_, &status, WNOHANG) == id_; })) return -1;
    id_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace tfqkd::test
