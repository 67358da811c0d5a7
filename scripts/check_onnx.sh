#!/usr/bin/env bash
# Compares models exported to ONNX, run by onnxruntime, with tfqkd's own predictions on 1,000 links each.
#   scripts/check_onnx.sh TFQKD FOLDER      FOLDER takes node modules and files; it belongs in a build folder
# Exit code 77 when something that this check needs is not there: npm, onnxruntime-web, or ONNX in this build.
set -euo pipefail

if [[ $# -ne 2 ]]; then
    echo "usage: scripts/check_onnx.sh TFQKD FOLDER" >&2
    exit 2
fi
tfqkd=$1 folder=$2
script=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/check_onnx.mjs

skip() { echo "SKIPPED: $1"; exit 77; }

for program in node npm; do command -v "$program" >/dev/null || skip "$program is not installed"; done
mkdir -p "$folder"
cd "$folder"
"$tfqkd" generate --rows 400 --seed 5 --quiet -o data.csv --force
"$tfqkd" train --data data.csv --network bpnn --epochs 60 --quiet -o bpnn.json --force
status=0
"$tfqkd" export --model bpnn.json --to onnx -o bpnn.onnx --force 2>export.log || status=$?
if [[ $status -ne 0 ]]; then
    grep -q "built without ONNX" export.log && skip "this build has no ONNX; see scripts/install-packages.sh --with-exports"
    cat export.log >&2
    exit 1
fi
if [[ ! -d node_modules/onnxruntime-web ]]; then
    npm install --no-audit --no-fund --no-save onnxruntime-web >npm.log 2>&1 ||
        skip "npm can't install onnxruntime-web"
fi
"$tfqkd" train --data data.csv --network rbfnn --max-centres 50 --quiet -o rbfnn.json --force
"$tfqkd" train --data data.csv --network grnn --order 0 --quiet -o grnn.json --force
# Above 2,000 patterns a prediction looks at the nearest 64 only.
"$tfqkd" generate --rows 3500 --seed 6 --quiet -o more.csv --force
"$tfqkd" train --data more.csv --network grnn --order 0 --quiet -o grnn-nearest.json --force
for model in bpnn rbfnn grnn grnn-nearest; do
    "$tfqkd" export --model "$model.json" --to onnx -o "$model.onnx" --force --quiet
    NODE_PATH=$PWD/node_modules node "$script" "$tfqkd" "$model" double
done
for model in bpnn grnn; do
    "$tfqkd" export --model "$model.json" --to onnx --precision float -o "$model.onnx" --force --quiet
    NODE_PATH=$PWD/node_modules node "$script" "$tfqkd" "$model" float
done
