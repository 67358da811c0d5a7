#!/usr/bin/env bash
# One run in every way that it can be made, with one hash: with one thread and two; in 1, 3 and 7 shards; killed 25 times at
# random moments; by scripts/slurm on a real Slurm of one node, with a task that is requeued in the middle and one that fails and
# is handed in again; and with GNU parallel.
#   tests/slurm_test.sh TFQKD
# Exit code 77, "skipped", where there is no root or a package is missing.
set -euo pipefail
program=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

skip() { echo "skipped: $1"; exit 77; }
[[ $EUID -eq 0 ]] || skip "needs root"
for tool in slurmctld slurmd munged sbatch parallel; do
    command -v "$tool" >/dev/null || skip "no $tool; scripts/install-packages.sh --with-cluster installs it"
done

work=$(mktemp -d)
chmod 0755 "$work"
export DIR=$work/slurm PORT=$((20000 + $$ % 20000)) SLURM_CONF=$work/slurm/slurm.conf
end() {
    local status=$?
    "$root/scripts/slurm-single-node.sh" stop || true
    [[ $status -eq 0 ]] || tail -n 5 "$work"/*.log "$work"/*/log/*.log >&2 || true
    rm -rf "$work"
    exit "$status"
}
trap end EXIT
fail() { echo "FAILED: $1" >&2; exit 1; }
check() { "${@:2}" || fail "$1"; }
# same HOW FILE: it is byte for byte the plain run's result.
same() { check "the result of $1 differs from the plain run's" cmp whole.csv "$2"; ways+=("$1"); }
ways=()

# wait_until WHAT COMMAND...: at most two minutes.
wait_until() {
    local last=$((SECONDS + 120))
    until "${@:2}" &>/dev/null; do
        ((SECONDS < last)) || { squeue --long >&2; fail "waited too long: $1"; }
        sleep 0.1
    done
}
has_rows() { [[ -s $1 && $(stat --format=%s "$1") -gt 20000 ]]; }
has_ended() { ! squeue --noheader --jobs="$1" --states=all --format=%T | grep --quiet -E 'PENDING|RUNNING|COMPLETING|REQUEUED|CONFIGURING'; }

# Slow rows, so that there is time to disturb the tasks.
run=(generate --rows 480 --seed 3 --method nlopt:GN_CRS2_LM --max-evaluations 6000)
cd "$work"
"$program" "${run[@]}" --quiet --output whole.csv

for threads in 1 2; do
    "$program" "${run[@]}" --quiet --threads "$threads" --output "threads-$threads.csv"
    same "$threads threads" "threads-$threads.csv"
done
for shards in 1 3 7; do
    parts=()
    for ((k = 1; k <= shards; k++)); do
        parts+=("part-$k-of-$shards.csv")
        "$program" "${run[@]}" --quiet --shard "$k/$shards" --output "${parts[-1]}"
    done
    "$program" merge "${parts[@]}" --quiet --output "shards-$shards.csv"
    same "$shards shards" "shards-$shards.csv"
done
RANDOM=25 kills=0
while ((kills < 25)); do
    status=0
    # --foreground: until the program is gone, and its lock with it.
    timeout --foreground --signal=KILL "0.$((100 + RANDOM % 400))" "$program" "${run[@]}" --quiet --resume --output killed.csv || status=$?
    [[ $status -eq 0 || $status -eq 137 ]] || fail "a killed run ends with exit code $status"
    if [[ $status -ne 0 ]]; then
        kills=$((kills + 1))
    else  # ready before the last kill: the next ones hit a run from its start
        check "the result of $kills kills differs" cmp whole.csv killed.csv
        rm killed.csv killed.csv.manifest.json
    fi
done
"$program" "${run[@]}" --quiet --resume --output killed.csv
same "25 kills" killed.csv

# A program that dies once, in the middle of shard 3.
cat >tfqkd <<END
#!/usr/bin/env bash
if [[ " \$* " == *" --shard 3/4 "* && ! -e $work/has-failed ]]; then
    touch $work/has-failed
    "$program" "\$@" --max-time 0.3s || true
    exit 1
fi
exec "$program" "\$@"
END
chmod +x tfqkd
cat >settings.sh <<END
command=(${run[*]})
output=slurm.csv
shards=4
tfqkd=$work/tfqkd
cpus_per_task=1
time_limit=10
memory=64M
sbatch_options=()
END

"$root/scripts/slurm-single-node.sh" start
read -r array merge < <("$root/scripts/slurm/submit.sh" settings.sh)
wait_until "rows of shard 2" has_rows slurm.2-of-4.csv.partial
scontrol requeue "${array}_2"
# Slurm lets a requeued task wait for two minutes.
has_ended_soon() { scontrol update JobId="${array}_2" StartTime=now || true; has_ended "$array"; }
wait_until "end of the array" has_ended_soon
wait_until "end of the first merge" has_ended "$merge"
restarts=$(scontrol show job "${array}_2" | grep --only-matching 'Restarts=[0-9]*')
check "task 2 was not requeued: $restarts" [ "$restarts" = Restarts=1 ]
check "task 3 did not fail" [ -e has-failed ]
check "a result of three shards" [ ! -e slurm.csv ]
check "shard 3 was not kept" [ -s slurm.3-of-4.csv.partial ]

read -r array merge < <("$root/scripts/slurm/submit.sh" settings.sh)
wait_until "the result" [ -e slurm.csv.manifest.json ]
wait_until "end of the second merge" has_ended "$merge"
same "Slurm" slurm.csv
check "shards are left" [ "$(find . -name 'slurm.*-of-*' | wc -l)" -eq 0 ]

sed -i 's/^output=.*/output=parallel.csv/' settings.sh
"$root/scripts/slurm/parallel.sh" settings.sh
check "a result is made twice" [ "$("$root/scripts/slurm/parallel.sh" settings.sh &>/dev/null; echo $?)" -eq 2 ]
same "GNU parallel" parallel.csv
echo "passed: $(slurmctld -V), 4 shards, one requeued, one failed; $(parallel --version | head -n 1)"
echo "one sha256, $(sha256sum <whole.csv | cut -c1-64), of: $(IFS=,; echo "${ways[*]}")"
