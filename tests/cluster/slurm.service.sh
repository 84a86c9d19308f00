# Starts Slurm on this machine: one node of four processors, whatever it has; nothing of systemd.
start_slurm() {
  [ -n "${SLURM_CONF:-}" ] && return
  need munge munged slurmctld slurmctld slurmd slurmd slurm-client sbatch || return
  PATH=$PATH:/usr/sbin
  local at=$work/slurm node
  node=$(hostname -s)
  mkdir -p "$at/state" "$at/spool"
  mkdir -m 700 "$at/munge"
  head -c 1024 /dev/urandom >"$at/munge/key"
  chmod 400 "$at/munge/key"
  cat >"$at/slurm.conf" <<CONF
ClusterName=onrush
SlurmctldHost=$node(127.0.0.1)
SlurmUser=root
AuthInfo=socket=$at/munge/socket,cred_expire=5
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPort=${SLURM_PORT:-16817}
SlurmdPort=$((${SLURM_PORT:-16817} + 1))
StateSaveLocation=$at/state
SlurmdSpoolDir=$at/spool
SlurmctldPidFile=$at/slurmctld.pid
SlurmdPidFile=$at/slurmd.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MailProg=/bin/true
KillWait=2
NodeName=$node NodeAddr=127.0.0.1 CPUs=4 RealMemory=16000 State=UNKNOWN
PartitionName=all Nodes=$node Default=YES MaxTime=180 State=UP
CONF
  export SLURM_CONF=$at/slurm.conf
  stops+=(stop_slurm)
  munged --socket="$at/munge/socket" --key-file="$at/munge/key" --pid-file="$at/munge/pid" \
    --log-file="$at/munge/log" --seed-file="$at/munge/seed" --num-threads=4 --force 2>/dev/null
  timeout 20 slurmctld -f "$SLURM_CONF" -L "$at/slurmctld.log"
  timeout 20 slurmd -f "$SLURM_CONF" -L "$at/slurmd.log" -N "$node"
  within 30 is_idle
}

is_idle() {
  timeout 5 sinfo -h -o %T 2>/dev/null | grep -q idle
}

stop_slurm() {
  timeout 10 scancel --user root
  within 10 is_idle
  for pid in slurmd.pid slurmctld.pid munge/pid; do kill "$(cat "$work/slurm/$pid")"; done
  within 10 has_ended
}

has_ended() {
  ! { kill -0 "$(cat "$work/slurm/slurmctld.pid")" || kill -0 "$(cat "$work/slurm/munge/pid")"; } \
    2>/dev/null
}
