//! Systems that have little: a sentence and the right code each.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::{DESK, prepared, tool};
use crate::support::{Answer, Scene, answer};

const RUN: [&str; 4] = ["run", "model.toml", "--out", "out"];

/// More users at once than fit into half a gigabyte.
const CROWD: &str = r#"[model]
run_for = "10m"
replications = 2
[arrivals.all]
journey = "visit"
rate = "3k/s"
[journey.visit]
steps = [ { call = "desk.ask", timeout = "10m" } ]
[service.desk]
endpoint.ask = [ { wait = "5m" } ]
"#;

fn ended(mut command: Command) -> Answer {
    answer(command.output().expect("the command starts"))
}

/// Runs as somebody who administers nothing: one who does may do what others may not.
fn humbly(scene: &Scene, limits: &str, words: &[&str]) -> Answer {
    let mut command = prepared(scene, limits, words.iter().copied());
    if fs::metadata("/proc/self").is_ok_and(|found| found.uid() == 0) {
        let all = fs::Permissions::from_mode(0o755);
        fs::set_permissions(scene.path("."), all).expect("it is ours");
        command.uid(65_534).gid(65_534);
    }
    ended(command)
}

#[test]
fn addresses_for_half_a_gigabyte() {
    let limits = "ulimit -v 524288";
    let small = Scene::with_model(DESK);
    ended(prepared(&small, limits, RUN)).expect(0);
    let many = ["run", "model.toml", "--threads", "65535"];
    ended(prepared(&small, limits, many)).expect(0);
    let crowd = Scene::with_model(CROWD);
    let given_up = ended(prepared(&crowd, limits, ["run", "model.toml"])).expect(1);
    let why = "exit 1: replication 0 of `baseline` needs too much: more than ";
    assert!(given_up.last_line().starts_with(why), "{}", given_up.err);
}

#[test]
fn more_threads_than_anybody_has() {
    let scene = Scene::with_model(DESK);
    let run = ["run", "model.toml", "--json", "-", "--quiet", "--threads"];
    let one = scene.run(run.into_iter().chain(["1"])).expect(0);
    for threads in ["2", "1000", "65535"] {
        let many = scene.run(run.into_iter().chain([threads])).expect(0);
        assert!(many.out == one.out, "{threads}");
    }
    for wrong in ["0", "65536", "many"] {
        scene.run(run.into_iter().chain([wrong])).expect(2);
    }
}

/// Shells disagree on the letter.
const ONE_THREAD: &str = "ulimit -u 1 2>/dev/null || ulimit -p 1";

#[test]
fn no_thread_but_the_first() {
    let scene = Scene::with_model(DESK);
    for threads in ["1", "2", "8"] {
        let run = ["run", "model.toml", "--json", "-", "--threads", threads];
        let ended = humbly(&scene, ONE_THREAD, &run).expect(0);
        assert!(!ended.err.contains("panicked"), "{}", ended.err);
        assert!(ended.out == scene.run(run).expect(0).out);
    }
    humbly(&scene, ONE_THREAD, &["check", "model.toml"]).expect(0);
    let both = "[variant.more]\nset = { \"service.desk.workers\" = 8 }\n";
    let scene = Scene::with_model(&(DESK.to_owned() + both));
    humbly(&scene, ONE_THREAD, &["compare", "model.toml"]).expect(0);
}

#[test]
fn a_folder_that_takes_nothing() {
    let scene = Scene::with_model(DESK).file("out/results.json", "old");
    for folder in [".", "out"] {
        let mode = fs::Permissions::from_mode(0o555);
        fs::set_permissions(scene.path(folder), mode).expect("it is ours");
    }
    let all: [(&[&str], &str); 3] = [
        (&RUN, "out/results.json"),
        (&["run", "model.toml", "--json", "new.json"], "new.json"),
        (&["init", "new.toml"], "new.toml"),
    ];
    for (words, path) in all {
        let refused = humbly(&scene, "", words).expect(1);
        let why = format!("exit 1: cannot write `{path}`: no permission");
        assert_eq!(refused.last_line(), why);
        assert_eq!(refused.out, "", "before any work");
    }
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(scene.path("."), mode.clone()).expect("it is ours");
    fs::set_permissions(scene.path("out"), mode).expect("it is ours");
    assert_eq!(scene.text("out/results.json"), "old");
}

