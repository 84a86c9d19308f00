//! A study in shards: whoever plays the launches, in whatever order, however often they are killed,
//! the results are those of one machine, to the byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::support::{Answer, Scene, answer};

/// A desk that a spike is too much for, with two changes that help each other.
const DESK: &str = r#"[model]
title = "A desk"
run_for = "60s"
replications = 4
[param.rate]
value = "20/s"
range = ["15/s", "25/s"]
[arrivals.users]
journey = "visit"
rate = "$rate"
[journey.visit]
steps = [ { name = "ask", call = "desk.ask", timeout = "2s" } ]
[service.desk]
workers = 3
on_timeout = "ignore"
[service.desk.endpoint]
ask = [ { cpu = "exp(100ms)" } ]
[fault.slow]
at = "20s"
for = "10s"
slow = { service = "desk", factor = 1.5 }
[[objective]]
that = "share(served) > 90%"
[variant.more]
set = { "service.desk.workers" = "+1", "service.desk.on_timeout" = "cancel" }
[variant.few]
set = { "service.desk.workers" = 2 }
"#;

/// The same desk in the long run, whose warm-up is found by looking.
const STEADY: &str = r#"[model]
title = "A desk in the long run"
study = "steady"
warmup = "auto"
run_for = "5m"
replications = 4
[arrivals.users]
journey = "visit"
rate = "20/s"
[journey.visit]
steps = [ { name = "ask", call = "desk.ask" } ]
[service.desk]
workers = 3
on_timeout = "ignore"
[service.desk.endpoint]
ask = [ { cpu = "exp(100ms)" } ]
[[objective]]
that = "mean(desk.wait) < 200ms"
[variant.more]
set = { "service.desk.workers" = 4 }
"#;

/// A counter that a launch of takes hardly any time.
const SMALL: &str = r#"[model]
title = "A counter"
run_for = "20s"
replications = 4_050
[arrivals.people]
journey = "visit"
rate = "5/s"
[journey.visit]
steps = [ { name = "ask", call = "counter.serve" } ]
[service.counter]
endpoint.serve = [ { cpu = "exp(100ms)" } ]
[[objective]]
that = "share(served) > 50%"
"#;

/// How many rounds a study may take before a test gives up.
const ROUNDS: u32 = 40;

/// Plans a study in so many shards.
fn plan(scene: &Scene, shards: u32, study: &[&str]) -> Answer {
    let shards = shards.to_string();
    let words = ["shard", "plan", "--shards", &shards];
    let plan = scene.run(words.into_iter().chain(study.iter().copied()));
    let plan = plan.expect(0);
    fs::write(scene.path("study.plan"), &plan.out).expect("it can be written");
    plan
}

fn shard(scene: &Scene, plan: &str, index: u32) -> Answer {
    let index = index.to_string();
    scene.run(["shard", "run", plan, "--index", &index])
}

fn merge(scene: &Scene, plan: &str, more: &[&str]) -> Answer {
    let words = ["shard", "merge", plan, "shards", "--json", "-"];
    scene.run(words.into_iter().chain(more.iter().copied()))
}

/// Plays a study in shards to its end: the answer of the last merge, and how many rounds it took.
fn in_shards(scene: &Scene, shards: u32, study: &[&str]) -> (Answer, u32) {
    plan(scene, shards, study);
    to_the_end(scene, shards)
}

/// The same of a study that was planned.
fn to_the_end(scene: &Scene, shards: u32) -> (Answer, u32) {
    let mut of_round = "study.plan".to_owned();
    for round in 1..=ROUNDS {
        for index in 0..shards {
            shard(scene, &of_round, index).expect(0);
        }
        let answer = merge(scene, &of_round, &[]);
        if answer.code != 95 {
            return (answer, round);
        }
        assert!(answer.err.contains("another round"), "{}", answer.err);
        of_round = format!("study.{}.plan", round + 1);
    }
    panic!("it has not come to its end after {ROUNDS} rounds");
}

/// A study on this machine, with what it prints.
fn here(scene: &Scene, study: &[&str]) -> Answer {
    scene.run(study.iter().copied().chain(["--json", "-"]))
}

/// The files of shards, in order.
fn files(scene: &Scene) -> Vec<PathBuf> {
    let names = scene.names("shards").into_iter();
    let names = names.filter(|name| name.ends_with(".shard"));
    names.map(|name| scene.path("shards").join(name)).collect()
}

#[track_caller]
fn same(model: &str, study: &[&str]) -> u32 {
    let scene = Scene::with_model(model);
    let (merged, rounds) = in_shards(&scene, 3, study);
    let alone = here(&scene, study);
    assert_eq!(
        (merged.code, merged.out),
        (alone.code, alone.out),
        "{study:?}"
    );
    rounds
}

