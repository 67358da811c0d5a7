#include <filesystem>

#include "cli/completions.hpp"
#include "cli/manual_pages.hpp"
#include "cli/subcommands.hpp"
#include "tfqkd/error.hpp"

namespace tfqkd::cli {

namespace {

const std::vector<std::pair<std::string_view, std::string (*)()>> texts{{"markdown", markdown_reference},
                                                                        {"bash", bash_completion},
                                                                        {"zsh", zsh_completion},
                                                                        {"fish", fish_completion}};

void write_file(const std::filesystem::path& path, const std::string& text, bool force) {
    OutputFile file(path.string(), force);
    file.stream() << text;
    file.commit();
}

// tfqkd.1 and a page for each command.
void write_man_pages(const Arguments& arguments) {
    const std::filesystem::path folder = arguments.text("--output");
    if (folder.empty() || folder == "-")
        throw Error(ErrorKind::usage, "--output FOLDER is missing: the pages for man are one file a command");
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) throw Error(ErrorKind::io, folder.string() + ": can't be made a folder: " + error.message());
    write_file(folder / "tfqkd.1", man_page(), arguments.has("--force"));
    for (const Command& command : commands())
        write_file(folder / ("tfqkd-" + command.name + ".1"), man_page(command), arguments.has("--force"));
}

int run(const Arguments& arguments, Streams& streams) {
    const std::vector<std::string> words = arguments.all("");
    const std::string form = words.empty() ? "" : words.front();
    if (form == "man") {
        write_man_pages(arguments);
        return 0;
    }
    std::vector<std::string_view> names{"man"};
    for (const auto& [name, text] : texts) {
        names.push_back(name);
        if (name != form) continue;
        const std::string path = arguments.text("--output");
        if (path.empty() || path == "-")
            streams.out << text();
        else
            write_file(path, text(), arguments.has("--force"));
        return 0;
    }
    throw Error(ErrorKind::usage, (form.empty() ? "which form is missing" : in_quotes(form) + " is no form") +
                                      ": man, markdown, bash, zsh or fish" + did_you_mean(form, names));
}

}  // namespace

Command manual_command() {
    return {
        "manual",
        "the manual for man, as Markdown, and completions for shells",
        "Writes what the program knows of its own commands: man, a page for each into the folder --output; "
        "markdown, all on one page; bash, zsh, fish, what the shell completes. An installed tfqkd has "
        "pages and completions already.",
        {{"tfqkd manual man -o man1", "tfqkd.1, tfqkd-rate.1, ... for a folder of MANPATH"},
         {"tfqkd manual bash -o tfqkd.bash", "to be sourced from ~/.bashrc"},
         {"tfqkd manual markdown", "the command reference"}},
        "FORM",
        [](const std::vector<std::string>&) {
            return std::vector<Option>{
                {"--output", "PATH", "", "man: a folder, made if need be; else a file", "Output", false, "-o",
                 false},
                {"--force", "", "", "replace existing files", "Output", false, "", false}};
        },
        run};
}

}  // namespace tfqkd::cli
