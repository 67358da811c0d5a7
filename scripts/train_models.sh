#!/usr/bin/env bash
# Trains the models that come with the program, holds them against links that they have not seen, and writes both:
# data/models/NAME.json and data/models/results.md. Half an hour on two cores.
#   scripts/train_models.sh
# ROWS, UNEQUAL_ROWS (of unequal arms) and HELDOUT set the sizes of the training and the held-out sets.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rows=${ROWS:-20000}
unequal_rows=${UNEQUAL_ROWS:-100000}
heldout=${HELDOUT:-25000}
build=build
scripts/install-packages.sh
cmake --preset release >/dev/null
cmake --build --preset release --target tfqkd-cli >/dev/null
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tfqkd=$PWD/$build/tfqkd

# Both arms of their own, each up to 250 km.
arms=(--range distance_a_km=0:250 --range distance_b_km=0:250)
results=$folder/results.md
cat >"$results" <<EOT
# The models of this folder on links that they have not seen

Made by \`scripts/train_models.sh\`: bpnn 32-16, Levenberg-Marquardt, $rows drawn links (seed 101) of the default domain, those
without a key left out; held out: $heldout links (seed 202). A ratio is R(predicted parameters) / R(optimum), both by the full
formula; failures: links with a key for which the prediction gives none. In the asymmetric case each arm is 0 to 250 km, and bpnn is
48-32-16, trained on $unequal_rows links, then on the key rate.
EOT

# model NAME PROTOCOL TRAINING-OPTIONS -- DOMAIN-OPTIONS
model() {
    local name=$1 protocol=$2
    local training=()
    shift 2
    while [[ $1 != -- ]]; do training+=("$1"); shift; done
    shift
    "$tfqkd" generate --protocol "$protocol" --rows "$rows" --seed 101 "$@" --quiet --force -o "$folder/training.csv"
    "$tfqkd" generate --protocol "$protocol" --rows "$heldout" --seed 202 "$@" --quiet --force -o "$folder/heldout.csv"
    (cd "$folder" && "$tfqkd" train --data training.csv --network bpnn --seed 1 "${training[@]}" --force -o "$name.json")
    cp "$folder/$name.json" "data/models/$name.json"
    {
        printf '\n## %s (`%s`)\n\n' "$name" "$protocol"
        (cd "$folder" && "$tfqkd" benchmark --data heldout.csv --model "$name.json" --train training.csv \
            --search-links 0 --passes 1 --format json --quiet) | python3 -c '
import json, sys
rows = json.load(sys.stdin)["rows"]
print("| method | links | mean | median | 1st percentile | minimum | failures |\n|---|--:|--:|--:|--:|--:|--:|")
for row in [row for row in rows if not row["test_set"].endswith(", outside")]:
    print("| %s | %d | %.6f | %.6f | %.6f | %.5f | %d |" % (row["method"], row["links"], row["mean_ratio"],
          row["median_ratio"], row["percentile_1_ratio"], row["minimum_ratio"], row["failures"]))'
    } >>"$results"
}

model sns-finite sns-finite --
model aopp-finite aopp-finite --
model cal-finite cal-finite --
rows=$unequal_rows model sns-finite-asymmetric sns-finite:sources=asymmetric --hidden 48-32-16 --loss key-rate --rate-iterations 700 -- \
    "${arms[@]}"
cp "$results" data/models/results.md
