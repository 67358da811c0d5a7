#!/usr/bin/env bash
# A real Slurm of one node on this machine, for tests: munged, slurmctld and slurmd on the loopback interface, without
# systemd, cgroups or any file outside of DIR (but for this host's name in /etc/hosts, where it is missing).
#   scripts/slurm-single-node.sh start|stop|status
# To be run as root, with slurm-wlm and munge installed (scripts/install-packages.sh --with-cluster). DIR is the state's
# folder, PORT the controller's port (the node has the next one). After start: export SLURM_CONF=DIR/slurm.conf.
# Exit code 4 when something does not start, with the last lines of its log. Every wait is bounded.
set -euo pipefail

DIR=${DIR:?set DIR to a folder for the state}
PORT=${PORT:-26817}
export SLURM_CONF=$DIR/slurm.conf
socket=$DIR/munge/munge.socket.2
node=$(hostname -s)

give_up() {
    echo "slurm-single-node.sh: $1" >&2
    tail -n 15 "$DIR"/log/*.log "$DIR"/munge/*.log >&2 2>/dev/null || true
    exit 4
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails when the time is over.
wait_for() {
    local end=$((SECONDS + $1))
    shift
    until "$@" &>/dev/null; do
        ((SECONDS < end)) || return 1
        sleep 0.2
    done
}

is_running() { [[ -s $1 ]] && kill -0 "$(<"$1")" 2>/dev/null; }
munge_answers() { munge --socket="$socket" --no-input | unmunge --socket="$socket"; }
controller_answers() { timeout 5 scontrol ping | grep --quiet 'is UP'; }
node_is_idle() { [[ $(timeout 5 sinfo --noheader --nodes="$node" --format=%T | head -n 1) == idle ]]; }

write_settings() {
    mkdir -p "$DIR"/{log,state,spool,munge,run}
    chmod 0755 "$DIR" "$DIR"/*
    # A key of its own, never a cluster's.
    (umask 077 && head -c 128 /dev/urandom >"$DIR/munge/munge.key")
    chown -R munge:munge "$DIR/munge"
    cat >"$SLURM_CONF" <<END
ClusterName=tfqkdtest
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$PORT
SlurmdPort=$((PORT + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$socket
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=bf_interval=2,sched_interval=2,batch_sched_delay=1
ReturnToService=2
MinJobAge=300
KillWait=5
StateSaveLocation=$DIR/state
SlurmdSpoolDir=$DIR/spool
SlurmctldPidFile=$DIR/run/slurmctld.pid
SlurmdPidFile=$DIR/run/slurmd.pid
SlurmctldLogFile=$DIR/log/slurmctld.log
SlurmdLogFile=$DIR/log/slurmd.log
NodeName=$node NodeHostname=$node NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$(($(awk '/MemTotal/ {print $2}' /proc/meminfo) / 2048)) State=UNKNOWN
PartitionName=test Nodes=$node Default=YES MaxTime=60 State=UP OverSubscribe=NO
END
}

start() {
    [[ $EUID -eq 0 ]] || give_up "must be run as root"
    command -v slurmctld slurmd munged sbatch >/dev/null || give_up "install slurm-wlm and munge first"
    ! is_running "$DIR/run/slurmctld.pid" || give_up "it runs already in $DIR; stop it first"
    write_settings
    getent hosts "$node" >/dev/null || echo "127.0.0.1 $node" >>/etc/hosts
    setpriv --reuid=munge --regid=munge --clear-groups munged --key-file="$DIR/munge/munge.key" --socket="$socket" \
        --pid-file="$DIR/munge/munged.pid" --log-file="$DIR/munge/munged.log" --seed-file="$DIR/munge/munged.seed" \
        --num-threads=2 || give_up "munged does not start"
    wait_for 10 munge_answers || give_up "munged does not answer"
    slurmctld -c || give_up "slurmctld does not start"
    wait_for 20 controller_answers || give_up "slurmctld does not answer"
    slurmd || give_up "slurmd does not start"
    wait_for 30 node_is_idle || give_up "the node does not become idle"
}

# stop_one FILE: ends the process whose number is in FILE.
stop_one() {
    is_running "$1" || return 0
    local process
    process=$(<"$1")
    kill "$process"
    wait_for 15 bash -c "! kill -0 $process" || kill -KILL "$process" || true
    rm -f "$1"
}

stop() {
    if is_running "$DIR/run/slurmctld.pid"; then timeout 10 scancel --user=root || true; fi
    stop_one "$DIR/run/slurmd.pid"
    stop_one "$DIR/run/slurmctld.pid"
    stop_one "$DIR/munge/munged.pid"
}

case ${1:-} in
    start | stop) "$1" ;;
    status) sinfo --Node --long && squeue --long ;;
    *)
        echo "usage: slurm-single-node.sh start|stop|status" >&2
        exit 2
        ;;
esac
