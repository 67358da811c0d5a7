#!/usr/bin/env bash
# Files from strangers: nested a million deep, lines of megabytes, headers that promise more than any memory holds. Every command
# that reads files must refuse each of them with a message, within the memory that its size is worth and a small stack.
#   tests/hostile_test.sh PROGRAM
set -uo pipefail
tfqkd=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
"$tfqkd" generate --rows 60 --range distance_km=0:200 --quiet -o data.csv
"$tfqkd" train --data data.csv --network grnn --order 0 --quiet -o model.json

# times TEXT: a million of it.
times() { yes "$1" | head -n 1000000 | tr -d '\n'; }
{ printf '{"properties": {"a": '; times '['; times ']'; printf '}}\n{"distance_km": 1}\n'; } > properties.jsonl
{ printf '{"distance_km": '; times '['; times ']'; printf '}\n'; } > cell.jsonl
{ times '{"a":'; printf 1; times '}'; } > objects.jsonl
{ printf '{"properties": '; times '{"a":'; printf 1; times '}'; printf ', "rows": [{"distance_km": 1}]}\n'; } > objects.json
times '[' > arrays.json
{ printf '{"schema": "tfqkd.baseline/1", "test_sets": '; times '['; times ']'; printf '}'; } > baseline.json
{ printf '{"schema": "tfqkd.model/1", "network": '; times '['; times ']'; printf '}'; } > network.json
{ printf '{"schema": "tfqkd.manifest/1", "arguments": '; times '['; times ']'; printf '}'; } > manifest.json
{ printf '{"seed": '; times '['; times ']'; printf '}'; } > config.json
{ times 'a,'; printf '\n'; times '1,'; } > columns.csv
{ printf 'distance_km\n'; times '1'; printf '\n'; } > digits.csv
{ printf 'distance_km\n"'; times $'\x01'; } > quote.csv
times '#' > comment.csv
head -c 2000000 /dev/zero > zeros.csv
# header SIZE TEXT: an NPY file, version 2, whose header is said to be so long, in octal bytes.
header() { printf '\x93NUMPY\x02\x00'"$1"'%s\n' "$2"; }
header '\x76\x00\x00\x00' "{'descr': [('distance_km', '<f8')], 'fortran_order': False, 'shape': (1000000000000000,), }" > rows.npy
header '\xff\xff\xff\xff' "{'descr': [('distance_km', '<f8')]" > header.npy
header '\x60\x00\x00\x00' "{'descr': [('distance_km', '<U999999999')], 'fortran_order': False, 'shape': (9,), }" > text.npy
{ header '\x40\x42\x0f\x00' ""; times '('; } > nested.npy

failed=0 runs=0
for file in *.json *.jsonl *.npy *.csv; do
    [[ $file != data.csv && $file != model.json && $file != *.manifest.json ]] || continue
    for command in "rate --links $file" "optimize --links $file" "predict --model model.json --links $file" "convert $file" \
        "predict --model $file --distance-km 5" "export --model $file --to c99 -o c" "train --data $file -o new.json" \
        "train --data data.csv --tuned $file -o new.json" "benchmark --data $file --quiet" "benchmark --from $file" \
        "benchmark --data data.csv --compare $file" "report $file -o new.html" "plot ratio $file" "rerun $file" \
        "diff $file $file" "merge $file -o new.${file##*.}" "generate --rows 5 --config $file"; do
        # 300 MB are 40 times the largest of these files, with the program itself.
        # shellcheck disable=SC2086  # the command is words
        message=$(ulimit -v 400000 -s 512 && exec timeout 20 "$tfqkd" $command 2>&1 > /dev/null < /dev/null)
        code=$?
        ((++runs))
        # A long text in a cell is no mistake.
        [[ $command == "convert digits.csv" || $command == diff\ digits.csv* ]] && continue
        if [[ $code != [234] || $message != *"tfqkd: "* || ${#message} -gt 2000 ]]; then
            echo "FAILED: $command: exit code $code: ${message:0:300}"
            failed=1
        elif [[ $message == *"out of memory"* ]]; then
            echo "FAILED: $command takes more memory than the file is worth"
            failed=1
        fi
        if [[ -n $(find . -name 'new.*') || -e c ]]; then
            echo "FAILED: $command has written something"
            failed=1
        fi
    done
done
echo "$runs runs"
exit "$failed"
