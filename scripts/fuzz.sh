#!/usr/bin/env bash
# Readers of files under libFuzzer with the address and undefined-behaviour sanitizers: none may crash, hang, or take more
# memory than a constant times the size of what it reads. JOBS at a time, two by default.
#   scripts/fuzz.sh [SECONDS [TARGET...]]      30 s each of all targets; needs the build of the preset sanitize
# What makes a reader fail is left in build-sanitize/fuzz/TARGET; it belongs in tests/fuzz/seeds once it is mended.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-30}
[[ $# -gt 0 ]] && shift
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || targets=(csv json jsonl npy model config baseline manifest difference)
program=$PWD/build-sanitize/tests/tfqkd-fuzz
[[ -x $program ]] || cmake --build --preset sanitize --target tfqkd-fuzz
work=$PWD/build-sanitize/fuzz

fuzz() {
    local target=$1 folder=$work/$1
    mkdir -p "$folder/found"
    (cd "$folder" && TFQKD_FUZZ=$target UBSAN_OPTIONS=print_stacktrace=1 "$program" found ../../../tests/corpus ../../../tests/fuzz/seeds \
        -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=1500 -malloc_limit_mb=200 -print_final_stats=1 \
        -verbosity=1 >log 2>&1) || { tail -40 "$folder/log" >&2; echo "FAILED: $target, see $folder" >&2; return 1; }
    printf '%-10s %9s executions, %5s edges, no finding\n' "$target" \
        "$(awk '/number_of_executed_units/ { print $2 }' "$folder/log")" \
        "$(grep -o 'cov: [0-9]*' "$folder/log" | tail -1 | cut -c6-)"
}
export -f fuzz
export seconds program work
printf '%s\n' "${targets[@]}" | xargs -P "${JOBS:-2}" -I TARGET bash -c 'fuzz TARGET'
