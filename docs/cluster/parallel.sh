#!/bin/bash
# Plays the shards of a plan on machines that are reached by ssh, and brings their files back:
#   ./parallel.sh study.plan SHARDS alice,bob [FOLDER]
# The machines share nothing. Each needs onrush and rsync where a command sent by ssh finds them.
set -euo pipefail
plan=${1:?usage: parallel.sh study.plan SHARDS HOST,HOST [FOLDER]}
shards=$2 hosts=$3 into=${4:-shards}
study=onrush-$(sha256sum <"$plan" | cut -c1-16)
mkdir -p "$into"
into=$(realpath "$into")
returned=$(mktemp -d "$into/returned.XXXXXX")
trap 'rm -rf "$returned"' EXIT
cp "$plan" "$returned/study.plan"

# On each machine all stands in ~/onrush-…, which stays until all is done, so that a shard goes on
# with what an earlier try has finished. A shard that fails is tried on another machine.
cd "$returned"
failed=0
parallel --sshlogin "$hosts" --jobs 100% --retries 5 --joblog "$into/$study.log" \
  --workdir "$study" --basefile study.plan --return '{}/' \
  "onrush shard run study.plan --index {} --into {} --threads 1 --quiet" \
  ::: $(seq 0 $((shards - 1))) || failed=$?
cd - >/dev/null
find "$returned" -name '*.shard' -exec mv -t "$into" {} +
[ "$failed" = 0 ] || { echo "$failed shards failed: run it again" >&2; exit 1; }

# The folders of the study are of no use any more.
parallel --sshlogin "$hosts" --nonall "rm -rf $study"
