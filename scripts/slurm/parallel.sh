#!/usr/bin/env bash
# The run of settings.sh on one machine: as many shards at a time as there are CPUs, by GNU parallel, then the merge.
#   parallel.sh [SETTINGS]
# Call it again after a failure: finished shards end at once, others go on.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
settings=$(realpath "${1:-$here/settings.sh}")
# shellcheck source=scripts/slurm/settings.sh
source "$settings"
[[ ! -e $output ]] || { echo "$(basename "$0"): $output is there already; remove it, or set another output" >&2; exit 2; }

export TFQKD_THREADS=$cpus_per_task
seq "$shards" | parallel --will-cite --halt now,fail=1 --termseq TERM,30000,KILL,25 \
    --jobs "$(($(nproc) / cpus_per_task > 0 ? $(nproc) / cpus_per_task : 1))" "$here/job.sh" "$settings" shard {}
"$here/job.sh" "$settings" merge
