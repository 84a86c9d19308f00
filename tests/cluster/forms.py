"""Runs the commands of the Kubernetes files and of the GitHub workflow in plain processes, as their
systems would, and holds what comes out against one machine:  forms.py ROOT FOLDER
"""
import json, os, pathlib, shutil, subprocess, sys
import yaml

root, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
ready = root / "docs/cluster"
STUDY = "compare launch.toml --replications 6"
SHARDS = "3"

def run(words, at, code=0, **more):
    done = subprocess.run(words, cwd=at, capture_output=True, text=True,
                          env={**os.environ, **more})
    if done.returncode != code:
        sys.exit(f"{words}: {done.returncode}, not {code}\n{done.stdout}{done.stderr}")

def kubernetes(at):
    """Each pod of the Job, with its volumes as folders."""
    documents = list(yaml.safe_load_all((ready / "kubernetes-job.yaml").read_text()))
    job = next(document for document in documents if document["kind"] == "Job")
    pod = job["spec"]["template"]["spec"]
    shard = pod["containers"][0]
    folders = {"plan": at, "shards": at / "volume"}
    folders["shards"].mkdir()
    for index in range(int(SHARDS)):
        words = shard["command"] + shard["args"]
        for mount in shard["volumeMounts"]:
            words = [word.replace(mount["mountPath"], str(folders[mount["name"]]), 1)
                     if word.startswith(mount["mountPath"]) else word for word in words]
        run(words, at, JOB_COMPLETION_INDEX=str(index))
    assert len(list(folders["shards"].iterdir())) == int(SHARDS)
    words = ["onrush", "shard", "merge", "study.plan", "volume", "--out", "kubernetes"]
    run(words, at, CODE)

def github(at):
    """The scripts of the jobs; what an action would carry stays in the folder."""
    jobs = yaml.safe_load((ready / "github-actions.yml").read_text())["jobs"]
    scripts = {step["name"]: step["run"] for job in jobs.values() for step in job["steps"]
               if "run" in step}
    bash = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"]
    (at / "bin").mkdir()
    shutil.copy(shutil.which("onrush"), at / "bin/onrush")
    output = at / "output"
    run([*bash, scripts["Plan"]], at, STUDY=STUDY, SHARDS=SHARDS, GITHUB_OUTPUT=str(output))
    indexes = json.loads(output.read_text().removeprefix("indexes="))
    assert indexes == list(range(int(SHARDS))), indexes
    for index in indexes:
        run([*bash, scripts["Play"]], at, INDEX=str(index))
    run([*bash, scripts["Merge"]], at, CODE)

work.mkdir()
shutil.copy(root / "models/hello-queue.toml", work / "launch.toml")
words = ["onrush", *STUDY.split(), "--out", "local"]
CODE = subprocess.run(words, cwd=work, capture_output=True).returncode
with open(work / "study.plan", "wb") as plan:
    subprocess.run(["onrush", "shard", "plan", "--shards", SHARDS, *STUDY.split()], cwd=work,
                   stdout=plan, stderr=subprocess.DEVNULL, check=True)
kubernetes(work)
github(work)
for name in ["kubernetes", "report"]:
    here, there = work / "local/results.json", work / name / "results.json"
    assert here.read_bytes() == there.read_bytes(), name