/// Studies whose launches are known beforehand take one round.
#[test]
fn every_command_gives_the_same_bytes_in_shards() {
    assert_eq!(same(DESK, &["run", "model.toml"]), 1);
    assert_eq!(same(DESK, &["run", "model.toml", "--variant", "few"]), 1);
    assert_eq!(same(DESK, &["compare", "model.toml"]), 1);
    assert_eq!(same(DESK, &["compare", "model.toml", "--factorial"]), 1);
    let midway = ["compare", "model.toml", "--from", "30s"];
    assert_eq!(same(DESK, &midway), 1);
    let given = ["run", "model.toml", "--set", "param.rate=30/s", "--explain"];
    same(DESK, &given);
    same(
        DESK,
        &["compare", "model.toml", "--best", "--at-most", "30"],
    );
    let over = ["--over", "service.desk.workers=2..4", "--replications", "3"];
    same(DESK, &[&["sweep", "model.toml"][..], &over].concat());
    let knob = ["--knob", "service.desk.workers=1..8"];
    same(DESK, &[&["size", "model.toml"][..], &knob].concat());
}

#[test]
fn studies_of_ranges_and_borders_give_the_same_bytes_in_shards() {
    let points = ["--points", "16", "--replications", "1"];
    same(DESK, &[&["uncertain", "model.toml"][..], &points].concat());
    let knobs = [
        "--knob",
        "fault.slow.for=5s..20s:5s",
        "--knob",
        "param.rate=15/s..30/s:5/s",
        "--at-most",
        "20",
    ];
    same(DESK, &[&["tip", "model.toml"][..], &knobs].concat());
    same(DESK, &["explain", "model.toml", "--replications", "2"]);
}

#[test]
fn a_steady_study_gives_the_same_bytes_in_shards() {
    same(STEADY, &["run", "model.toml"]);
    same(STEADY, &["compare", "model.toml"]);
}

/// Rounds stop at the number of launches at which one machine stops.
#[test]
fn rounds_for_a_precision_stop_where_one_machine_does() {
    let study = ["run", "model.toml", "--precision", "2%", "--at-most", "200"];
    assert!(same(DESK, &study) > 1);
}

#[test]
fn a_plan_needs_no_other_file() {
    let scene = Scene::with_model(DESK).file("load.csv", "10/s\n");
    plan(&scene, 2, &["compare", "model.toml"]);
    let alone = here(&scene, &["compare", "model.toml"]);
    fs::remove_file(scene.path("model.toml")).expect("it is there");
    for index in 0..2 {
        shard(&scene, "study.plan", index).expect(0);
    }
    assert_eq!(
        merge(&scene, "study.plan", &[]).expect(alone.code).out,
        alone.out
    );
}

/// A measured file is named from the folder of the model, so that shards and merge may be anywhere.
#[test]
fn a_calibration_is_played_and_merged_where_none_of_its_files_is() {
    let measured = "second,value\n0,50\n10,50\n20,50\n30,50\n40,50\n50,50\n";
    let model = format!("{DESK}[observed]\nmatch = {{ value = \"mean(desk.busy) in %\" }}\n");
    let scene = Scene::new()
        .file("models/desk.toml", &model)
        .file("measured/cores.csv", measured);
    let study = "calibrate models/desk.toml --observed measured/cores.csv --at-most 40";
    let study: Vec<&str> = study.split(' ').collect();
    let alone = here(&scene, &study);
    assert_ne!(alone.out, "", "{}", alone.err);
    plan(&scene, 2, &study);
    let elsewhere = Scene::new().file("study.plan", &scene.text("study.plan"));
    let (merged, _) = to_the_end(&elsewhere, 2);
    assert_eq!((merged.code, merged.out), (alone.code, alone.out));
}

/// What is read back from a plan is the same program, whatever words a model has: else it would be
/// played where the plan is made.
#[test]
fn launches_of_every_model_can_be_played_elsewhere() {
    let scene = Scene::new();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("models");
    let within = |folder: PathBuf| fs::read_dir(folder).expect("it is there").flatten();
    let all = within(folder.clone()).chain(within(folder.join("incidents")));
    let models = all.map(|entry| entry.path());
    let mut models: Vec<PathBuf> = models
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    models.sort();
    assert!(models.len() > 20);
    for model in models {
        let path = model.to_string_lossy();
        let text = fs::read_to_string(&model).expect("it is text");
        // Unless launches are looked at first: for a warm-up, or for an offset.
        let planned = match text.contains("\"auto\"") {
            true => "launches planned",
            false => "2 launches planned",
        };
        let study = ["run", &path, "--replications", "2"];
        let answer = plan(&scene, 2, &study);
        assert!(
            answer.last_line().contains(planned),
            "{path}: {}",
            answer.err
        );
    }
}

