# Trials on Slurm in which two of eight workers are killed: one loses its onrush, so that the script
# has it queued again; the other loses everything, and the operator has it queued again.
source "$here/slurm.service.sh"
RANDOM=$seed
# Launches of a trial: few, so that many trials take minutes.
few=2

# processes JOB INDEX: those of a task of the array, onrush first.
processes() {
  local file
  for file in /proc/[0-9]*/environ; do
    { tr '\0' '\n' <"$file" | grep -qx "SLURM_ARRAY_JOB_ID=$1" &&
      tr '\0' '\n' <"$file" | grep -qx "SLURM_ARRAY_TASK_ID=$2"; } 2>/dev/null || continue
    file=${file%/environ}
    echo "$(cat "$file/comm" 2>/dev/null) ${file##*/}"
  done | sort -r | sed -n 's/^onrush /onrush /p; t; s/^[^ ]* /other /p'
}

# strike KIND JOB MOMENT INDEX...: kills the first of the tasks that is alive so many milliseconds
# after it began. Who was too late for one is sooner for the next.
strike() {
  local kind=$1 job=$2 moment=$3 index found
  shift 3
  for index; do
    for ((i = 0; i < 600; i++)); do
      ls shards/*-*"$index".shard >/dev/null 2>&1 && continue 2
      found=$(processes "$job" "$index")
      grep -q onrush <<<"$found" && break
      sleep 0.1
    done
    sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
    found=$(processes "$job" "$index")
    grep -q onrush <<<"$found" || { moment=$((moment / 3)); continue; }
    [ "$kind" = all ] || found=$(grep onrush <<<"$found")
    # shellcheck disable=SC2046
    kill -KILL $(cut -d' ' -f2 <<<"$found") 2>/dev/null || continue
    echo "$index $kind $moment" >>struck
    [ "$kind" = all ] || return 0
    within 30 has_failed "$job" "$index"
    scontrol requeue "${job}_$index"
    return
  done
}

has_failed() {
  scontrol show job "$1_$2" 2>/dev/null | grep -q JobState=FAILED
}

is_empty() {
  [ -z "$(timeout 5 squeue -h 2>&1)" ]
}

# trial NAME: in a folder of its own. Returns 3 where workers were done before their moment came.
trial() {
  mkdir "$work/losses/$1" && cd "$work/losses/$1" || return
  cp ../study.plan ../local.json ../local.code .
  local job order
  # shellcheck disable=SC2207
  order=($(seq 0 $((shards - 1)) | while read -r n; do echo "$RANDOM $n"; done | sort -n | cut -d' ' -f2))
  job=$(sbatch --parsable --array=0-$((shards - 1)) "$root/docs/cluster/slurm.sbatch" study.plan) || return
  # At any moment of a shard's time, as measured on this machine, but for its end: who strikes looks
  # for the process first.
  strike onrush "$job" $((RANDOM % (longest * 4 / 5))) "${order[@]:0:4}" &
  strike all "$job" $((RANDOM % (longest * 4 / 5))) "${order[@]:4}" &
  wait
  within 300 is_empty || return
  local killed
  killed=$(wc -l 2>/dev/null <struck || echo 0)
  echo "        killed: $(sed 's/\(.*\) \(.*\) \(.*\)/shard \1 (\2) after \3 ms/' struck 2>/dev/null | paste -sd, -)"
  # One file for each shard, and nothing else.
  [ "$(ls -A shards | wc -l)" = "$shards" ] || { ls -lA shards >&2; return 1; }
  is_same . shards || return 1
  [ "$killed" -ge $((shards / 4)) ] || return 3
}

# trials NUMBER: until as many were killed as should be.
trials() {
  local code
  for try in 1 2 3 4 5; do
    (trial "$1.$try")
    code=$?
    [ $code = 3 ] || return $code
  done
  return 1
}

check "Slurm is there for the losses" start_slurm
local_answer "$work/losses" $few
begun=$(date +%s%N)
(cd "$work/losses" && onrush shard run study.plan --index 0 --into first --threads 1 --quiet)
longest=$((($(date +%s%N) - begun) / 1000000))
for ((number = 1; number <= trials; number++)); do
  check "trial $number: a quarter killed, the same bytes" trials "$number"
done
