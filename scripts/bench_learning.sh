#!/usr/bin/env bash
# tfqkd's networks side by side with those of torch and scikit-learn, on the same rows and one core: time to equal error
# of the same network, error of kernels and neighbours, and latency of a row. As Markdown; about 10 minutes.
#   scripts/bench_learning.sh [FILE]    FILE is data/benchmarks/learning.md by default; - is standard output
# The environment sets LIMIT, processor seconds that a training may take; PASSES of the latencies; ROWS to learn from
# and HELDOUT rows; PYTHON, one that has torch and scikit-learn; BUILD, the folder with the programs. What is not
# installed is left out; scripts/install-packages.sh --with-learning installs it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${BUILD:-build}
python=${PYTHON:-/usr/bin/python3}
file=${1:-data/benchmarks/learning.md}
# shellcheck source=scripts/bench_common.sh
source scripts/bench_common.sh
if ! "$python" -c 'import numpy' 2> /dev/null; then
    echo "bench_learning.sh: $python has no numpy; python3-torch and python3-sklearn bring it:" \
        "scripts/install-packages.sh --with-learning" >&2
    exit 4
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
programs=$(cd "$build" && pwd)
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
unset OPENBLAS_CORETYPE OPENBLAS_L2_SIZE  # a library of matrix products chooses for itself

# optima NAME ROWS SEED: random links with their best parameters.
optima() {
    local command=(tfqkd generate --protocol sns-finite --rows "$2" --seed "$3" -o "$1")
    printf '    %s\n' "${command[*]}"
    (cd "$folder" && "$programs/${command[0]}" "${command[@]:1}" --quiet)
}

report() {
    printf '# Networks side by side with torch and scikit-learn\n\n'
    machine
    cat << 'EOF'
One thread each, in one run. The machine was not idle, so the ratios count, taken side by side, more than the times.
Made by `scripts/bench_learning.sh` with

EOF
    optima training.csv "${ROWS:-20000}" 101
    optima heldout.csv "${HELDOUT:-10000}" 202
    cat << EOF

Rows without a key are left out. All have the same inputs and targets, scaled as in tfqkd's model file: an arm's loss
with the detector, ln of dark counts and of pulses, misalignment and f; the 8 parameters on log and logit scales. The
error is the mean square over held-out rows and parameters, in spreads.

Times are processor seconds, with wall seconds in brackets, until the error is below 1e-3, 1e-4 and 3e-5; 'never': not
within ${LIMIT:-120} s of processor time, or it ended by itself. tfqkd's times are of whole runs of \`tfqkd train\`,
each about twice as long as the last, with reading and writing; the shortest that reaches an error counts. It keeps a
tenth of the rows back to choose its weights by. The others learn from all rows and are given the best of their curve
on the held-out rows, which costs them no time. torch's L-BFGS has a strong Wolfe search and double precision; its Adam
is in single precision, with tfqkd's recipe (batches of 64, a rate that falls from 3e-3 to 1e-5 as a cosine) and
numbers of epochs. scikit-learn's are as they come, without regularisation. Neither has Levenberg-Marquardt, so the
best of tfqkd stands beside what a user of theirs would take, and each trainer beside its like.

KernelRidge (on 4,000 rows; all would take 2 GB) and KNeighborsRegressor choose gamma, alpha and the number of
neighbours by 1,000 of their rows, in the time shown. Latencies are from a link to its parameters, with all scaling, of
1,000 rows one at a time (by tfqkd always in double precision) and of 2,000 in one batch; the passes of all take turns.
torch is traced and frozen, with its scaling inside. Within 5 % is level. tfqkd's rbfnn and grnn as they come have no
like there; two that are set like the others stand beside them.

EOF
    "$python" -B scripts/bench_learning.py "$programs/tfqkd" "$folder"
}

write_report
