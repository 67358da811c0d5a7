#include "cli/gnuplot.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "cli/temporary_folder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/output_file.hpp"
#include "tfqkd/table/text_file.hpp"

extern char** environ;

namespace tfqkd::cli {

namespace {

// Closes its end of a pipe when it goes out of scope.
struct End {
    int fd = -1;
    ~End() { close(); }
    void close() {
        if (fd >= 0) ::close(std::exchange(fd, -1));
    }
};

std::string all_from(int fd) {
    std::string text;
    for (char block[65536];;) {
        const ssize_t count = ::read(fd, block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) throw Error(ErrorKind::io, std::string("gnuplot can't be read: ") + ::strerror(errno));
        if (count == 0) return text;
        text.append(block, static_cast<std::size_t>(count));
    }
}

pid_t start_gnuplot(const std::string& program, const std::string& script, const std::string& talk, int out) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawn_file_actions_addopen(&files, 2, talk.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const char* const words[] = {program.c_str(), script.c_str(), nullptr};
    pid_t child = 0;
    const int failed =
        posix_spawn(&child, words[0], &files, nullptr, const_cast<char* const*>(words), environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed) throw Error(ErrorKind::io, std::string("gnuplot can't be started: ") + ::strerror(failed));
    return child;
}

int exit_status(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw Error(ErrorKind::io, std::string("gnuplot got lost: ") + ::strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// What gnuplot draws on its standard output; a pipe is never full, while of a file on a full disk gnuplot
// leaves a part and says nothing.
std::string drawing(const std::string& program, const std::string& script, const std::string& talk) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        throw Error(ErrorKind::io, std::string("gnuplot can't be started: ") + ::strerror(errno));
    const End from{ends[0]};
    End to{ends[1]};
    const pid_t child = start_gnuplot(program, script, talk, to.fd);
    to.close();
    std::string drawn = all_from(from.fd);
    const int status = exit_status(child);
    if (status != 0)
        throw Error(ErrorKind::io,
                    "gnuplot can't draw this (exit " + std::to_string(status) + "): " + read_text_file(talk));
    return drawn;
}

}  // namespace

std::string gnuplot_path() {
    const char* const path = std::getenv("PATH");
    const std::string folders = path ? path : "";
    for (std::size_t begin = 0; begin <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', begin), folders.size());
        const std::string candidate = folders.substr(begin, end - begin) + "/gnuplot";
        if (::access(candidate.c_str(), X_OK) == 0) return candidate;
        begin = end + 1;
    }
    return "";
}

std::string drawn_by_gnuplot(const Figure& figure, FigureFormat format, const FigureSize& size) {
    const std::string program = gnuplot_path();
    if (program.empty())
        throw Error(
            ErrorKind::io,
            "gnuplot is not there to draw (Debian's package is gnuplot-nox); --output FILE.csv writes "
            "the figure's data without it, and --script FILE what it would draw");
    const TemporaryFolder folder;
    const std::string script = folder.path / "figure.gp", talk = folder.path / "talk.txt";
    OutputFile file(script, true);
    file.stream() << gnuplot_script(figure, format, size, "/dev/stdout");
    file.commit();
    return drawing(program, script, talk);
}

}  // namespace tfqkd::cli
