#!/bin/sh
# Compares this build's searches and a shipped model with data/baselines: rates, and evaluations.
#   scripts/regression_gate.sh [PROGRAM]             exit code 1 when something got worse
#   scripts/regression_gate.sh --update [PROGRAM]    makes links and baseline anew: when a change is meant
set -eu
cd "$(dirname "$0")/../data/baselines"
update=
if [ "${1:-}" = --update ]; then
    update=--update-baseline
    shift
fi
tfqkd=${1:-../../build/tfqkd}
data=
for protocol in sns-finite aopp-finite cal-finite; do
    if [ -n "$update" ]; then
        "$tfqkd" generate --protocol "$protocol" --rows 40 --seed 2026 --quiet --force --output "$protocol.csv"
        rm -f "$protocol.csv.manifest.json"
    fi
    data="$data --data $protocol.csv"
done
# shellcheck disable=SC2086  # the files are words
"$tfqkd" benchmark $data --method lsa --method auto --model ../models/sns-finite.json --passes 0 --quiet \
    --compare search.json $update --format text
