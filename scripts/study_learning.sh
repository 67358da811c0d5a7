#!/usr/bin/env bash
# Which network for how many samples, in how many inputs? Trains each network with the settings of 'tfqkd train' on 300 to
# 100,000 links of sns-finite, and holds it against links that it has not seen: drawn alike (learning curves), between the
# points of a grid that it was trained on, and outside of the trained range. An hour on one core.
#   scripts/study_learning.sh      writes data/studies/learning.csv, learning.svg and learning.md
# The environment sets sizes: ROWS, HELDOUT, INPUTS, GRID; TFQKD is the program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rows=${ROWS:-300 1000 3000 10000 100000}
near_edge=0.4 # of the links to learn from; those held out are drawn evenly
heldout=${HELDOUT:-10000}
inputs=${INPUTS:-4 5 6 7}
tfqkd=${TFQKD:-$PWD/build/tfqkd}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
table=$folder/learning.csv
echo "protocol,network,inputs,test_set,rows,links,mean_ratio,median_ratio,percentile_1_ratio,failures,flagged,seconds" >"$table"

# The flags of a domain with so many inputs; the protocol that goes with it comes first.
domain() {
    case $1 in
        4) echo "sns-finite --set error_correction_inefficiency=1.1" ;;
        5) echo "sns-finite" ;;
        6) echo "sns-finite:sources=asymmetric --range distance_a_km=0:250 --range distance_b_km=0:250" ;;
        7) echo "sns-finite:sources=asymmetric --range distance_a_km=0:250 --range distance_b_km=0:250 --range chernoff_failure=1e-12:1e-7" ;;
    esac
}
draw() { # INPUTS ROWS SEED FILE FLAGS...
    # shellcheck disable=SC2046
    "$tfqkd" generate --protocol $(domain "$1") --rows "$2" --seed "$3" --quiet --force -o "$4" "${@:5}"
}
learn() { # NETWORK INPUTS ROWS TRAINING HELDOUT...
    local network=$1 dimensions=$2 count=$3 training=$4 start
    start=$(date +%s.%N)
    "$tfqkd" train --data "$training" --network "$network" --seed 1 --quiet --force -o "$folder/$network.json"
    local seconds
    seconds=$(echo "$(date +%s.%N) $start" | awk '{ printf "%.1f", $1 - $2 }')
    local flags=()
    for file in "${@:5}"; do flags+=(--data "$file"); done
    "$tfqkd" benchmark "${flags[@]}" --model "$folder/$network.json" --search-links 0 --passes 0 --format json --quiet |
        python3 -c '
import json, sys
network, inputs, count, seconds = sys.argv[1:]
for row in json.load(sys.stdin)["rows"]:
    if row["method"] == network:
        print("sns-finite", network, inputs, "\"%s\"" % row["test_set"], count, row["links"], row["mean_ratio"], row["median_ratio"],
              row["percentile_1_ratio"], row["failures"], row["flagged"], seconds, sep=",")' \
            "$network" "$dimensions" "$count" "$seconds" >>"$table"
}

for dimensions in $inputs; do
    draw "$dimensions" "$heldout" 202 "$folder/random.csv"
    for count in $rows; do
        draw "$dimensions" "$count" 101 "$folder/training.csv" --near-edge "$near_edge"
        for network in bpnn rbfnn grnn polynomial; do
            learn "$network" "$dimensions" "$count" "$folder/training.csv" "$folder/random.csv"
        done
    done
done
# A grid, and what lies between its points and outside of it.
draw 5 "$heldout" 202 "$folder/off-grid.csv"
draw 5 2000 203 "$folder/out-of-range.csv" --range pulses=1e16:1e17 --range misalignment=0.101:0.12
# shellcheck disable=SC2046
"$tfqkd" generate --protocol sns-finite --sampling grid $(printf -- ' --range %s' ${GRID:-distance_km=0:500:15 \
    detector_efficiency=0.2:0.9:2 dark_count_probability=1e-11:1e-6:7 misalignment=0.005:0.1:8 \
    error_correction_inefficiency=1.05:1.25:4 pulses=1e10:1e16:9}) --quiet --force -o "$folder/grid.csv"
grid_rows=$(grep -vc '^[#a-z]' "$folder/grid.csv")
for network in bpnn rbfnn grnn polynomial; do
    learn "$network" 5 "$grid_rows" "$folder/grid.csv" "$folder/off-grid.csv" "$folder/out-of-range.csv"
done

cp "$table" data/studies/learning.csv
python3 - "$table" "$folder/curves.csv" >data/studies/learning.md <<'EOT'
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1])))
print("# Which network for how many samples, in how many inputs\n\nMade by `scripts/study_learning.sh` (learning.csv has all "
      "numbers). Training links of sns-finite, seed 101, two in five of them moved near the edge where the key ends; held-out links, drawn evenly, seed 202; every network as `tfqkd train` makes it "
      "without further flags. A ratio is R(predicted parameters) / R(optimum). Inputs: 4 without the error correction's "
      "inefficiency; 5 the default domain; 6 two arms of 0 to 250 km each; 7 also the failure probability of the Chernoff "
      "bound. Links outside of the trained range by chance are a set of their own.\n\n![Learning curves](learning.svg)\n\nThe times are from a machine that did other work as well: only their order counts.\n")
print("| inputs | test set | rows | network | mean | 1st percentile | failures | of links | flagged | training [s] |")
print("|--:|---|--:|---|--:|--:|--:|--:|--:|--:|")
for row in rows:
    print("| %s | %s | %s | %s | %.5f | %.5f | %s | %s | %s | %s |" % (row["inputs"], row["test_set"], row["rows"], row["network"],
          float(row["mean_ratio"]), float(row["percentile_1_ratio"]), row["failures"], row["links"], row["flagged"], row["seconds"]))
with open(sys.argv[2], "w") as out:
    print("network,protocol,rows,mean_ratio", file=out)
    for row in rows:
        if row["test_set"] == "random" and row["inputs"] in ("5", "6") and (row["network"], row["inputs"]) != ("polynomial", "6"):
            print(row["network"], row["inputs"] + " inputs", row["rows"], row["mean_ratio"], sep=",", file=out)
EOT
"$tfqkd" plot learning "$folder/curves.csv" -o data/studies/learning.svg --force