/// Engines say which of the shards is to be run; what has run is not run again.
#[test]
fn the_number_of_a_shard_comes_from_whoever_runs_it() {
    let scene = Scene::with_model(DESK);
    plan(&scene, 3, &["run", "model.toml"]);
    let names = [
        "SLURM_ARRAY_TASK_ID",
        "JOB_COMPLETION_INDEX",
        "AWS_BATCH_JOB_ARRAY_INDEX",
    ];
    for (index, name) in names.iter().enumerate() {
        let mut command = scene.command(["shard", "run", "study.plan"]);
        command.env(name, index.to_string());
        answer(command.output().expect("it starts")).expect(0);
        assert_eq!(files(&scene).len(), index + 1);
    }
    let again = shard(&scene, "study.plan", 1).expect(0);
    assert!(
        again.last_line().contains("is there already"),
        "{}",
        again.err
    );
    let beyond = shard(&scene, "study.plan", 3).expect(2);
    assert!(beyond.last_line().contains("from 0 to 2"), "{}", beyond.err);
    let nobody = scene.run(["shard", "run", "study.plan"]).expect(2);
    assert!(nobody.last_line().contains("--index 0"), "{}", nobody.err);
}

/// Each file that cannot be used is named with the reason, and the others are used.
#[test]
fn files_that_are_not_whole_or_foreign_are_refused_by_name() {
    let scene = Scene::with_model(DESK);
    let study = ["run", "model.toml", "--replications", "6"];
    plan(
        &scene,
        6,
        &["run", "model.toml", "--replications", "6", "--seed", "7"],
    );
    shard(&scene, "study.plan", 0).expect(0);
    plan(&scene, 6, &study);
    for index in 0..6 {
        shard(&scene, "study.plan", index).expect(0);
    }
    let all = files(&scene);
    assert_eq!(all.len(), 7);
    let begins_alike = |path: &&PathBuf| {
        let alike = all
            .iter()
            .filter(|other| name(other)[..8] == name(path)[..8]);
        alike.count() > 1
    };
    let (mine, foreign): (Vec<&PathBuf>, Vec<&PathBuf>) = all.iter().partition(begins_alike);
    assert_eq!((foreign.len(), mine.len()), (1, 6));
    let whole = |at: usize| fs::read(mine[at]).expect("it is there");
    let [cut, flipped, older, first] = [whole(1), whole(2), whole(3), whole(0)];
    fs::write(mine[1], &cut[..cut.len() - 100]).expect("it can be written");
    let mut bytes = flipped.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 4;
    fs::write(mine[2], bytes).expect("it can be written");
    let text = String::from_utf8_lossy(&older).into_owned();
    let version = text
        .lines()
        .nth(1)
        .expect("the second line is the version")
        .len();
    let at = older
        .iter()
        .position(|byte| *byte == b'\n')
        .expect("it has lines")
        + 1;
    let mut bytes = older.clone();
    bytes[at..at + version].copy_from_slice(&vec![b'0'; version]);
    fs::write(mine[3], bytes).expect("it can be written");
    fs::write(scene.path("shards/copy.shard"), &first).expect("it can be written");
    fs::write(scene.path("shards/what.shard"), "what?").expect("it can be written");
    let merged = merge(&scene, "study.plan", &[]).expect(96);
    let said = |path: &PathBuf, why: &str| {
        let line = merged.err.lines().find(|line| line.contains(&name(path)));
        let line = line.unwrap_or_else(|| panic!("{} is not named in {}", name(path), merged.err));
        assert!(line.contains(why), "{line}");
    };
    said(foreign[0], "another study");
    said(mine[1], "cut off or changed");
    said(mine[2], "cut off or changed");
    said(mine[3], "played by onrush 0000");
    said(&scene.path("what.shard"), "no file of a shard");
    // Of two copies the first by name is used.
    assert!(merged.err.contains("is there already"), "{}", merged.err);
    let last = merged.last_line();
    assert!(last.contains("3 of 6 shards are missing"), "{last}");
    assert!(last.contains("1, 2 and 3"), "{last}");
    // With the rest there is an answer, and it is marked.
    let partial = merge(&scene, "study.plan", &["--partial"]).expect(96);
    assert!(
        partial.out.contains("\"stopped\": \"partial\""),
        "{}",
        partial.out
    );
    assert!(
        partial.out.contains("\"complete\": false"),
        "{}",
        partial.out
    );
    assert!(
        partial.out.contains("\"replications\": 3"),
        "{}",
        partial.out
    );
    for index in 1..4 {
        shard(&scene, "study.plan", index).expect(0);
    }
    let alone = here(&scene, &study);
    assert_eq!(
        merge(&scene, "study.plan", &[]).expect(alone.code).out,
        alone.out
    );
}

