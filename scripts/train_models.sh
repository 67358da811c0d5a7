#!/usr/bin/env bash
# Trains the models that come with the program, holds them against links that they have not seen, and writes both:
# data/models/NAME.json with its manifest, and NAME.md. On one core a quarter of an hour; unequal arms take an hour
# and a quarter more.
#   scripts/train_models.sh [NAME...]     all of them, or some: sns-finite, aopp-finite, cal-finite, sns-finite-asymmetric
# ROWS, UNEQUAL_ROWS (of unequal arms) and HELDOUT set the sizes of the training and the held-out sets; MODELS is the folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rows=${ROWS:-20000}
unequal_rows=${UNEQUAL_ROWS:-150000}
heldout=${HELDOUT:-25000}
near_edge=0.4
names=("$@")
[[ ${#names[@]} -gt 0 ]] || names=(sns-finite aopp-finite cal-finite sns-finite-asymmetric)
tfqkd=${TFQKD:-$PWD/build/tfqkd}
if [[ -z ${TFQKD:-} ]]; then
    scripts/install-packages.sh
    cmake --preset release >/dev/null
    cmake --build --preset release --target tfqkd-cli >/dev/null
fi
models=${MODELS:-$PWD/data/models}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Shares of the optimal rate as a row of a table: of what 'tfqkd benchmark' says, without links outside of the trained range.
row_of_benchmark() {
    python3 -c '
import json, sys
for row in json.load(sys.stdin)["rows"]:
    if not row["test_set"].endswith(", outside"):
        print("| %s | %d | %.6f | %.6f | %.6f | %.5f | %d |" % (row["method"], row["links"], row["mean_ratio"], row["median_ratio"],
              row["percentile_1_ratio"], row["minimum_ratio"], row["failures"]))'
}
# The same of predictions with gradient steps, against the optima of the held-out set.
row_of_polished() {
    python3 -c '
import csv, sys
def rates(path):
    rows = csv.DictReader(line for line in open(path) if line[0] != "#")
    return [float(row["key_rate_bit_per_pulse"]) for row in rows]
ratios = sorted(max(found, 0) / best for found, best in zip(rates("polished.csv"), rates("heldout.csv")) if best > 0)
count = len(ratios)
print("| %s, --polish 5 | %d | %.9f | %.9f | %.9f | %.5f | %d |" % (sys.argv[1], count, sum(ratios) / count, ratios[count // 2],
      ratios[count // 100], ratios[0], sum(ratio == 0 for ratio in ratios)))' "$1"
}

# draw PROTOCOL ROWS TRAINING-OPTIONS -- HELDOUT-OPTIONS: training.csv and heldout.csv.
draw() {
    local protocol=$1 count=$2 training=()
    shift 2
    while [[ $1 != -- ]]; do training+=("$1"); shift; done
    shift
    "$tfqkd" generate --protocol "$protocol" --rows "$count" --seed 101 --near-edge "$near_edge" "${training[@]}" --quiet --force -o training.csv
    "$tfqkd" generate --protocol "$protocol" --rows "$heldout" --seed 404 "$@" --quiet --force -o heldout.csv
}
# learn NAME OPTIONS: trains NAME.json.
learn() { "$tfqkd" train --data training.csv --seed 1 "${@:2}" --force -o "$1.json"; }
# keep NAME PROTOCOL ROWS OTHERS: puts the model, its manifest and NAME.md, which has the other models beside it, in place.
keep() {
    local name=$1 protocol=$2 count=$3 files=()
    cp "$name.json" "$name.json.manifest.json" "$models"
    for model in "$name" $4; do files+=(--model "$model.json"); done
    "$tfqkd" predict --model "$name.json" --links heldout.csv --polish 5 --quiet --force -o polished.csv
    {
        printf '\n## %s (`%s`, %d links drawn)\n\n' "$name" "$protocol" "$count"
        printf '| method | links | mean | median | 1st percentile | minimum | failures |\n|---|--:|--:|--:|--:|--:|--:|\n'
        "$tfqkd" benchmark --data heldout.csv "${files[@]}" --train training.csv --search-links 0 --passes 0 --format json \
            --quiet | row_of_benchmark
        row_of_polished "$name"
    } >"$models/$name.md"
}

# Arms of up to so many km each. A model is least good at the ends of its range, so it is trained a little beyond.
arms() { echo "--range distance_a_km=0:$1 --range distance_b_km=0:$1"; }
for name in "${names[@]}"; do
    case $name in
        sns-finite | aopp-finite)
            draw "$name" "$rows" --
            learn "$name"
            for network in rbfnn grnn; do learn "$network" --network "$network"; done
            keep "$name" "$name" "$rows" "rbfnn grnn"
            ;;
        cal-finite)
            draw "$name" "$rows" --
            learn "$name"
            keep "$name" "$name" "$rows" ""
            ;;
        sns-finite-asymmetric)
            # First near the edge, where the parameters are hard to fit, then the key rate itself, nearly evenly.
            # shellcheck disable=SC2046
            draw sns-finite:sources=asymmetric "$unequal_rows" $(arms 260) -- $(arms 250)
            learn mean-square --hidden 48-32-16
            # shellcheck disable=SC2046
            "$tfqkd" generate --protocol sns-finite:sources=asymmetric --rows "$unequal_rows" --seed 301 --near-edge 0.1 $(arms 260) \
                --quiet --force -o training.csv
            learn "$name" --model mean-square.json --loss key-rate --rate-iterations 400
            keep "$name" sns-finite:sources=asymmetric "$unequal_rows" mean-square
            ;;
        *) echo "train_models.sh: no model '$name'" >&2; exit 2 ;;
    esac
done
