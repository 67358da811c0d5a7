#!/usr/bin/env bash
# Measures long runs of 'tfqkd generate' as Markdown: rows a second, memory and size against the number of rows, what a
# manifest costs, and the merge of shards.
#   scripts/bench_scale.sh [FILE]     FILE is data/benchmarks/scale.md by default; - is standard output
# BUILD is the folder with the programs, by default build. ROWS are the numbers of rows, by default 10000 100000
# 1000000; the last one is also made in SHARDS shards, by default 7, and merged. FAST_ROWS are the numbers of rows of runs
# that are faster, by default 100000 1000000 10000000. Results go to a temporary folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=$(realpath "${BUILD:-build}")
file=${1:-data/benchmarks/scale.md}
read -ra sizes <<<"${ROWS:-10000 100000 1000000}"
read -ra fast <<<"${FAST_ROWS:-100000 1000000 10000000}"
shards=${SHARDS:-7}
# shellcheck source=scripts/bench_common.sh
source scripts/bench_common.sh

[[ -x /usr/bin/time ]] || { echo "bench_scale.sh: install the package 'time', which measures memory" >&2; exit 4; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# measured COMMAND...: seconds of wall time, seconds of processor time, and kB of memory, in $wall, $cpu and $memory.
measured() {
    local user system
    /usr/bin/time --quiet --format '%e %U %S %M' --output "$work/time" "$@"
    read -r wall user system memory <"$work/time"
    cpu=$(awk -v u="$user" -v s="$system" 'BEGIN {print u + s}')
}
# per A B FORMAT: A / B.
per() { awk -v a="$1" -v b="$2" -v format="${3:-%.0f}" 'BEGIN {printf format, (b > 0 ? a / b : 0)}'; }
size() { stat --format=%s "$1"; }
hash_of() { sed -n '/"output"/,/}/s/.*"xxh3_128": "\(.*\)".*/\1/p' "$1.manifest.json"; }

# generate_table PROTOCOL ROWS...: what a data set costs; the last line's processor time is left in $cpu.
generate_table() {
    local protocol=$1 rows
    printf '\n    %s\n\n' "tfqkd generate --protocol $protocol --rows ROWS --threads 1 -o data.csv"
    printf '| rows | seconds | rows a second of processor time | memory, MB | bytes a row |\n|--:|--:|--:|--:|--:|\n'
    for rows in "${@:2}"; do
        measured "$build/tfqkd" generate --protocol "$protocol" --rows "$rows" --threads 1 --quiet -o "$work/$protocol-$rows.csv"
        printf '| %s | %s | %s | %s | %s |\n' "$rows" "$wall" "$(per "$rows" "$cpu")" "$(per "$memory" 1024 %.1f)" \
            "$(per "$(size "$work/$protocol-$rows.csv")" "$rows")"
    done
}

# predict_table ROWS...: links along sweeps, so that nothing is read; a thousand distances each.
predict_table() {
    local rows step
    printf '\n    %s\n\n' "tfqkd predict --model sns-finite --sweep misalignment=0.01:0.09:STEP --sweep distance_km=0.5:500:0.5 --threads 1 -o predicted.csv"
    printf '| rows | seconds | rows a second of processor time | memory, MB |\n|--:|--:|--:|--:|\n'
    for rows in "$@"; do
        step=$(awk -v r="$rows" 'BEGIN {printf "%.12g", 0.08 / (r / 1000 - 1)}')
        measured "$build/tfqkd" predict --model sns-finite --sweep "misalignment=0.01:0.09:$step" \
            --sweep distance_km=0.5:500:0.5 --threads 1 --quiet -o "$work/predicted.csv" --force
        printf '| %s | %s | %s | %s |\n' "$(grep -c '^[0-9]' "$work/predicted.csv")" "$wall" "$(per "$rows" "$cpu")" \
            "$(per "$memory" 1024 %.1f)"
        rm -f "$work/predicted.csv"
    done
}

report() {
    local rows k last=${sizes[-1]} parts=()
    printf '# Long runs\n\n'
    machine
    generate_table sns-finite "${sizes[@]}"
    printf '\nFrom the last line, 10^9 links cost %s core-hours.\n' \
        "$(awk -v c="$cpu" -v r="$last" 'BEGIN {printf "%.1f", c / r * 1e9 / 3600}')"
    generate_table pm-decoy "${fast[@]}"
    for rows in "${fast[@]}"; do rm -f "$work/pm-decoy-$rows.csv"; done
    predict_table "${fast[@]}"
    for ((k = 1; k <= shards; k++)); do
        "$build/tfqkd" generate --rows "$last" --shard "$k/$shards" --quiet -o "$work/part-$k.csv"
        parts+=("$work/part-$k.csv")
    done
    measured "$build/tfqkd" merge "${parts[@]}" --quiet -o "$work/merged.csv"
    [[ $(hash_of "$work/merged.csv") == "$(hash_of "$work/sns-finite-$last.csv")" ]] || { echo "the merged file differs" >&2; exit 1; }
    printf '\nMerge of %s shards of %s rows together: %s s, %s MB of memory; byte for byte the file made at once.\n' \
        "$shards" "$last" "$wall" "$(per "$memory" 1024 %.1f)"
    # Going on with a result that is whole and has no manifest reads it, hashes it, and writes that.
    rm "$work/sns-finite-$last.csv.manifest.json"
    measured "$build/tfqkd" generate --protocol sns-finite --rows "$last" --threads 1 --quiet --resume -o "$work/sns-finite-$last.csv"
    printf '\nA manifest of %s bytes, made anew for a file of %s MB: %s s of processor time at most.\n' \
        "$(size "$work/sns-finite-$last.csv.manifest.json")" "$(per "$(size "$work/sns-finite-$last.csv")" 1e6)" "$cpu"
    measured "$build/tfqkd" generate --rows 1 --threads 1 --quiet -o "$work/one.csv"
    printf '\nWhat a shard costs before and after its rows: %s s (a run of one row, with its manifest).\n' "$wall"
    measured "$build/tfqkd" convert "$work/sns-finite-$last.csv" -o "$work/sns-finite-$last.npy"
    printf '\nCSV to NPY: %s s, %s MB of memory, %s bytes a row.\n' "$wall" "$(per "$memory" 1024 %.1f)" \
        "$(per "$(size "$work/sns-finite-$last.npy")" "$last")"
    for ending in csv npy; do
        measured "$build/tfqkd" rate --links "$work/sns-finite-$last.$ending" --quiet --format csv -o /dev/null
        printf '\nReading %s rows of %s and computing a key rate each: %s s of processor time, %s MB of memory.\n' \
            "$last" "$ending" "$cpu" "$(per "$memory" 1024 %.1f)"
    done
    measured "$build/tfqkd" diff "$work/sns-finite-$last.npy" "$work/sns-finite-$last.csv" --tolerance 0 --format csv -o /dev/null
    printf '\nComparison of the two files, cell by cell (tfqkd diff): %s s.\n' "$wall"
}

write_report
