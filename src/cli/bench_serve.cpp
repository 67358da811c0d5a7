#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <limits>
#include <thread>

#include "cli/bench.hpp"
#include "cli/serve_loop.hpp"
#include "cli/temporary_folder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/math/random.hpp"
#include "tfqkd/table/number.hpp"

namespace tfqkd::cli {

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) { throw Error(ErrorKind::io, std::string("bench serve: ") + what); }

// A random link of the trained range, as a request. With a perfect detector an arm's loss is its channel's.
std::string request(const Model& model, std::uint64_t number) {
    std::string text = "{\"id\": " + std::to_string(number) + ", \"detector_efficiency\": 1", loss;
    for (std::size_t i = 0; i < model.inputs().columns().size(); ++i) {
        const ScaledColumn& c = model.inputs().columns()[i];
        const double low = to_scale(c.scale, c.lower), high = to_scale(c.scale, c.upper);
        const double at = from_scale(c.scale, low + (high - low) * uniform(1, Purpose::sample, number, i));
        const std::string value = format_number(std::clamp(at, c.lower, c.upper));
        if (c.name == "arm_a_loss_db" && model.equal_arms()) loss = value;
        const std::string name = c.name.starts_with("arm_") ? "loss_" + c.name.substr(4, 1) + "_db" : c.name;
        text += ", \"" + name + "\": " + value;
    }
    return text + (loss.empty() ? "" : ", \"loss_b_db\": " + loss) + "}\n";
}

// A server in a process of its own, and a connection to it.
class Server {
  public:
    Server(const Model& model, const std::string& path) {
        const UnixListener listener(path);  // is there before anyone connects
        child_ = ::fork();
        if (child_ < 0) fail("can't start another process");
        if (child_ == 0) {
            serve_clients(model, listener);
            ::_exit(0);
        }
        connection_ = connect_to(path);
        if (connection_ < 0) fail("the server does not answer");
    }
    ~Server() {
        if (child_ > 0) stop();
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    void send(std::string_view text) {
        while (!text.empty()) {
            const ssize_t sent = ::send(connection_, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) fail("the server is gone");
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
    }
    // Waits for answers, and returns how many came.
    std::size_t receive() {
        char bytes[65536];
        const ssize_t got = ::recv(connection_, bytes, sizeof bytes, 0);
        if (got <= 0) fail("the server is gone");
        return static_cast<std::size_t>(std::count(bytes, bytes + got, '\n'));
    }
    // Seconds of processor time that the server took.
    double stop() {
        ::close(connection_);
        ::kill(child_, SIGTERM);
        rusage used{};
        ::wait4(std::exchange(child_, -1), nullptr, 0, &used);
        const auto seconds = [](const timeval& t) {
            return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
        };
        return seconds(used.ru_utime) + seconds(used.ru_stime);
    }

  private:
    pid_t child_ = -1;
    int connection_ = -1;
};

struct Measured {
    std::vector<double> latency_us;  // of each request, in order of size
    double seconds = 0, processor_seconds = 0;
};

// One request at a time, at an even rate. A request that had to wait for the answer before it is late from
// the time at which it was due.
Measured paced(const Model& model, const std::string& path, std::uint64_t count, std::uint64_t per_second) {
    Server server(model, path);
    Measured measured;
    const auto period = std::chrono::nanoseconds(1'000'000'000 / per_second);
    const auto start = Clock::now();
    auto free = start;
    for (std::uint64_t k = 0; k < count; ++k) {
        const std::string text = request(model, k);
        const auto due = start + period * static_cast<long>(k);
        std::this_thread::sleep_until(due);
        const auto begin = free > due ? due : Clock::now();
        server.send(text);
        while (server.receive() == 0) {
        }
        free = Clock::now();
        measured.latency_us.push_back(std::chrono::duration<double, std::micro>(free - begin).count());
    }
    measured.seconds = std::chrono::duration<double>(free - start).count();
    measured.processor_seconds = server.stop();
    std::sort(measured.latency_us.begin(), measured.latency_us.end());
    return measured;
}

// As many as the server takes.
Measured streamed(const Model& model, const std::string& path, std::uint64_t count) {
    std::string all;
    for (std::uint64_t k = 0; k < count; ++k) all += request(model, k);
    Server server(model, path);
    Measured measured;
    const auto start = Clock::now();
    std::jthread sender([&] { server.send(all); });
    for (std::uint64_t answered = 0; answered < count;) answered += server.receive();
    measured.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    sender.join();
    measured.processor_seconds = server.stop();
    return measured;
}

double percentile(const std::vector<double>& sorted, double share) {
    if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
    const auto place = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1) + 0.5);
    return sorted[place];
}

Table table_of(const std::vector<std::pair<std::string, Measured>>& rows, std::uint64_t count) {
    const auto column = [&](auto value) {
        Table::Numbers cells;
        for (const auto& [name, measured] : rows) cells.push_back(value(measured));
        return cells;
    };
    Table table;
    Table::Text names;
    for (const auto& [name, measured] : rows) names.push_back(name);
    const double requests = static_cast<double>(count);
    table.add("mode", names);
    table.add("requests", Table::Numbers(rows.size(), requests));
    table.add("per_s", column([&](const Measured& m) { return requests / m.seconds; }));
    table.add("processor_us",
              column([&](const Measured& m) { return 1e6 * m.processor_seconds / requests; }));
    for (const auto& [name, share] :
         {std::pair{"p50_us", 0.5}, {"p90_us", 0.9}, {"p99_us", 0.99}, {"p999_us", 0.999}, {"max_us", 1.0}})
        table.add(name,
                  column([share = share](const Measured& m) { return percentile(m.latency_us, share); }));
    return table;
}

int run(const Arguments& arguments, Streams& streams) {
    const Model model = load_model(arguments);
    const std::uint64_t count = arguments.count("--requests", 1, 100'000'000);
    const std::uint64_t per_second = arguments.count("--per-second", 1, 1'000'000);
    ResultSink sink(arguments, streams);
    const TemporaryFolder folder;
    const std::string path = (folder.path / "socket").string();
    const std::vector<std::pair<std::string, Measured>> rows{{"paced", paced(model, path, count, per_second)},
                                                             {"streamed", streamed(model, path, count)}};
    sink.write(table_of(rows, count));
    sink.finish();
    return 0;
}

}  // namespace

Command bench_serve_command() {
    return {"serve",
            "how fast 'tfqkd serve' answers",
            "Starts a server on a Unix socket in a process of its own and sends it random links of the "
            "model's trained "
            "range: one at a time at an even rate (paced), and as many as it takes (streamed). Latency from "
            "request to "
            "answer, and the server's processor time a request, its start included.",
            {{"tfqkd-bench serve --model bpnn.json --format markdown", "1,000 requests a second"},
             {"tfqkd-bench serve --model bpnn.json --per-second 5000 --requests 50000", "more"}},
            "",
            [](const std::vector<std::string>&) {
                const std::vector<Option> what{
                    {"--requests", "N", "10000", "requests of each mode", "Measurement"},
                    {"--per-second", "N", "1000", "requests a second when paced", "Measurement"}};
                return joined({model_options(), what, output_options()});
            },
            run};
}

}  // namespace tfqkd::cli
