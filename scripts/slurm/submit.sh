#!/usr/bin/env bash
# Hands a run to Slurm: an array of jobs, one for each shard, and a job that merges the shards when all are made.
#   submit.sh [SETTINGS]     SETTINGS is settings.sh beside this script by default
# Prints the numbers of the two jobs. Call it again after a failure: finished shards end at once, others go on.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
settings=$(realpath "${1:-$here/settings.sh}")
# shellcheck source=scripts/slurm/settings.sh
source "$settings"
[[ ! -e $output ]] || { echo "$(basename "$0"): $output is there already; remove it, or set another output" >&2; exit 2; }

# A job that is requeued goes on where it was stopped; TERM comes a minute before the time limit.
array=$(sbatch --parsable --array="1-$shards" --job-name=tfqkd --ntasks=1 --cpus-per-task="$cpus_per_task" \
    --time="$time_limit" --mem="$memory" --requeue --open-mode=append --signal=B:TERM@60 \
    --output="$output.%a.log" "${sbatch_options[@]}" "$here/job.sh" "$settings" shard)
merge=$(sbatch --parsable --dependency="afterok:$array" --kill-on-invalid-dep=yes --job-name=tfqkd-merge --ntasks=1 \
    --time="$time_limit" --mem="$memory" --output="$output.merge.log" "${sbatch_options[@]}" \
    "$here/job.sh" "$settings" merge)
echo "$array $merge"
