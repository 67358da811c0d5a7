#!/usr/bin/env python3
"""Checks the rules of the source tree: floors, libraries that stay in one place, closed top level, file length, paths.

usage: check_layers.py [--self-test]

Prints each violation as file:line: what, and why. Exit code 1 if there is any. With --self-test it checks instead that
each rule finds a violation that is put into a temporary tree.
"""
import os
import posixpath
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FLOORS = {"math": 0, "table": 0, "protocol": 1, "nn": 1, "optimize": 2, "dataset": 3, "learn": 4, "report": 5, "cli": 6, "c_api": 6}
TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "src", "include", "tests", "data", "scripts"}
MOST_LINES = 400

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
MACHINE_PATH = re.compile(r"(?<![A-Za-z0-9_.)}])/(?:home|root|work|farm|scratch|Users)/")
OUTSIDE_FOLDER = re.compile(r"\.\./shared\b")

# What, where it may stand, and why only there.
CONFINED = [
    (re.compile(r"\bEigen::internal\b"), lambda file: file == "include/tfqkd/math/pack.hpp",
     "Eigen::internal", "may change with any Eigen release: only math/pack.hpp may use it"),
    (re.compile(r'^\s*#\s*include\s*[<"]nlopt\.|\bnlopt::'), lambda file: file == "src/optimize/nlopt_search.cpp",
     "NLopt", "is one search among others: only src/optimize/nlopt_search.cpp may use it"),
    (re.compile(r'^\s*#\s*include\s*[<"]CLI/|\bCLI::'), lambda file: file.startswith("src/cli/"),
     "CLI11", "is slow to compile and is for the command line: only src/cli/ may use it"),
    (re.compile(r'^\s*#\s*include\s*[<"]nlohmann/(?!json_fwd\.hpp)'), lambda file: file.endswith(".cpp"),
     "nlohmann_json", "is slow to compile: in a header include nlohmann/json_fwd.hpp"),
]


def folder_of(file):
    """The folder within src/ or include/tfqkd/ that a file is in; "" directly below them, None elsewhere."""
    for base in ("include/tfqkd/", "src/"):
        if file.startswith(base):
            return file[len(base):].rpartition("/")[0].partition("/")[0]
    return None


def folder_of_include(file, bracket, name):
    """The folder of the project that an included name is in; "" for error.hpp, None for another library's header."""
    if name.startswith("tfqkd/"):
        return folder_of("include/" + name)
    first = name.partition("/")[0]
    if first in FLOORS and "/" in name:
        return first
    if bracket == "<":
        return None
    return folder_of(posixpath.normpath(posixpath.join(posixpath.dirname(file), name)))


def check_include(file, bracket, name):
    """Why a file of the library may not include a name, or None if it may."""
    own, other = folder_of(file), folder_of_include(file, bracket, name)
    if other is None or other == own:
        return None
    if other == "":
        return None if name == "tfqkd/error.hpp" or (own, name) == ("c_api", "tfqkd/tfqkd.h") else "of the headers outside the folders only tfqkd/error.hpp is for all"
    if own == "":
        return "files outside the folders are below all floors and may not see any of them"
    if other not in FLOORS:
        return f"{other}/ is not one of the folders of the design"
    if FLOORS[other] == FLOORS[own]:
        return f"{own}/ and {other}/ are siblings on floor {FLOORS[own]} and do not see each other"
    if FLOORS[other] > FLOORS[own]:
        return f"{own}/ is on floor {FLOORS[own]} and may not see {other}/ above it on floor {FLOORS[other]}"
    return None


def check_source(file, lines):
    """Violations of the rules for the library's own code, as (line, what and why)."""
    folder = folder_of(file)
    if folder != "" and folder not in FLOORS:
        yield 1, f"folder '{folder}', which is not one of the folders of the design"
        return
    if len(lines) > MOST_LINES:
        yield MOST_LINES + 1, f"{len(lines)} lines, at most {MOST_LINES} are allowed: look for two subjects in one file"
    for number, line in enumerate(lines, 1):
        code = line.partition("//")[0]
        for pattern, is_allowed, what, why in CONFINED:
            if pattern.search(code) and not is_allowed(file):
                yield number, f"{what} {why}"
        include = INCLUDE.match(code)
        if include:
            why = check_include(file, *include.groups())
            if why:
                yield number, f"includes {include[2]}: {why}"


def check_text(lines):
    """Violations of the rules for every tracked text file."""
    for number, line in enumerate(lines, 1):
        if OUTSIDE_FOLDER.search(line):
            yield number, "refers to a folder beside the tree: a fresh clone must build and test on its own"
        if MACHINE_PATH.search(line):
            yield number, "absolute path of one machine: it is not there on another"


def check_tree(root, files):
    """All violations in the given files below root, as (file, line, what and why)."""
    for file in files:
        top = file.partition("/")[0]
        if top not in TOP_LEVEL and not top.startswith("."):
            yield file, 1, f"'{top}' at the top level, which is closed: put it into one of {', '.join(sorted(TOP_LEVEL))}"
        try:
            lines = (root / file).read_text(encoding="utf-8").splitlines()
        except (UnicodeDecodeError, FileNotFoundError):
            continue  # not text, or deleted but not yet committed
        for number, why in check_text(lines):
            yield file, number, why
        if file.endswith((".hpp", ".cpp")) and folder_of(file) is not None:
            for number, why in check_source(file, lines):
                yield file, number, why


