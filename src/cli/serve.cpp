#include <unistd.h>

#include <ostream>

#include "cli/serve_loop.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

int run(const Arguments& arguments, Streams& streams) {
    const Model model = load_model(arguments);
    if (!arguments.has("--socket")) {
        serve_streams(model, STDIN_FILENO, STDOUT_FILENO);
        return 0;
    }
    const UnixListener listener(arguments.text("--socket"));
    if (!arguments.has("--quiet"))
        streams.err << "tfqkd: " << model.network().kind() << " for " << model.protocol().info().spec()
                    << " answers at " << arguments.text("--socket") << "\n";
    serve_clients(model, listener);
    return 0;
}

}  // namespace

Command serve_command() {
    return {
        "serve",
        "answers links with parameters and rate, live",
        "Reads requests as JSON Lines and answers each with one line: the predicted parameters, the key rate "
        "that "
        "they give by the full formula, and which quantities lie outside the trained range or where the "
        "model "
        "hardly learned (sparse). A request is an object of "
        "link quantities, as columns of 'tfqkd predict'; what it does not say is at its default. Its \"id\", "
        "a text or "
        "a number, comes back in the answer. A line that can't be answered gets {\"line\": N, \"error\": "
        "\"...\"}. Answers "
        "come in the order of the requests. Ends at the end of the input, or cleanly at SIGTERM or SIGINT.",
        {{"echo '{\"id\": 1, \"distance_km\": 250, \"pulses\": 1e13}' | tfqkd serve --model bpnn.json",
          "one link on standard input"},
         {"tfqkd serve --model bpnn.json --socket tfqkd.sock", "many clients, on a Unix socket"}},
        "",
        [](const std::vector<std::string>&) {
            const std::vector<Option> serve{
                {"--socket", "PATH", "",
                 "a Unix socket to listen at, for this user; else standard input and output", "Serve"},
                {"--quiet", "", "", "no talk on standard error", "General", false, "-q"}};
            return joined({model_options(), serve});
        },
        run};
}

}  // namespace tfqkd::cli
