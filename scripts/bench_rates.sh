#!/usr/bin/env bash
# Times one key rate of every protocol (plain, in batches, with slopes) and the start of the program, as Markdown.
#   scripts/bench_rates.sh [FILE]     FILE is data/benchmarks/rates.md by default; - is standard output
# BUILD is the folder with the programs, by default build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${BUILD:-build}
file=${1:-data/benchmarks/rates.md}
# shellcheck source=scripts/bench_common.sh
source scripts/bench_common.sh

# start_up RUNS COMMAND...: the shortest and the median wall time of RUNS runs, in ms.
start_up() {
    local runs=$1 begin end i
    shift
    for ((i = 0; i < runs; i++)); do
        begin=${EPOCHREALTIME//[!0-9]/}
        "$@" > /dev/null
        end=${EPOCHREALTIME//[!0-9]/}
        echo $((end - begin))
    done | sort -n | awk '{t[NR] = $1} END {printf "%.2f ms at best, %.2f ms in the median of %d runs\n", t[1]/1000, t[int((NR+1)/2)]/1000, NR}'
}

report() {
    printf '# Time of one key rate\n\n'
    machine
    printf '%s\n' 'Nanoseconds of processor time a point on one core, the minimum and the median of passes that take' \
        'turns: in double, in batches of a register (Pack), and in batches with the exact slopes by all parameters.'
    shown "$build/tfqkd-bench" rates --format markdown
    printf '\nStart of the program and one rate, wall time:\n'
    printf '\n    %s\n\n' "tfqkd rate --distance-km 100"
    start_up 100 "$build/tfqkd" rate --distance-km 100
    printf '\nThe time of one prediction is in the table of "tfqkd benchmark" (single_us_min).\n'
}

write_report