fn name(path: &Path) -> String {
    let name = path.file_name().expect("a file has a name");
    name.to_string_lossy().into_owned()
}

/// A plan that was changed, cut off, or made by another version is refused, and so is what makes no
/// sense in shards.
#[test]
fn plans_that_cannot_be_used_are_refused() {
    let scene = Scene::with_model(DESK);
    let whole = plan(&scene, 2, &["run", "model.toml"]).out;
    let refused = |text: &[u8], why: &str| {
        fs::write(scene.path("other.plan"), text).expect("it can be written");
        let answer = shard(&scene, "other.plan", 0).expect(1);
        assert!(answer.last_line().contains(why), "{}", answer.err);
        assert!(answer.last_line().contains("other.plan"), "{}", answer.err);
    };
    let other = |from: &str, to: &str| whole.replace(from, to).into_bytes();
    refused(&whole.as_bytes()[..whole.len() / 2], "not whole");
    refused(&other("A desk", "A disk"), "not whole");
    refused(&[whole.as_bytes(), b"\xff"].concat(), "not whole");
    refused(&other("onrush.plan/1 ", "onrush.plan/9 "), "onrush.plan/9");
    refused(DESK.as_bytes(), "it is no plan");
    refused(b"", "it is no plan");
    let typed = |words: &[&str], why: &str| {
        let shard = ["shard", "plan"].into_iter();
        let answer = scene.run(shard.chain(words.iter().copied())).expect(2);
        assert!(answer.err.contains(why), "{}", answer.err);
    };
    typed(&["run", "model.toml"], "--shards 8");
    typed(
        &["run", "model.toml", "--shards", "many"],
        "from 1 to 100000",
    );
    typed(
        &["--shards", "2", "run", "model.toml", "--within", "5s"],
        "--within",
    );
    typed(
        &["--shards", "2", "check", "model.toml"],
        "shards are for run",
    );
    typed(
        &["--shards", "2", "compare", "model.toml", "model.toml"],
        "one model",
    );
    typed(&["--shards", "2", "run", "model.toml", "--what"], "--what");
    let absent = scene.run(["shard", "plan", "--shards", "2", "run", "no.toml"]);
    assert_eq!(absent.code, 1, "{}", absent.err);
    let nowhere = scene
        .run(["shard", "merge", "study.plan", "nowhere"])
        .expect(96);
    assert!(nowhere.err.contains("nowhere"), "{}", nowhere.err);
}

/// A quarter of the workers is killed at moments of their own and runs again: nothing is lost,
/// nothing counts twice.
#[test]
fn killed_workers_lose_nothing() {
    let trials = 5;
    let scene = Scene::with_model(DESK);
    let study = ["run", "model.toml", "--replications", "160"];
    plan(&scene, 8, &study);
    let alone = here(&scene, &study);
    let mut killed = 0;
    for trial in 0..trials {
        let _ = fs::remove_dir_all(scene.path("shards"));
        let start = |index: u32| {
            let index = index.to_string();
            let words = [
                "shard",
                "run",
                "study.plan",
                "--threads",
                "1",
                "--index",
                &index,
            ];
            let mut command = scene.command(words);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().expect("it starts")
        };
        for index in 0..8 {
            let mut worker = start(index);
            if (index + trial) % 4 == 0 {
                thread::sleep(Duration::from_millis(u64::from(
                    3 + (index * 37 + trial * 53) % 60,
                )));
                killed += u32::from(worker.kill().is_ok());
                let _ = worker.wait();
                worker = start(index);
            }
            assert!(worker.wait().expect("it ends").success());
        }
        let merged = merge(&scene, "study.plan", &[]).expect(alone.code);
        assert_eq!(merged.out, alone.out);
        let left = scene
            .names("shards")
            .into_iter()
            .filter(|name| name.ends_with(".part"));
        assert_eq!(left.count(), 0);
    }
    assert!(killed > 0);
}

