#!/usr/bin/env bash
# One job of a run, called by submit.sh and parallel.sh:
#   job.sh SETTINGS shard [K]    makes shard K, by default Slurm's array task, or goes on with it
#   job.sh SETTINGS merge        joins the shards into the result, and removes them
# tfqkd takes the place of this shell, so that signals of the scheduler reach it.
set -euo pipefail
# shellcheck source=scripts/slurm/settings.sh
source "$1"

ending=.${output##*.}
# part K: the file of shard K.
part() { printf '%s.%d-of-%d%s' "${output%"$ending"}" "$1" "$shards" "$ending"; }

case $2 in
    shard)
        k=${3:-$SLURM_ARRAY_TASK_ID}
        exec "$tfqkd" "${command[@]}" --shard "$k/$shards" --resume --quiet --output "$(part "$k")"
        ;;
    merge)
        parts=()
        for ((k = 1; k <= shards; k++)); do parts+=("$(part "$k")"); done
        # A result that is there is whole: this job was stopped behind the merge, and requeued.
        [[ -e $output ]] || "$tfqkd" merge "${parts[@]}" --output "$output"
        for file in "${parts[@]}"; do rm -f "$file" "$file.manifest.json"; done
        ;;
    *)
        echo "job.sh: unknown job '$2'; known: shard merge" >&2
        exit 2
        ;;
esac
