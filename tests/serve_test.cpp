#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "cli/serve_loop.hpp"
#include "cli/serve_session.hpp"
#include "process.hpp"
#include "sizes.hpp"
#include "small_models.hpp"

using namespace tfqkd;
using namespace tfqkd::test;
using cli::ServeSession;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

std::vector<json> answers_of(const std::string& text) {
    std::vector<json> answers;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) answers.push_back(json::parse(line));
    return answers;
}

std::string asked(const Model& model, const std::string& text) {
    ServeSession session(model);
    std::string answers = session.answers(text);
    return answers + session.last_answers();
}

std::string error_of(const Model& model, const std::string& line) {
    const std::vector<json> answers = answers_of(asked(model, line + "\n"));
    REQUIRE(answers.size() == 1);
    REQUIRE(answers[0].contains("error"));
    return answers[0]["error"];
}

// A client of a server's socket.
class Client {
  public:
    explicit Client(const std::string& path) : connection_(cli::connect_to(path)) {
        REQUIRE(connection_ >= 0);
    }
    ~Client() { ::close(connection_); }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(const std::string& text) {
        REQUIRE(::send(connection_, text.data(), text.size(), MSG_NOSIGNAL) ==
                static_cast<ssize_t>(text.size()));
    }
    void end_input() { ::shutdown(connection_, SHUT_WR); }
    json answer() {
        while (unread_.find('\n') == std::string::npos) {
            char bytes[4096];
            const ssize_t got = ::recv(connection_, bytes, sizeof bytes, 0);
            if (got <= 0) return nullptr;
            unread_.append(bytes, static_cast<std::size_t>(got));
        }
        const std::size_t end = unread_.find('\n');
        const json found = json::parse(unread_.substr(0, end));
        unread_.erase(0, end + 1);
        return found;
    }

  private:
    int connection_;
    std::string unread_;
};

}  // namespace

TEST_CASE("served answers are those of predict", "[serve][threads]") {
    const WorkFolder folder;
    put_small_models();
    const std::string requests =
        "{\"distance_km\": 100, \"pulses\": 1e13}\n{\"distance_km\": 450, \"pulses\": 1e13}\n"
        "{\"distance_km\": 200, \"pulses\": 1e14}\n";
    for (const char* name : {"bpnn.json", "rbfnn.json", "grnn.json"}) {
        const Outcome predicted = run_program(
            {"predict", "--model", name, "--links", "-", "--format", "jsonl", "--quiet"}, requests);
        REQUIRE(predicted.code == 0);
        std::vector<json> expected = answers_of(predicted.out);
        expected.erase(expected.begin());  // properties
        const std::vector<json> found = answers_of(asked(Model::load_file(name), requests));
        REQUIRE(found.size() == 3);
        for (std::size_t row = 0; row < 3; ++row) {
            for (const char* other : {"distance_km", "pulses", "method"}) expected[row].erase(other);
            CHECK(found[row] == expected[row]);
        }
        CHECK(found[1]["outside"] == "arm_a_loss_db");
        CHECK(found[0]["key_rate_bit_per_pulse"] > 0);
    }
}

TEST_CASE("ids come back as they were, and bad lines do not disturb the others", "[serve]") {
    const WorkFolder folder;
    put_small_models();
    const Model model = Model::load_file("bpnn.json");
    const std::vector<json> answers = answers_of(
        asked(model,
              "{\"id\": 7, \"distance_km\": 100}\n\n{\"id\": \"a\\\"b\\u00e9\", \"distance_km\": 100}\r\n"
              "{\"id\": -1.5e3, \"distance_km\": 2000}\nnonsense\n{\"distance_km\": 100, \"id\": null}\n"
              "{\"id\": true, \"distance_km\": 100}"));
    REQUIRE(answers.size() == 6);
    CHECK(answers[0]["id"] == 7);
    CHECK(answers[1]["id"] == "a\"b\u00e9");
    CHECK(answers[2]["id"] == -1500);
    CHECK(answers[2]["line"] == 4);
    CHECK_THAT(answers[2]["error"].get<std::string>(),
               contains_text("distance_km = 2000 km, must be in [0, 1200] km"));
    CHECK(answers[3] == json{{"line", 5}, {"error", answers[3]["error"]}});
    CHECK(answers[4]["id"].is_null());
    CHECK(answers[5]["id"] == true);
    for (const std::size_t good : {0u, 1u, 4u, 5u})
        CHECK(answers[good]["signal_intensity"] == answers[0]["signal_intensity"]);
}

