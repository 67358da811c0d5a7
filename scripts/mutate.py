#!/usr/bin/env python3
"""Mutation test of the key-rate formulas and bounds: small mistakes are made one at a time in the formulas' text, and the
reference and model tests must notice each of them.
    scripts/mutate.py [--mutants N] [--skip N] [--seed N] [--jobs N] [--output FILE]
Needs the build of the preset release. Only the sources that a mistake is in are compiled again, without optimisation, and
linked before the library. A mutant counts as killed when it does not compile, when a test fails or when the tests hang."""
import argparse
import concurrent.futures
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent
build = root / "build"

# Each file of formulas, with sources that hold what is made of it: enough of them to notice.
sns = ["sns", "aopp"]
cal = ["cal_asymptotic", "cal_finite"]
files = {
    "src/protocol/sns.hpp": ["sns"],
    "src/protocol/sns_observables.hpp": sns,
    "src/protocol/sns_single_photons.hpp": sns,
    "src/protocol/aopp.hpp": ["aopp"],
    "src/protocol/cal_channel.hpp": cal,
    "src/protocol/cal_bounds.hpp": ["cal_decoy", "cal_finite"],
    "src/protocol/cal_functionals.hpp": ["cal_decoy", "cal_finite"],
    "src/protocol/cal_phase_error.hpp": cal,
    "src/protocol/cal_finite.hpp": ["cal_finite"],
    "src/protocol/cal_gaussian.hpp": ["cal_gaussian"],
    "src/protocol/cal_decoy.hpp": ["cal_decoy"],
    "src/protocol/cal_asymptotic.hpp": ["cal_asymptotic"],
    "src/protocol/npp_asymptotic.hpp": ["npp_asymptotic"],
    "src/protocol/pm.hpp": ["pm"],
    "src/protocol/pm_exact.hpp": ["pm"],
    "src/protocol/pm_decoy.hpp": ["pm"],
    "src/protocol/bounds.hpp": ["bounds"],
    "include/tfqkd/math/chernoff.hpp": ["sns", "cal_finite"],
}
tests = ["aopp_reference_test", "cal_model_test", "cal_reference_test", "key_rate_test", "pm_reference_test",
         "sns_reference_test", "math_test"]

# What is put in the place of what. Patterns match code, not comments or strings.
rules = [
    (r"(?<=[\w)\]]) \+ (?=[\w(])", " - "), (r"(?<=[\w)\]]) - (?=[\w(])", " + "),
    (r"(?<=[\w)\]]) \* (?=[\w(])", " / "), (r"(?<=[\w)\]]) / (?=[\w(])", " * "),
    (r"(?<![\w.])2(?= \*)", "3"), (r"(?<![\w.])1(?= -)", "2"), (r"(?<![\w.])0\.5(?![\w.])", "0.6"),
    (r" / 2(?![\w.])", " / 3"), (r"(?<![\w.])4(?= \*)", "5"),
    (r"\bmin\(", "max("), (r"\bmax\(", "min("), (r"\bexp\(", "expm1("), (r"\bsqrt\(", "("), (r"\blog\(", "log1p("),
    (r"\bcosh\(", "sinh("), (r"\bsinh\(", "cosh("), (r"\bcos\(", "sin("), (r"\bsin\(", "cos("),
    (r"\blower\(", "upper("), (r"\bupper\(", "lower("), (r"\bchernoff_lower\b", "chernoff_upper"),
    (r"\bchernoff_upper\b", "chernoff_lower"), (r"\bexpected_lower\b", "expected_upper"),
    (r"\bexpected_upper\b", "expected_lower"), (r"\.a\b", ".b"), (r"\.b\b", ".a"), (r" < ", " > "), (r" > ", " < "),
    (r" <= ", " > "), (r" >= ", " < "), (r"\+= ", "-= "), (r"-= ", "+= "), (r"= -(?=\w)", "= "),
]


def code_of(line):
    """The part of a line before a comment."""
    return line.split("//")[0]


