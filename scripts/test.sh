#!/usr/bin/env bash
# All checks and tests: layers, format, the tests with address and undefined-behaviour sanitizers, those of threads with the
# thread sanitizer (built for x86-64-v3, so that the reference values are tried on a second machine), readers of files under
# a fuzzer, the main job at a small size, and the tests of the release build. Stops at the first failure and says which step
# it was.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

step=""
trap 'status=$?; [[ $status -eq 0 ]] || echo "FAILED: $step (exit code $status)" >&2' EXIT

# begin NAME: announces a step.
begin() { step=$1; SECONDS=0; printf '\n== %s\n' "$step"; }
# run NAME COMMAND...: a whole step, with its time.
run() { begin "$1"; "${@:2}"; printf -- '-- %s: %d s\n' "$step" "$SECONDS"; }

check_format() { find include src tests -name '*.[hc]pp' -print0 | xargs -0 -r clang-format --dry-run -Werror; }
build() { cmake --preset "$1" "${@:2}" && cmake --build --preset "$1"; }
run_tests() { ctest --preset "$1" -j "$(nproc)"; }
# In a folder of its own, which is removed afterwards.
run_quickstart() {
    local folder status=0
    folder=$(mktemp -d)
    ROWS=200 HELDOUT=40 scripts/quickstart.sh "$folder" || status=$?
    rm -rf "$folder"
    return "$status"
}

run "packages" scripts/install-packages.sh --with-figures --with-checks --with-cluster --with-exports --with-browser
run "layers, self-test" scripts/check_layers.py --self-test
run "layers" scripts/check_layers.py
run "format" check_format
run "release build" build release -DTFQKD_WERROR=ON
run "sanitizer build" build sanitize
run "sanitizer tests" run_tests sanitize
run "thread sanitizer build, for x86-64-v3" build tsan
run "thread sanitizer tests, and reference values as x86-64-v3" run_tests tsan
run "fuzzing, 30 s a reader" scripts/fuzz.sh 30
run "quickstart, small" run_quickstart
# Last, and with nothing after it, so that the closing lines are the summary of ctest.
begin "release tests"
run_tests release
