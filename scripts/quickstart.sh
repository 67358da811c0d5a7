#!/usr/bin/env bash
# Installs, builds, and does the main job once from end to end: best parameters along a distance sweep, a data set of
# optima, three networks trained on it, predictions for links they have not seen, and how good those are.
#   scripts/quickstart.sh [FOLDER]      results go to FOLDER, by default ./quickstart-run
# ROWS and HELDOUT set the sizes of the training set and of the held-out set.
set -euo pipefail

folder=${1:-quickstart-run}
rows=${ROWS:-20000}
heldout=${HELDOUT:-2000}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# Shows a command as one would type it, then runs it.
run() {
    printf '\n$'
    printf ' %q' "$@"
    printf '\n'
    "$@"
}

"$root/scripts/install-packages.sh"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cd "$root"
run cmake --preset release
run cmake --build --preset release --target tfqkd-cli

cd "$folder"
PATH=$root/build:$PATH
run tfqkd --version

run tfqkd optimize --protocol sns-finite --method lsa --sweep distance_km=0:400:50 --format text

run tfqkd generate --protocol sns-finite --rows "$rows" --near-edge 0.4 --seed 1 -o training.csv --force
run tfqkd generate --protocol sns-finite --rows "$heldout" --seed 2 -o heldout.csv --force

for network in bpnn rbfnn grnn; do
    run tfqkd train --data training.csv --network "$network" -o "$network.json" --force
done

run tfqkd predict --model bpnn.json --links heldout.csv -o predicted.csv --force
run tfqkd predict --model bpnn.json --sweep distance_km=50:400:50 --detector-efficiency 0.5 --format text

run tfqkd benchmark --data heldout.csv --train training.csv --model bpnn.json --model rbfnn.json --model grnn.json --format text

printf '\nAll results are in %s\n' "$folder"
