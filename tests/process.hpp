#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace tfqkd::test {

// Whether there is such a file, now or soon.
bool appears(const std::filesystem::path& path);

// A program that runs, with pipes to its standard input and output; standard error is dropped. Every
// wait ends after some seconds, so that a program that hangs fails the test and no more.
class Process {
  public:
    Process(const std::string& program, const std::vector<std::string>& words);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void write(const std::string& text);
    void close_input();
    void close_output();
    std::string read_line();  // without its end; "" at the end, and after 10 s without one
    void signal(int number);
    // Whether the program has a handler for the signal (or none, for `handled` false), now or soon.
    bool handles(int number, bool handled = true) const;
    // The exit code, or 128 and the number of the signal that ended it; -1 after 10 s.
    int wait();

  private:
    pid_t id_ = -1;
    int input_ = -1, output_ = -1;
    std::string unread_;
};

}  // namespace tfqkd::test
