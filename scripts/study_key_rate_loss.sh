#!/bin/sh
# How far training on the key rate gets, with optima as labels and without any, against mean square on optima:
# the key rate kept on held-out links, the time of training, and the time of making the labels.
# Writes data/studies/key_rate_loss.md. ROWS and HELD_OUT set the sizes.
set -eu
cd "$(dirname "$0")/.."
program=build/tfqkd
rows=${ROWS:-20000}
held_out=${HELD_OUT:-5000}
result=data/studies/key_rate_loss.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

seconds() {  # of CPU that a command takes
    { TIMEFORMAT=%U; /usr/bin/time -f %U "$@" 2> "$work/time" > /dev/null; } || { cat "$work/time" >&2; exit 1; }
    tail -n 1 "$work/time"
}

"$program" generate --quiet --rows "$held_out" --seed 99 -o "$work/held-out.csv"
labels=$(seconds "$program" generate --quiet --threads 1 --rows "$rows" -o "$work/train.csv")

table="| training | labels, s | training, s | mean | median | 1st percentile | minimum | failures |
|---|--:|--:|--:|--:|--:|--:|--:|"
study() {  # NAME LABEL-SECONDS OPTIONS...
    name=$1 label=$2
    shift 2
    rm -f "$work/model.json"
    spent=$(seconds "$program" train --quiet --network bpnn "$@" -o "$work/model.json")
    measures=$("$program" benchmark --quiet --data "$work/held-out.csv" --model "$work/model.json" --passes 1 \
        --search-links 0 --format csv | grep -v ', outside' | tail -n 1 |
        awk -F, '{ printf "%.6f | %.6f | %.5f | %.5f | %d", $4, $5, $6, $7, $8 }')
    table="$table
| $name | $label | $spent | $measures |"
}

study "mean square, 20 iterations" "$labels" --data "$work/train.csv" --epochs 20
study "mean square, to its end" "$labels" --data "$work/train.csv"
study "mean square, 20 iterations, then key rate" "$labels" --data "$work/train.csv" --epochs 20 --loss key-rate
study "mean square to its end, then key rate" "$labels" --data "$work/train.csv" --loss key-rate
study "key rate without labels" 0 --labels none --rows "$rows"
study "key rate without labels, 3 times the links" 0 --labels none --rows $((3 * rows)) --rate-iterations 1000

cat > "$result" << END
# Training on the key rate itself

Finite-key SNS, default domain, perceptron 32-16, $rows links to learn from (their optima by \`generate\` where labels are
used), $held_out held-out links; seconds of CPU. Made by \`scripts/study_key_rate_loss.sh\`.

$table

Key rate: L-BFGS on the mean of ln R(network(link)), with the exact slopes of the full finite-key formula. Without labels
the network starts at the protocol's start point, the same for every link here, and no optimum is ever searched.
END
cat "$result"
