# The driver of docs/cluster/ray_driver.py on a cluster of two workers.
start_ray() {
  python || return
  export RAY_USAGE_STATS_ENABLED=0 RAY_DISABLE_IMPORT_WARNING=1 RAY_NODE_IP_ADDRESS=127.0.0.1
  # Its token and its files stay in the folder, and no driver starts a cluster of its own.
  mkdir -p "$work/ray"
  export HOME=$work RAY_ADDRESS=127.0.0.1:${RAY_PORT:-6399}
  stops+=(stop_ray)
  ray_node --head --port="${RAY_ADDRESS#*:}" --include-dashboard=false --temp-dir="$work/ray"
  within 60 ray_has 1 || return
  ray_node --address="$RAY_ADDRESS"
  within 60 ray_has 2
}

# A node with one processor, in a session of its own; it ends with its first process.
ray_node() {
  setsid "$work/venv/bin/ray" start --block --node-ip-address=127.0.0.1 --num-cpus=1 \
    --object-store-memory=100000000 --disable-usage-stats "$@" >>"$work/ray.log" 2>&1 &
  ray_nodes+=($!)
}
ray_nodes=()

ray_has() {
  timeout 30 "$work/venv/bin/python" - "$1" \
    >/dev/null 2>&1 <<'PYTHON'
import sys, ray
ray.init(log_to_driver=False)
sys.exit(ray.cluster_resources().get("CPU", 0) != float(sys.argv[1]))
PYTHON
}

stop_ray() {
  local node
  for node in "${ray_nodes[@]}"; do kill "$node"; done
  within 15 ray_has_ended
  # Each node is a session of its own: what is left of it ends here.
  for node in "${ray_nodes[@]}"; do pkill -KILL --session "$node"; done
}

ray_has_ended() {
  local node
  for node in "${ray_nodes[@]}"; do [ -z "$(pgrep --session "$node")" ] || return; done
}

ray_plays() {
  cd "$work/study" && TMPDIR=$work timeout 1800 "$work/venv/bin/python" \
    "$root/docs/cluster/ray_driver.py" study.plan $shards ray-shards >>"$work/ray.log" 2>&1
}

check "Ray starts with two workers" start_ray
check "Ray plays $shards shards" eval '(ray_plays)'
check "Ray: the same bytes as one machine" is_same "$work/study" ray-shards
[ "$failed" = 0 ] || tail -20 "$work/ray.log"