def files_of(root):
    """Tracked files; where there is no git, all files outside hidden and build folders."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [file for file in listed.stdout.split("\0") if file]
    files = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if not name.startswith((".", "build", "__pycache__", "quickstart-run"))]
        files += [(Path(folder) / name).relative_to(root).as_posix() for name in names]
    return sorted(files)


# Files that break a rule: name, text, line of the violation.
SEEDS = [
    ("src/math/a.cpp", '\n#include "tfqkd/table/table.hpp"\n', 2),
    ("src/table/a.cpp", '#include "tfqkd/math/real.hpp"\n', 1),
    ("src/protocol/a.cpp", '#include "tfqkd/nn/regressor.hpp"\n', 1),
    ("include/tfqkd/nn/a.hpp", "#pragma once\n#include <tfqkd/protocol/link.hpp>\n", 2),
    ("src/optimize/up.cpp", '#include "tfqkd/dataset/generate.hpp"\n', 1),
    ("src/protocol/relative.cpp", '#include "../optimize/steps.hpp"\n', 1),
    ("src/nn/private.cpp", '#  include "cli/cli.hpp"\n', 1),
    ("src/report/a.cpp", '#include "cli/run.hpp"\n', 1),
    ("src/learn/a.cpp", '#include "tfqkd/report/figure.hpp"\n', 1),
    ("src/c_api/a.cpp", '#include "cli/run.hpp"\n', 1),
    ("src/learn/b.cpp", '#include "tfqkd/tfqkd.h"\n', 1),
    ("include/tfqkd/error.hpp", '#include "tfqkd/table/number.hpp"\n', 1),
    ("src/table/b.cpp", '#include "tfqkd/everything.hpp"\n', 1),
    ("src/table/c.cpp", '#include "tfqkd/extra/new.hpp"\n', 1),
    ("src/extra/a.cpp", "int a;\n", 1),
    ("src/protocol/eigen.cpp", "int a;\nusing Eigen::internal::pexp;\n", 2),
    ("src/optimize/local_search.cpp", "#include <nlopt.hpp>\n", 1),
    ("include/tfqkd/optimize/nlopt_search.hpp", "nlopt::algorithm a;\n", 1),
    ("src/table/cli.cpp", "#include <CLI/CLI.hpp>\n", 1),
    ("include/tfqkd/learn/model.hpp", "#include <nlohmann/json.hpp>\n", 1),
    ("src/cli/long.cpp", "int a;\n" * (MOST_LINES + 1), MOST_LINES + 1),
    ("CHANGELOG.md", "news\n", 1),
    ("cmake/a.cmake", "# a\n", 1),
    ("tests/beside.cpp", 'open("..' + '/shared/points");\n', 1),
    ("scripts/path.sh", "cd /" + "home/someone\n", 1),
    ("data/path.csv", "# from /" + "root/data\n", 1),
]
# Files that keep all rules.
CLEAN = [
    ("include/tfqkd/math/pack.hpp", '#include "tfqkd/math/real.hpp"\nusing Eigen::internal::pexp;\n'),
    ("src/optimize/nlopt_search.cpp", '#include <nlopt.hpp>\n#include "tfqkd/protocol/link.hpp"\nnlopt::opt a;\n'),
    ("src/cli/run.cpp", '#include <CLI/CLI.hpp>\n#include "cli.hpp"\n#include "tfqkd/learn/model.hpp"\n'),
    ("include/tfqkd/nn/b.hpp", '#include <nlohmann/json_fwd.hpp>\n#include "tfqkd/error.hpp"  // Eigen::internal\n'),
    ("src/error.cpp", '#include "tfqkd/error.hpp"\n#include <algorithm>\n'),
    ("src/nn/save.cpp", "#include <nlohmann/json.hpp>\n"),
    ("tests/a.cpp", '#include "protocol/sns.hpp"\n#include "tfqkd/nn/regressor.hpp"\n'),
    ("src/c_api/b.cpp", '#include "tfqkd/tfqkd.h"\n#include "tfqkd/learn/model.hpp"\n'),
    (".ci/run", "#!/usr/bin/env bash\n"),
    ("data/a.bin", "a\n" * (MOST_LINES + 1)),
]


def self_test():
    """Checks the rules on the seeded tree; returns the number of disagreements."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for file, text, *_ in SEEDS + CLEAN:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text, encoding="utf-8")
        files = [file for file, *_ in SEEDS + CLEAN]
        found = {(file, line) for file, line, _ in check_tree(root, files)}
    expected = {(file, line) for file, _, line in SEEDS}
    for file, line in sorted(expected - found):
        print(f"self-test: the violation at {file}:{line} was not found")
    for file, line in sorted(found - expected):
        print(f"self-test: {file}:{line} was reported but keeps all rules")
    print(f"self-test: {len(expected & found)} of {len(expected)} seeded violations found")
    return len(expected ^ found)


def main(arguments):
    if arguments == ["--self-test"]:
        return 1 if self_test() else 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 2
    root = Path(__file__).resolve().parent.parent
    files = files_of(root)
    violations = list(check_tree(root, files))
    for file, line, why in violations:
        print(f"{file}:{line}: {why}")
    print(f"{len(files)} files, {len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