/// What is said of all launches rests on all, the rest on the first four thousand, and the document
/// says so: the same in shards as on one machine.
#[test]
fn of_many_launches_the_first_are_kept_in_detail() {
    let scene = Scene::with_model(SMALL);
    let alone = here(&scene, &["run", "model.toml"]).expect(0);
    let found: Value = serde_json::from_str(&alone.out).expect("it is JSON");
    let baseline = &found["variants"]["baseline"];
    assert_eq!(found["replications"], 4_050);
    assert_eq!(found["detailed"], 4_000);
    for of_all in [
        &baseline["objectives"][0]["chance"]["n"],
        &baseline["metrics"]["mean(orbit)"]["n"],
        &baseline["recovery"]["collapsed"]["n"],
    ] {
        assert_eq!(*of_all, 4_050);
    }
    assert_eq!(baseline["users"]["arrived"]["n"], 4_000);
    let values = baseline["values"]["count(arrived)"].as_array();
    assert_eq!(values.map(Vec::len), Some(4_000));
    let notes = found["notes"].as_array().expect("there are notes");
    assert!(notes.iter().any(|note| note["code"] == "N214"), "{notes:?}");
    let (merged, _) = in_shards(&scene, 3, &["run", "model.toml"]);
    assert!(merged.out == alone.out, "shards give another document");
    // Of what is there the first are kept in detail, whatever their numbers.
    for path in &files(&scene)[..2] {
        fs::remove_file(path).expect("it is there");
    }
    let partial = merge(&scene, "study.plan", &["--partial"]).expect(96);
    let found: Value = serde_json::from_str(&partial.out).expect("it is JSON");
    assert_eq!(found["replications"], 1_350);
    assert_eq!(found["detailed"], Value::Null);
    let arrived = &found["variants"]["baseline"]["users"]["arrived"]["n"];
    assert_eq!(*arrived, 1_350);
    let fewer = here(&scene, &["run", "model.toml", "--replications", "30"]).expect(0);
    assert!(!fewer.out.contains("detailed"), "{}", fewer.out);
}

/// A launch that needs more than is allowed is refused in a shard as on one machine; one that needs
/// no more is not asked for again.
#[test]
fn limits_of_a_plan_hold_in_its_shards() {
    let scene = Scene::with_model(DESK);
    for (limit, why) in [("--events=3k", "events"), ("--memory=1KiB", "bytes")] {
        let study = ["run", "model.toml", limit];
        let alone = here(&scene, &study).expect(1);
        assert!(alone.last_line().contains(why), "{}", alone.err);
        plan(&scene, 1, &study);
        let refused = shard(&scene, "study.plan", 0).expect(1);
        assert!(refused.last_line().contains(why), "{}", refused.err);
    }
    assert_eq!(same(DESK, &["run", "model.toml", "--events", "30k"]), 1);
}

/// An answer from a part of the launches says so wherever somebody may look.
#[test]
fn a_partial_answer_is_marked_everywhere() {
    let over = "sweep model.toml --over service.desk.workers=2..4 --replications 2";
    for study in [
        "run model.toml --explain",
        "compare model.toml --factorial",
        over,
    ] {
        let scene = Scene::with_model(DESK);
        let study: Vec<&str> = study.split(' ').collect();
        plan(&scene, 2, &study);
        shard(&scene, "study.plan", 1).expect(0);
        let told = ["--partial", "--junit", "junit.xml"];
        let partial = merge(&scene, "study.plan", &told).expect(96);
        let is_marked = partial.out.contains("\"stopped\": \"partial\"");
        assert!(is_marked, "{study:?}: {}", partial.err);
        assert!(partial.out.contains("\"complete\": false"), "{study:?}");
        let last = partial.last_line();
        assert!(last.contains("partial: 1 of 2 shards is missing"), "{last}");
        assert!(!last.contains("interrupted"), "{last}");
        let junit = scene.text("junit.xml");
        assert!(junit.contains("<error message=\"Partial: "), "{junit}");
    }
}

/// What comes by a pipe has no place beside which the next plan could go.
#[test]
fn a_plan_may_come_by_a_pipe() {
    let scene = Scene::with_model(DESK);
    plan(&scene, 1, &["run", "model.toml", "--precision", "0.5%"]);
    let text = scene.text("study.plan");
    let run = ["shard", "run", "-", "--index", "0"];
    scene.run_with(&text, run).expect(0);
    let merge = ["shard", "merge", "-", "shards"];
    let lost = scene.run_with(&text, merge).expect(2);
    assert!(lost.last_line().contains("--next FILE"), "{}", lost.err);
    let next = ["shard", "merge", "-", "shards", "--next", "-"];
    let next = scene.run_with(&text, next).expect(95);
    assert!(next.out.starts_with("onrush.plan/1 "), "{}", next.out);
    assert_eq!(scene.names("."), ["model.toml", "shards", "study.plan"]);
}
