#include "cli/serve_loop.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdio>
#include <cstring>
#include <list>
#include <system_error>

#include "cli/interrupt.hpp"
#include "cli/serve_session.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

constexpr std::size_t most_clients = 256;
constexpr std::size_t most_unsent = std::size_t{1} << 20;  // a client that does not read is not read from
constexpr std::size_t bytes_a_read = std::size_t{1} << 16;
// How long a stop may go unseen when its signal comes just before the wait.
constexpr int longest_wait_ms = 100;
constexpr auto longest_farewell = std::chrono::seconds(1);

[[noreturn]] void refuse(const std::string& what, int error) {
    throw Error(ErrorKind::io, what + ": " + std::generic_category().message(error));
}

bool is_socket(int descriptor) {
    struct stat facts {};
    return ::fstat(descriptor, &facts) == 0 && S_ISSOCK(facts.st_mode);
}

// One end of a conversation; owns no descriptor.
class Peer {
  public:
    Peer(const Model& model, int in, int out)
        : session_(model), in_(in), out_(out), out_is_socket_(is_socket(out)) {}

    int in() const { return in_; }
    int out() const { return out_; }
    bool wants_input() const { return !ended_ && unsent_.size() < most_unsent; }
    bool wants_output() const { return !unsent_.empty(); }
    bool done() const { return broken_ || (ended_ && unsent_.empty()); }

    void receive() {
        char bytes[bytes_a_read];
        const ssize_t got = ::read(in_, bytes, sizeof bytes);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
        ended_ = got <= 0;
        unsent_ +=
            ended_ ? session_.last_answers() : session_.answers({bytes, static_cast<std::size_t>(got)});
        send();
    }

    // As much as goes without waiting. A pipe that is ready takes PIPE_BUF bytes.
    void send() {
        std::size_t sent = 0;
        while (sent < unsent_.size() && ready_to_write()) {
            const std::size_t rest = unsent_.size() - sent;
            const ssize_t count =
                out_is_socket_ ? ::send(out_, unsent_.data() + sent, rest, MSG_DONTWAIT | MSG_NOSIGNAL)
                               : ::write(out_, unsent_.data() + sent, std::min<std::size_t>(rest, PIPE_BUF));
            if (count < 0 && (errno == EINTR || errno == EAGAIN)) break;
            if (count < 0 && !out_is_socket_) refuse("can't write standard output", errno);
            if (count < 0) broken_ = true;
            if (count <= 0) break;
            sent += static_cast<std::size_t>(count);
        }
        unsent_.erase(0, sent);
    }

  private:
    bool ready_to_write() const {
        if (out_is_socket_) return true;
        pollfd state{out_, POLLOUT, 0};
        return ::poll(&state, 1, 0) == 1;
    }

    ServeSession session_;
    int in_, out_;
    bool out_is_socket_, ended_ = false, broken_ = false;
    std::string unsent_;
};

// All conversations in one thread.
class Loop {
  public:
    Loop(const Model& model, int listener) : model_(model), listener_(listener) {}
    ~Loop() {
        if (listener_ >= 0)
            for (const Peer& peer : peers_) ::close(peer.in());
    }

    void add(int in, int out) { peers_.emplace_back(model_, in, out); }

    void run(const Interrupts& interrupts) {
        while (!interrupts.any() && (listener_ >= 0 || !peers_.empty())) step(true, longest_wait_ms);
        const auto end = std::chrono::steady_clock::now() + longest_farewell;
        const auto unsent = [](const Peer& peer) { return peer.wants_output(); };
        while (std::any_of(peers_.begin(), peers_.end(), unsent) && std::chrono::steady_clock::now() < end)
            step(false, longest_wait_ms);
    }

  private:
    void step(bool reads, int wait_ms) {
        std::vector<pollfd> states;
        const bool accepts = reads && listener_ >= 0 && peers_.size() < most_clients;
        for (const Peer& peer : peers_) {
            states.push_back({reads && peer.wants_input() ? peer.in() : -1, POLLIN, 0});
            states.push_back({peer.wants_output() ? peer.out() : -1, POLLOUT, 0});
        }
        states.push_back({accepts ? listener_ : -1, POLLIN, 0});
        if (::poll(states.data(), states.size(), wait_ms) < 0) {
            if (errno != EINTR) refuse("poll", errno);
            return;
        }
        auto state = states.begin();
        for (Peer& peer : peers_) {
            const short in = (state++)->revents, out = (state++)->revents;
            if (in != 0) peer.receive();
            if (out != 0) peer.send();
        }
        if (state->revents != 0) accept();
        peers_.remove_if([&](const Peer& peer) {
            if (peer.done() && listener_ >= 0) ::close(peer.in());
            return peer.done();
        });
    }

    void accept() {
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (client >= 0) add(client, client);
    }

    const Model& model_;
    int listener_;
    std::list<Peer> peers_;
};

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw Error(ErrorKind::usage, "--socket = " + in_quotes(path) + ", must be a path of at most " +
                                          std::to_string(sizeof address.sun_path - 1) + " bytes");
    std::memcpy(address.sun_path, path.c_str(), path.size());
    return address;
}

// A socket that nobody listens at is left from a server that was killed.
void remove_stale(const std::string& path) {
    struct stat facts {};
    if (::lstat(path.c_str(), &facts) != 0) return;
    if (!S_ISSOCK(facts.st_mode))
        throw Error(ErrorKind::usage,
                    "--socket = " + in_quotes(path) + ": a file is there that is no socket");
    const int other = connect_to(path);
    if (other >= 0) {
        ::close(other);
        throw Error(ErrorKind::io, path + ": another server answers there; stop it, or take another path");
    }
    if (errno == ECONNREFUSED) ::unlink(path.c_str());
}

}  // namespace

int connect_to(const std::string& path) {
    const sockaddr_un address = address_of(path);
    const int connection = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection >= 0 &&
        ::connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        return connection;
    const int error = errno;
    if (connection >= 0) ::close(connection);
    errno = error;
    return -1;
}

// Under another name until it listens: who finds the socket at its path is answered.
UnixListener::UnixListener(std::string path) : path_(std::move(path)) {
    const std::string early = path_ + ".new";
    const sockaddr_un address = address_of(early);
    remove_stale(path_);
    remove_stale(early);
    descriptor_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const mode_t mask = ::umask(0077);  // for this user alone
    const bool bound = descriptor_ >= 0 &&
                       ::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    int error = errno;
    ::umask(mask);
    if (bound && ::listen(descriptor_, 128) == 0 && ::rename(early.c_str(), path_.c_str()) == 0) return;
    if (bound) {
        error = errno;
        ::unlink(early.c_str());
    }
    if (descriptor_ >= 0) ::close(descriptor_);
    refuse("--socket " + path_, error);
}

UnixListener::~UnixListener() {
    ::unlink(path_.c_str());
    ::close(descriptor_);
}

void serve_streams(const Model& model, int in, int out) {
    const Interrupts interrupts;
    Loop loop(model, -1);
    loop.add(in, out);
    loop.run(interrupts);
}

void serve_clients(const Model& model, const UnixListener& listener) {
    const Interrupts interrupts;
    Loop(model, listener.descriptor()).run(interrupts);
}

}  // namespace tfqkd::cli
