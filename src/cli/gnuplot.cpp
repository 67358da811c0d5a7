#include "cli/gnuplot.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/temporary_folder.hpp"
#include "tfqkd/error.hpp"
#include "tfqkd/table/output_file.hpp"
#include "tfqkd/table/text_file.hpp"

extern char** environ;

namespace tfqkd::cli {

namespace {

// Runs gnuplot on a script, with its talk in a file; its exit status.
int run_gnuplot(const std::string& program, const std::string& script, const std::string& talk) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, talk.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    const char* const words[] = {program.c_str(), script.c_str(), nullptr};
    pid_t child = 0;
    const int failed =
        posix_spawn(&child, words[0], &files, nullptr, const_cast<char* const*>(words), environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed) throw Error(ErrorKind::io, std::string("gnuplot can't be started: ") + ::strerror(failed));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw Error(ErrorKind::io, std::string("gnuplot got lost: ") + ::strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
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
    const std::string script = folder.path / "figure.gp", drawn = folder.path / "figure",
                      talk = folder.path / "talk.txt";
    OutputFile file(script, true);
    file.stream() << gnuplot_script(figure, format, size, drawn);
    file.commit();
    const int status = run_gnuplot(program, script, talk);
    if (status != 0)
        throw Error(ErrorKind::io,
                    "gnuplot can't draw this (exit " + std::to_string(status) + "): " + read_text_file(talk));
    return read_text_file(drawn);
}

}  // namespace tfqkd::cli