TEST_CASE("each bad line is told what is wrong with it", "[serve]") {
    const WorkFolder folder;
    put_small_models();
    const Model model = Model::load_file("bpnn.json");
    const std::vector<std::pair<std::string, std::string>> refused{
        {"{}", "how long the link is"},
        {"{\"pulses\": 1e13}", "how long the link is"},
        {"[1]", "the line is an array"},
        {"3", "the line is a number, must be an object"},
        {"{\"distance_km\": 100", "not valid JSON"},
        {"{\"distance_km\": 100} x", "not valid JSON"},
        {"{\"distance_km\": NaN}", "not valid JSON"},
        {"{\"distance_km\": 1e999}", "a number is too large"},
        {"{\"distance_km\": \"far\"}", "'distance_km' is a text, must be a number"},
        {"{\"distance_km\": null}", "'distance_km' is null"},
        {"{\"distance_km\": {\"a\": 1}}", "'distance_km' is an object"},
        {"{\"distance_km\": [1]}", "'distance_km' is an array"},
        {"{\"distance_km\": 1, \"distance_km\": 2}", "'distance_km' is there twice"},
        {"{\"distance_km\": 1, \"id\": 1, \"id\": 2}", "'id' is there twice"},
        {"{\"distnce_km\": 1}", "did you mean 'distance_km'?"},
        {"{\"distance_km\": 100, \"loss_db\": 20}", "two ways at once"},
        {"{\"loss_a_db\": 20}", "give loss_b_db"},
        {"{\"loss_a_db\": 20, \"loss_b_db\": -1}", "loss_b_db = -1 dB, must be in [0, 120] dB"},
        {"{\"distance_km\": 100, \"misalignment\": 0.6}", "misalignment = 0.6"},
        {std::string(70000, '['), "longer than 65536 bytes"},
        {std::string(60000, '['), "the line is an array"},
        {"{\"id\": \"" + std::string(1, '\xff') + "\"}", "not valid JSON"},
        {std::string("{\"distance_km\": 1\0}", 19), "not valid JSON"}};
    for (const auto& [line, part] : refused) {
        CAPTURE(line.substr(0, 60));
        CHECK_THAT(error_of(model, line), contains_text(part));
    }
}

TEST_CASE("answers do not depend on how the bytes arrive", "[serve]") {
    const WorkFolder folder;
    put_small_models();
    const Model model = Model::load_file("grnn.json");
    std::string requests;
    for (int k = 0; k < 60; ++k)
        requests += k % 7 == 3 ? "{\"id\": " + std::to_string(k) + ", \"distance_km\": -1}\n"
                               : "{\"id\": " + std::to_string(k) +
                                     ", \"distance_km\": " + std::to_string(5 * k) + "}\n";
    requests += std::string(200000, 'x') + "\n{\"distance_km\": 100}";
    const std::string together = asked(model, requests);
    CHECK(answers_of(together).size() == 62);
    std::mt19937 random(1);
    for (int repeat = 0; repeat < 5; ++repeat) {
        ServeSession session(model);
        std::string apart;
        for (std::size_t at = 0; at < requests.size();) {
            const std::size_t count = random() % (repeat == 0 ? 3 : 3000);
            apart += session.answers(std::string_view(requests).substr(at, count));
            at += std::min(count, requests.size() - at);
        }
        CHECK(apart + session.last_answers() == together);
    }
}

TEST_CASE("random lines are all answered", "[serve]") {
    const WorkFolder folder;
    put_small_models();
    const Model model = Model::load_file("bpnn.json");
    std::mt19937 random(2);
    ServeSession session(model);
    const int lines = cases(30000, 3000);
    std::size_t answered = 0;
    for (int k = 0; k < lines; ++k) {
        std::string line = "{\"id\": " + std::to_string(k) + ", \"distance_km\": 100, \"pulses\": 1e13}";
        for (unsigned change = random() % 4; change > 0; --change)
            line[random() % line.size()] = static_cast<char>(random() % 256);
        for (char& c : line)
            if (c == '\n') c = ' ';
        if (line[0] == ' ') line[0] = '{';  // never blank
        for (const json& answer : answers_of(session.answers(line + "\n"))) {
            ++answered;
            CHECK(answer.contains("error") != answer.contains("key_rate_bit_per_pulse"));
        }
    }
    CHECK(answered == static_cast<std::size_t>(lines));
}

