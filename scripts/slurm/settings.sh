# shellcheck shell=bash disable=SC2034
# What to run on the cluster: copy this folder, and edit this file only. Then
#   ./submit.sh       hands everything to Slurm: an array of one job for each shard, and a job that merges them
#   ./parallel.sh     does the same on one big machine with GNU parallel
# After a time limit, a failure or a requeue call the same again: what is done is kept, the rest goes on.

# The run: any tfqkd command that makes one row for each item (generate, optimize, predict), without --output,
# --shard and --resume.
command=(generate --protocol sns-finite --rows 1000000 --seed 1)

# The result; its shards are beside it while they are made. A path from the root, or from where submit.sh is called.
output=training.csv

# How many shards: each is a job of its own. Some minutes to an hour each are a good size. At most 1000 with Slurm's
# usual MaxArraySize.
shards=16

# The program, if it is not on the PATH of the nodes.
tfqkd=tfqkd

# For each shard's job, as sbatch takes it.
cpus_per_task=1
time_limit=60
memory=1G
sbatch_options=() # such as --partition=short --account=qkd