/// Runs where `disk` is a disk of its own with these options; nobody else sees it. None where that
/// is not allowed.
fn on_a_disk(scene: &Scene, options: &str, then: &str, words: &[&str]) -> Option<Answer> {
    if !tool(
        scene,
        ["unshare", "--mount", "mount", "-t", "tmpfs", "none", "disk"],
    ) {
        return None;
    }
    let limits = format!("mount -t tmpfs -o {options} none disk && {then}");
    let inner = prepared(scene, &limits, words.iter().copied());
    let mut command = Command::new("unshare");
    command.arg("--mount").arg(inner.get_program());
    command.args(inner.get_args()).current_dir(scene.path("."));
    Some(ended(command))
}

#[test]
fn a_disk_that_is_full() {
    let scene = Scene::with_model(DESK).file("disk/x", "x");
    let run = ["run", "model.toml", "--out", "disk/out"];
    let Some(full) = on_a_disk(&scene, "size=100k", "true", &run) else {
        return;
    };
    let last = full.last_line().to_owned();
    assert!(
        last.starts_with("exit 1: cannot write `disk/out/"),
        "{}",
        full.err
    );
    assert!(last.ends_with("`: the disk is full"), "{}", full.err);
    assert!(
        full.out.contains("A desk"),
        "the words are not lost: {}",
        full.out
    );
    assert_eq!(full.code, 1);
}

#[test]
fn a_disk_that_is_read_only() {
    let scene = Scene::with_model(DESK).file("disk/x", "x");
    let run = ["run", "model.toml", "--out", "disk/out"];
    let Some(refused) = on_a_disk(&scene, "ro", "true", &run) else {
        return;
    };
    let why = "exit 1: cannot write `disk/out/results.json`: the disk is read-only";
    assert_eq!(refused.last_line(), why);
    assert_eq!((refused.code, refused.out.as_str()), (1, ""));
}

/// Such a limit ends a process by a signal unless it minds.
#[test]
fn files_that_may_not_be_large() {
    let scene = Scene::with_model(DESK).file("out/results.json", "old");
    let words: [&[&str]; 2] = [&RUN, &["run", "model.toml", "--json", "alone.json"]];
    for words in words {
        let refused = ended(prepared(&scene, "ulimit -f 8", words.iter().copied())).expect(1);
        let why = "the system lets no file be that large";
        assert!(refused.last_line().ends_with(why), "{}", refused.err);
    }
    assert_eq!(scene.names("."), ["model.toml", "out"]);
    assert_eq!(scene.text("out/results.json"), "old");
    assert!(!scene.path("out/report.html").exists());
    let printed = "exec >printed; ulimit -f 1";
    let schema = ["schema", "results"];
    let refused = ended(prepared(&scene, printed, schema)).expect(1);
    assert!(refused.last_line().contains("cannot write to stdout"));
}

/// Nothing that a shell usually sets.
#[test]
fn an_environment_with_nothing_in_it() {
    let scene = Scene::with_model(DESK);
    let expected = scene.run(["run", "model.toml"]).expect(0);
    let odd = [
        ("COLUMNS", "20"),
        ("COLUMNS", "0"),
        ("COLUMNS", "x"),
        ("TERM", "dumb"),
    ];
    for (name, value) in odd.into_iter().chain([("HOME", "")]) {
        for words in [
            &["run", "model.toml"][..],
            &["check", "model.toml"],
            &["compare", "model.toml", "--help"],
            &["man"],
        ] {
            let mut command = scene.command(words.iter().copied());
            command.env_clear().env(name, value);
            ended(command).expect(0);
        }
    }
    let mut bare = scene.command(["run", "model.toml"]);
    bare.env_clear();
    assert_eq!(ended(bare).expect(0).out, expected.out);
}

/// The number of threads is ours to say: no variable of a library counts.
#[test]
fn an_environment_that_wants_too_much() {
    let scene = Scene::with_model(DESK);
    let mut command = scene.command(["run", "model.toml"]);
    command.env("RAYON_NUM_THREADS", "65535");
    ended(command).expect(0);
}
