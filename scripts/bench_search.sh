#!/usr/bin/env bash
# Searches side by side on the same links and the same objective, one core: LSA, gradient, auto, NLopt, and scipy where
# it is installed; then time and memory against the number of links. As Markdown.
#   scripts/bench_search.sh [--full] [FILE]    FILE is data/benchmarks/search.md by default; - is standard output
# --full adds a million links. The environment sets sizes: LINKS, UNEQUAL, NLOPT_LINKS, SCIPY_LINKS, PASSES, REPEATS,
# PROTOCOLS (with equal arms), UNEQUAL_PROTOCOLS, SIZES; METHODS, which are all but those that are never best (ESCH, ISRES,
# DIRECT_L_RAND) or spend their time on themselves (NEWUOA); BUILD is the folder with the programs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${BUILD:-build}
sizes=${SIZES:-1000 10000 100000}
if [[ ${1:-} == --full ]]; then
    sizes="$sizes 1000000"
    shift
fi
methods=${METHODS:-auto gradient lsa nlopt:LN_BOBYQA nlopt:LN_COBYLA nlopt:LN_NELDERMEAD nlopt:LN_PRAXIS
    nlopt:LN_SBPLX nlopt:LD_CCSAQ nlopt:LD_LBFGS nlopt:LD_MMA nlopt:LD_SLSQP nlopt:LD_TNEWTON_PRECOND_RESTART
    nlopt:LD_VAR2 nlopt:GN_CRS2_LM nlopt:GN_DIRECT_L nlopt:GN_MLSL_LDS nlopt:GD_MLSL_LDS}
file=${1:-data/benchmarks/search.md}
# shellcheck source=scripts/bench_common.sh
source scripts/bench_common.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
programs=$(cd "$build" && pwd)
export PATH="$programs:$PATH" OMP_NUM_THREADS=1

# A Python that has scipy, if any.
python_with_scipy() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import scipy' 2> /dev/null; then
            echo "$python"
            return
        fi
    done
}

# links NAME PROTOCOL ROWS [RANGE...]: random links as CSV.
links() {
    local name=$1 protocol=$2 rows=$3 range
    local command=(tfqkd generate --protocol "$protocol" --rows "$rows" --seed 11 --method gradient)
    for range in "${@:4}"; do command+=(--range "$range"); done
    printf '    %s -o %s\n' "${command[*]}" "$name"
    "${command[@]}" --quiet --force -o "$folder/$name"
}

# compare NAME PROTOCOL [FILE]: all methods on those links, with scipy's optima in FILE.
compare() {
    local command=(tfqkd-bench searches --protocol "$2" --links "$1" --passes "${PASSES:-3}"
        --nlopt-links "${NLOPT_LINKS:-100}" --format markdown)
    local method
    for method in $methods; do command+=(--method "$method"); done
    [[ -z ${3:-} ]] || command+=(--other "$3")
    printf '    %s\n\n' "${command[*]}"
    (cd "$folder" && "${command[@]}" --quiet)
}

side_by_side() {
    local protocol python other
    python=$(python_with_scipy)
    for protocol in ${PROTOCOLS:-sns-finite aopp-finite cal-finite}; do
        printf '\n## %s\n\n' "$protocol"
        links links.csv "$protocol" "${LINKS:-2000}"
        other=
        if [[ -n $python && $protocol == sns-finite ]]; then
            printf '    scripts/bench_search_scipy.py tfqkd links.csv %s scipy.csv\n' "${SCIPY_LINKS:-20}"
            "$python" scripts/bench_search_scipy.py tfqkd "$folder/links.csv" "${SCIPY_LINKS:-20}" "$folder/scipy.csv"
            other=scipy.csv
        fi
        compare links.csv "$protocol" "$other"
    done
    for protocol in ${UNEQUAL_PROTOCOLS:-sns-finite cal-finite}; do
        printf '\n## %s, unequal arms\n\n' "$protocol"
        links unequal.csv "$protocol:sources=asymmetric" "${UNEQUAL:-500}" loss_a_db=0:50 loss_b_db=0:50
        compare unequal.csv "$protocol:sources=asymmetric"
    done
}

# measured COMMAND...: wall time [s], processor time [s] and peak memory [MiB].
measured() {
    python3 -c '
import os, sys, time
begin = time.monotonic()
_, status, used = os.wait4(os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ), 0)
print(f"{time.monotonic() - begin:.3f} {used.ru_utime + used.ru_stime:.3f} {used.ru_maxrss / 1024:.1f}")
sys.exit(status != 0)' "$@"
}

scaling() {
    local rows threads repeat
    printf '\n## Time and memory against the number of links\n\n    %s\n\n' \
        'tfqkd generate --protocol sns-finite --method auto --rows N --threads T -o data.csv'
    printf 'The shortest of %s runs that take turns; results are compared byte by byte.\n\n' "${REPEATS:-3}"
    printf '| links | threads | seconds | processor seconds | microseconds a link | peak MiB | same result |\n'
    printf '| ---: | ---: | ---: | ---: | ---: | ---: | :--- |\n'
    for rows in $sizes; do
        for ((repeat = 0; repeat < ${REPEATS:-3}; repeat++)); do
            for threads in 1 2; do
                echo "$threads $(measured tfqkd generate --protocol sns-finite --method auto --rows "$rows" --quiet \
                    --threads "$threads" --force -o "$folder/data$threads.csv")"
            done
        done > "$folder/times"
        local same=no
        cmp -s "$folder/data1.csv" "$folder/data2.csv" && same=yes
        for threads in 1 2; do
            awk -v t="$threads" -v n="$rows" -v same="$same" '
                $1 == t && (!w || $2 < w) {w = $2}
                $1 == t && (!p || $3 < p) {p = $3}
                $1 == t && $4 > m {m = $4}
                END {printf "| %d | %d | %.3f | %.3f | %.1f | %.1f | %s |\n", n, t, w, p, 1e6 * w / n, m, same}' \
                "$folder/times"
        done
    done
}

report() {
    printf '# Searches side by side\n\n'
    machine
    printf '%s\n' 'Processor time of one core a link, the minimum and the median of passes that take turns. Ratios are' \
        'R/R_best, shortfalls 1 - R/R_best, with the best rate that any search of the table found; missed keys: links' \
        'where only another search found one. NLopt and scipy take the first links only, so on the others the best' \
        'rate is that of auto, gradient and lsa.' \
        'scipy runs the same formula in Python, with its own times; times_slower is against the first row.'
    side_by_side
    scaling
}

write_report