TEST_CASE("serve answers a pipe line by line, and ends at its end and at a signal", "[serve]") {
    const WorkFolder folder;
    put_small_models();
    for (const int number : {0, SIGINT, SIGTERM}) {
        Process process(TFQKD_PROGRAM, {"serve", "--model", "bpnn.json"});
        for (int k = 0; k < 3; ++k) {
            process.write("{\"id\": " + std::to_string(k) + ", \"distance_km\": 100}\n");
            CHECK(json::parse(process.read_line())["id"] == k);
        }
        if (number != 0) process.signal(number);
        if (number == 0) process.close_input();
        CHECK(process.read_line().empty());
        CHECK(process.wait() == 0);
    }
}

TEST_CASE("serve answers several clients of a socket at once and cleans up", "[serve][threads]") {
    const WorkFolder folder;
    put_small_models();
    Process process(TFQKD_PROGRAM, {"serve", "--model", "bpnn.json", "--socket", "s.sock"});
    REQUIRE(appears("s.sock"));
    CHECK((fs::status("s.sock").permissions() & fs::perms::others_all) == fs::perms::none);
    {
        Client first("s.sock"), second("s.sock"), silent("s.sock");
        first.send("{\"id\": 1, \"distance_km\": 1");
        second.send("{\"id\": 2, \"distance_km\": 100}\nbad\n");
        CHECK(second.answer()["id"] == 2);
        CHECK(second.answer()["line"] == 2);
        first.send("00}\n");
        CHECK(first.answer()["id"] == 1);
        second.send("{\"id\": 3, \"distance_km\": 100}");
        second.end_input();
        CHECK(second.answer()["id"] == 3);
        CHECK(second.answer().is_null());  // closed
        Process other(TFQKD_PROGRAM, {"serve", "--model", "bpnn.json", "--socket", "s.sock"});
        CHECK(other.wait() == 4);
        CHECK(fs::exists("s.sock"));
    }
    process.signal(SIGTERM);
    CHECK(process.wait() == 0);
    CHECK_FALSE(fs::exists("s.sock"));
}

TEST_CASE("a client that does not read holds up nobody", "[serve]") {
    const WorkFolder folder;
    put_small_models();
    Process process(TFQKD_PROGRAM, {"serve", "--model", "bpnn.json", "--socket", "s.sock"});
    REQUIRE(appears("s.sock"));
    Client greedy("s.sock");
    std::string many;
    for (int k = 0; k < 3000; ++k) many += "{\"distance_km\": 100}\n";
    std::jthread sender([&] { greedy.send(many); });
    Client other("s.sock");
    other.send("{\"id\": 1, \"distance_km\": 100}\n");
    CHECK(other.answer()["id"] == 1);
    for (int k = 0; k < 3000; ++k) REQUIRE(greedy.answer().contains("signal_intensity"));
}

TEST_CASE("the socket of a killed server is taken over, another file is not", "[serve]") {
    const WorkFolder folder;
    put_small_models();
    {
        Process process(TFQKD_PROGRAM, {"serve", "--model", "bpnn.json", "--socket", "s.sock"});
        REQUIRE(appears("s.sock"));
        process.signal(SIGKILL);
        CHECK(process.wait() == 128 + SIGKILL);
    }
    REQUIRE(fs::exists("s.sock"));
    { const cli::UnixListener listener("s.sock"); }
    CHECK_FALSE(fs::exists("s.sock"));
    put_file("precious", "text");
    CHECK(run_line("serve --model bpnn.json --socket precious").code == 2);
    CHECK(file_text("precious") == "text");
    CHECK(run_line("serve --model bpnn.json --socket " + std::string(200, 'x')).code == 2);
    CHECK(run_line("serve --model bpnn.json --socket absent/s.sock").code == 4);
}
