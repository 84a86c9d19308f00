# The array job of docs/cluster/slurm.sbatch.
source "$here/slurm.service.sh"

slurm_plays() {
  cd "$work/study" && timeout 1800 sbatch --wait --array=0-$((shards - 1)) \
    "$root/docs/cluster/slurm.sbatch" study.plan slurm-shards >/dev/null
}

check "Slurm starts on this machine" start_slurm
check "Slurm plays $shards shards" eval '(slurm_plays)'
check "Slurm: the same bytes as one machine" is_same "$work/study" slurm-shards
