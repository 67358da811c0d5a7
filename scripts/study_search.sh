#!/bin/sh
# How near to the best known optimum the searches end, for each finite-key protocol: the same random links optimised by
# auto, by LSA, and by global methods of NLopt, with and without slopes. Tables in Markdown, for data/studies/search.md.
#   scripts/study_search.sh [LINKS [UNEQUAL [SEED]]]    2000 links of the default domain, 500 with unequal arms, seed 1
# The environment: PROTOCOLS, EVALUATIONS of the global methods a link, THREADS, BUILD (the folder with the program).
set -eu
cd "$(dirname "$0")/.."
links=${1:-2000} unequal=${2:-500} seed=${3:-1} tfqkd=${BUILD:-build}/tfqkd
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# study PROTOCOL ROWS [RANGE...]
study() {
    protocol=$1 rows=$2
    shift 2
    ranges=
    for range in "$@"; do ranges="$ranges --range $range"; done
    for method in auto lsa nlopt:GN_CRS2_LM nlopt:GD_MLSL_LDS; do
        budget=20000
        case $method in nlopt:*) budget=${EVALUATIONS:-20000} ;; esac
        # shellcheck disable=SC2086  # ranges are words
        "$tfqkd" generate --protocol "$protocol" --rows "$rows" --seed "$seed" --method "$method" $ranges --quiet \
            --force --max-evaluations "$budget" ${THREADS:+--threads "$THREADS"} --output "$folder/$method.csv"
    done
    python3 scripts/study_search.py "$folder" "$protocol" "$rows" "$seed" "$@"
}

for protocol in ${PROTOCOLS:-sns-finite aopp-finite aopp-finite-simple cal-finite}; do
    study "$protocol" "$links"
    study "$protocol:sources=asymmetric" "$unequal" loss_a_db=0:50 loss_b_db=0:50
done
