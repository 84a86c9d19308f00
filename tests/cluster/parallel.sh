# The script docs/cluster/parallel.sh on two hosts, each a server of ssh with a home of its own.
start_hosts() {
  need parallel parallel rsync rsync openssh-server sshd openssh-client ssh || return
  local at=$work/ssh port=${SSH_PORT:-16022}
  mkdir -p "$at" /run/sshd
  ssh-keygen -q -t ed25519 -N '' -f "$at/host"
  ssh-keygen -q -t ed25519 -N '' -f "$at/key"
  stops+=(stop_hosts)
  for host in alice bob; do
    mkdir -p "$at/$host"
    cat >"$at/$host.home" <<HOME
#!/bin/bash
export HOME=$at/$host PATH=$PATH ONRUSH_STORE=off
cd "\$HOME" && exec bash -c "\$SSH_ORIGINAL_COMMAND"
HOME
    chmod +x "$at/$host.home"
    cat >"$at/$host.conf" <<CONF
ListenAddress 127.0.0.1
Port $port
HostKey $at/host
PidFile $at/$host.pid
AuthorizedKeysFile $at/key.pub
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
ForceCommand $at/$host.home
MaxStartups 100
CONF
    printf 'Host %s\n  HostName 127.0.0.1\n  Port %s\n' $host "$port" >>"$at/config"
    /usr/sbin/sshd -f "$at/$host.conf" || return
    port=$((port + 1))
  done
  printf 'Host *\n  IdentityFile %s\n  IdentitiesOnly yes\n  BatchMode yes\n' "$at/key" >>"$at/config"
  printf '  StrictHostKeyChecking no\n  UserKnownHostsFile %s/known\n' "$at" >>"$at/config"
  export PARALLEL_SSH="ssh -F $at/config"
  within 10 answers alice && within 10 answers bob
}

answers() {
  [ "$(ssh -F "$work/ssh/config" "$1" pwd 2>/dev/null)" = "$work/ssh/$1" ]
}

stop_hosts() {
  for host in alice bob; do kill "$(cat "$work/ssh/$host.pid")"; done
}

hosts_play() {
  cd "$work/study" && HOME=$work timeout 1800 \
    "$root/docs/cluster/parallel.sh" study.plan $shards alice,bob parallel-shards >"$work/parallel.log" 2>&1
}

# Both hosts have worked, and nothing of the study is left there.
both_worked() {
  [ "$(cut -f2 "$work"/study/parallel-shards/*.log | sort -u | grep -cE '^(alice|bob)$')" = 2 ] &&
    [ -z "$(find "$work/ssh/alice" "$work/ssh/bob" -name 'onrush-*')" ]
}

check "two hosts answer by ssh" start_hosts
check "GNU parallel plays $shards shards on two hosts" eval '(hosts_play)'
check "GNU parallel: both hosts worked, and are as before" both_worked
check "GNU parallel: the same bytes as one machine" is_same "$work/study" parallel-shards
[ "$failed" = 0 ] || tail -20 "$work/parallel.log"