def all_mutants():
    for name in files:
        for number, line in enumerate((root / name).read_text().splitlines()):
            code = code_of(line)
            if re.match(r"\s*(#|template|static_assert|using|namespace|struct|class|assert)", code) or '"' in code:
                continue
            for pattern, replacement in rules:
                for match in re.finditer(pattern, code):
                    if re.search(r"<[^<>;()]*$", code[: match.start()]) and ">" in code[match.end():] and pattern in (" < ", " > "):
                        continue  # brackets of a template
                    changed = line[: match.start()] + replacement + line[match.end():]
                    yield {"file": name, "line": number + 1, "before": line.strip(), "after": changed.strip(), "text": changed}


def run(command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", **more)


def flags():
    """How the library is compiled, from the build, without its optimisation."""
    line = run(["ninja", "-C", str(build), "-t", "commands", "CMakeFiles/tfqkd.dir/src/protocol/sns.cpp.o"]).stdout.splitlines()[-1]
    words = [word for word in line.split() if re.match(r"-(D|I|isystem|std|m|f)", word) or word.startswith("/usr/include")]
    return [word for word in words if not word.startswith("-fvisibility")]


def libraries():
    """What the tests are linked with, from the build."""
    line = run(["ninja", "-C", str(build), "-t", "commands", "tests/tfqkd-tests"]).stdout.splitlines()[-1]
    words = [word for word in line.split() if word.endswith((".a", ".so")) or word.startswith("-l") or ".so." in word]
    return [str(build / word) if not word.startswith(("-", "/")) else word for word in words]


def attempt(mutant, compile_flags, linked):
    """None when the mutant was killed, else the mutant."""
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        for part in ("src", "include"):
            shutil.copytree(root / part, work / part)
        if mutant:
            path = work / mutant["file"]
            lines = path.read_text().splitlines()
            lines[mutant["line"] - 1] = mutant["text"]
            path.write_text("\n".join(lines) + "\n")
        here = [word.replace(str(root), folder) for word in compile_flags]
        objects = []
        for source in files[mutant["file"]] if mutant else sorted({name for names in files.values() for name in names}):
            objects.append(str(work / (source + ".o")))
            made = run(["g++", "-O0", "-w", *here, "-c", str(work / "src/protocol" / (source + ".cpp")), "-o", objects[-1]])
            if made.returncode:
                return None if mutant else made.stdout
        program = work / "tests"
        own = [str(build / "tests/CMakeFiles/tfqkd-tests.dir" / (name + ".cpp.o")) for name in tests]
        made = run(["g++", *objects, *own, "-o", str(program), *linked, "-pthread"])
        if made.returncode:
            sys.exit(made.stdout)
        try:
            outcome = run([str(program), "--abort"], timeout=60)
        except subprocess.TimeoutExpired:
            return None
        if not mutant:
            return outcome.stdout if outcome.returncode else None
        return mutant if outcome.returncode == 0 else None


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--mutants", type=int, default=300)
    options.add_argument("--skip", type=int, default=0, help="of these, those that an earlier run has tried")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--output", type=pathlib.Path, default=None, help="survivors as JSON")
    given = options.parse_args()
    compile_flags, linked = flags(), libraries()
    trouble = attempt(None, compile_flags, linked)
    if trouble:
        sys.exit("the tests fail without any mutant:\n" + trouble)
    every = list(all_mutants())
    chosen = random.Random(given.seed).sample(every, min(given.mutants, len(every)))[given.skip:]
    survivors, done = [], 0
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        for survivor in pool.map(lambda mutant: attempt(mutant, compile_flags, linked), chosen):
            done += 1
            if survivor:
                survivors.append(survivor)
                print(f"survived: {survivor['file']}:{survivor['line']}\n  - {survivor['before']}\n  + {survivor['after']}", flush=True)
            if done % 25 == 0:
                print(f"{done} of {len(chosen)}: {len(survivors)} survived", flush=True)
    print(f"{len(chosen)} of {len(every)} mutants, {len(chosen) - len(survivors)} killed "
          f"({100 * (1 - len(survivors) / len(chosen)):.1f} %), {len(survivors)} survived")
    if given.output:
        given.output.write_text(json.dumps(survivors, indent=1) + "\n")


main()
