#pragma once

#include <string>

#include "tfqkd/learn/model.hpp"

namespace tfqkd::cli {

// Answers the requests that come from one file descriptor on another, until the input ends or the program is
// asked to stop (SIGINT, SIGTERM).
void serve_streams(const Model& model, int in, int out);

// A Unix socket at a path, gone with the object. Throws Error (usage) for a path that is too long, Error (io)
// when another program listens there or it can't be made.
class UnixListener {
  public:
    explicit UnixListener(std::string path);
    ~UnixListener();
    UnixListener(const UnixListener&) = delete;
    UnixListener& operator=(const UnixListener&) = delete;
    int descriptor() const { return descriptor_; }

  private:
    std::string path_;
    int descriptor_ = -1;
};

// Answers all clients of a socket until the program is asked to stop.
void serve_clients(const Model& model, const UnixListener& listener);

// A connection to a server's socket, or -1 with errno.
int connect_to(const std::string& path);

}  // namespace tfqkd::cli
