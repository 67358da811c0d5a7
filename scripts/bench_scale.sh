#!/usr/bin/env bash
# Measures long runs of 'tfqkd generate' as Markdown: rows a second, memory and size against the number of rows, what a
# manifest costs, and the merge of shards.
#   scripts/bench_scale.sh [FILE]     FILE is data/benchmarks/scale.md by default; - is standard output
# BUILD is the folder with the programs, by default build. ROWS are the numbers of rows, by default 10000 100000
# 1000000; the last one is also made in SHARDS shards, by default 7, and merged. Results go to a temporary folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=$(realpath "${BUILD:-build}")
file=${1:-data/benchmarks/scale.md}
read -ra sizes <<<"${ROWS:-10000 100000 1000000}"
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

report() {
    local rows last=${sizes[-1]} parts=()
    printf '# Long runs\n\n'
    machine
    printf '\n    %s\n\n' "tfqkd generate --rows ROWS --threads 1 -o data.csv"
    printf '| rows | seconds | rows a second of processor time | memory, MB | bytes a row |\n|--:|--:|--:|--:|--:|\n'
    for rows in "${sizes[@]}"; do
        measured "$build/tfqkd" generate --rows "$rows" --threads 1 --quiet -o "$work/$rows.csv"
        printf '| %s | %s | %s | %s | %s |\n' "$rows" "$wall" "$(per "$rows" "$cpu")" "$(per "$memory" 1024 %.1f)" \
            "$(per "$(size "$work/$rows.csv")" "$rows")"
    done
    printf '\nFrom the last line, 10^9 links cost %s core-hours.\n' \
        "$(awk -v c="$cpu" -v r="$last" 'BEGIN {printf "%.1f", c / r * 1e9 / 3600}')"
    for ((k = 1; k <= shards; k++)); do
        "$build/tfqkd" generate --rows "$last" --shard "$k/$shards" --quiet -o "$work/part-$k.csv"
        parts+=("$work/part-$k.csv")
    done
    measured "$build/tfqkd" merge "${parts[@]}" --quiet -o "$work/merged.csv"
    [[ $(hash_of "$work/merged.csv") == "$(hash_of "$work/$last.csv")" ]] || { echo "the merged file differs" >&2; exit 1; }
    printf '\nMerge of %s shards of %s rows together: %s s, %s MB of memory; byte for byte the file made at once.\n' \
        "$shards" "$last" "$wall" "$(per "$memory" 1024 %.1f)"
    measured "$build/tfqkd" convert "$work/$last.csv" -o "$work/$last.npy"
    printf '\nCSV to NPY: %s s, %s MB of memory, %s bytes a row.\n' "$wall" "$(per "$memory" 1024 %.1f)" \
        "$(per "$(size "$work/$last.npy")" "$last")"
    for ending in csv npy; do
        measured "$build/tfqkd" rate --links "$work/$last.$ending" --quiet --format csv -o /dev/null
        printf '\nReading %s rows of %s and computing a key rate each: %s s of processor time, %s MB of memory.\n' \
            "$last" "$ending" "$cpu" "$(per "$memory" 1024 %.1f)"
    done
    measured "$build/tfqkd" diff "$work/$last.npy" "$work/$last.csv" --tolerance 0 --format csv -o /dev/null
    printf '\nComparison of the two files, cell by cell (tfqkd diff): %s s.\n' "$wall"
}

if [[ $file == - ]]; then
    report
else
    report >"$file.partial"
    mv "$file.partial" "$file"
    echo "wrote $file"
fi
