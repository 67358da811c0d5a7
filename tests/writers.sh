# Sourced by tests that disturb writers, in an empty folder and with the program's path in $tfqkd: every writer of files,
# and what it needs to work.
# shellcheck shell=bash

# What the writers need.
"$tfqkd" generate --rows 60 --range distance_km=0:200 --quiet -o data.csv
"$tfqkd" train --data data.csv --network grnn --order 0 --quiet -o model.json
for k in 1 2; do "$tfqkd" generate --rows 60 --shard "$k/2" --quiet -o "part$k.csv"; done
"$tfqkd" convert data.csv --quiet -o links.npy

# A name, the file that is written, and the command; a manifest is written beside most of them.
writers=(
    "generate-csv out.csv generate --rows 60 -o out.csv"
    "generate-jsonl out.jsonl generate --rows 60 -o out.jsonl"
    "generate-npy out.npy generate --rows 60 -o out.npy"
    "benchmark-links out.csv benchmark --data data.csv --show links -o out.csv"
    "tuning out.csv train --data data.csv --network polynomial --tune --try degree=1,2 --folds 2 -o out.csv"
    "optimize out.json optimize --sweep distance_km=0:100:20 -o out.json"
    "predict out.csv predict --model model.json --links links.npy -o out.csv"
    "train out.json train --data data.csv --network grnn --order 1 -o out.json"
    "merge out.csv merge part1.csv part2.csv -o out.csv"
    "convert out.npy convert data.csv -o out.npy"
    "benchmark out.csv benchmark --data data.csv --passes 0 -o out.csv"
    "baseline out.json benchmark --data data.csv --passes 0 --compare out.json --update-baseline"
    "junit out.xml benchmark --data data.csv --passes 0 --compare good.json --junit out.xml"
    "manifest out.csv.manifest.json generate --rows 60 -o out.csv"
    "onnx out.onnx export --model model.json --to onnx -o out.onnx"
    "figure out.svg plot rate --sweep distance_km=0:100:50 --protocol sns-finite -o out.svg"
    "figure-script out.gp plot rate --sweep distance_km=0:100:50 --protocol sns-finite --script out.gp"
    "report out.html report data.csv -o out.html"
    "c99 c/net.c export --model model.json --to c99 --name net -o c"
    "c99-header c/net.h export --model model.json --to c99 --name net -o c"
)
"$tfqkd" benchmark --data data.csv --passes 0 --quiet --compare good.json --update-baseline > /dev/null

# What is the same in every run of a writer: all but the times in a manifest.
content() { sed -E 's/"(start|end|seconds)[a-z_]*": *[^,}]*//g' "$1" 2> /dev/null | sha256sum; }
