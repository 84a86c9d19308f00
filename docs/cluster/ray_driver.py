"""Plays the shards of a plan on a Ray cluster:  python ray_driver.py study.plan SHARDS [FOLDER]

The machines share nothing: the plan goes to them, and the files of the shards come back.
"""
import hashlib, pathlib, subprocess, sys, tempfile
import ray

@ray.remote(num_cpus=1, max_retries=10, retry_exceptions=[InterruptedError])
def play(plan, index):
    here = pathlib.Path(tempfile.gettempdir(), "onrush-" + hashlib.sha256(plan).hexdigest()[:16])
    into = here / str(index)  # a second try on this machine goes on with what the first finished
    into.mkdir(parents=True, exist_ok=True)
    (into / "study.plan").write_bytes(plan)
    words = ["onrush", "shard", "run", into / "study.plan", "--index", str(index),
             "--into", into, "--threads", "1", "--quiet"]
    done = subprocess.run(words, stderr=subprocess.PIPE, text=True)
    if done.returncode < 0 or done.returncode == 105:  # killed or interrupted: try again
        raise InterruptedError(f"shard {index} ended with {done.returncode}")
    if done.returncode != 0:
        raise RuntimeError(f"shard {index}: {done.stderr}")
    return {path.name: path.read_bytes() for path in into.glob("*.shard")}

if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[3] if len(sys.argv) > 3 else "shards")
    folder.mkdir(parents=True, exist_ok=True)
    ray.init()  # the cluster that RAY_ADDRESS names, or this machine alone
    plan = ray.put(pathlib.Path(sys.argv[1]).read_bytes())
    for files in ray.get([play.remote(plan, index) for index in range(int(sys.argv[2]))]):
        for name, content in files.items():
            (folder / name).write_bytes(content)
