//! The store of finished launches: what it returns is what would have been played, to the byte,
//! whoever wrote it, however it was treated.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::support::{Answer, Scene, answer};

/// A desk with launches that are just large enough to be kept.
const BUSY: &str = r#"[model]
title = "A busy desk"
run_for = "20s"
replications = 3
[arrivals.users]
journey = "visit"
rate = "3000/s"
[journey.visit]
steps = [ { name = "ask", call = "desk.ask", timeout = "2s" } ]
[service.desk]
workers = 135
cores = 135
[service.desk.endpoint]
ask = [ { cpu = "exp(40ms)" } ]
[fault.slow]
at = "10s"
for = "2s"
slow = { service = "desk", factor = 1.1 }
[variant.quick]
set = { "fault.slow.slow" = { service = "desk", factor = 1.05 } }
"#;

/// A command that keeps launches in the folder `store` of its scene.
fn storing<'a>(scene: &Scene, words: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = scene.command(words);
    command.env("ONRUSH_STORE", scene.path("store"));
    command
}

fn run<'a>(scene: &Scene, words: impl IntoIterator<Item = &'a str>) -> Answer {
    answer(storing(scene, words).output().expect("the command starts"))
}

/// The results of a number of launches, with the store.
fn launches(scene: &Scene, n: &str, more: &[&str]) -> Answer {
    let words = ["run", "model.toml", "--json", "-", "--replications", n];
    run(scene, words.into_iter().chain(more.iter().copied())).expect(0)
}

/// The same without it.
fn played(scene: &Scene, n: &str) -> String {
    let words = ["run", "model.toml", "--json", "-", "--replications", n];
    scene.run(words).expect(0).out
}

/// The files of launches, in order.
fn kept(scene: &Scene) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let mut folders = vec![scene.path("store")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path if path.extension().is_some_and(|ending| ending == "launch") => {
                    all.push(path);
                }
                _ => {}
            }
        }
    }
    all.sort();
    all
}

fn found(answer: &Answer) -> u32 {
    let line = answer
        .err
        .lines()
        .find(|line| line.contains("in the store"));
    line.map_or(0, |line| {
        let number = line.split_whitespace().next();
        let number = number.and_then(|number| number.parse().ok());
        number.expect("the line begins with a number")
    })
}

#[test]
fn what_was_played_is_not_played_again() {
    let scene = Scene::with_model(BUSY);
    let (three, five) = (played(&scene, "3"), played(&scene, "5"));
    let first = launches(&scene, "3", &[]);
    assert_eq!((found(&first), kept(&scene).len()), (0, 3));
    let again = launches(&scene, "3", &[]);
    assert_eq!((found(&again), kept(&scene).len()), (3, 3));
    let wider = launches(&scene, "5", &["--threads", "1"]);
    assert_eq!((found(&wider), kept(&scene).len()), (3, 5));
    let fresh = launches(&scene, "5", &["--fresh"]);
    assert_eq!((found(&fresh), kept(&scene).len()), (0, 5));
    assert_eq!([first.out, again.out], [three.clone(), three]);
    assert_eq!([wider.out, fresh.out], [five.clone(), five]);
    // Another seed, another load, and a limit that the launches do not keep, are other questions.
    assert_eq!(found(&launches(&scene, "3", &["--seed", "7"])), 0);
    let other = ["--set", "arrivals.users.rate=2990/s"];
    assert_eq!(found(&launches(&scene, "3", &other)), 0);
    let few = ["run", "model.toml", "--events", "70000"];
    let refused = run(&scene, few).expect(1);
    assert!(refused.err.contains("70000"), "{}", refused.err);
}

/// A comparison finds what a run has played, and variants that share what came before they part are
/// found one by one.
#[test]
fn a_wider_question_finds_what_a_narrower_one_has_played() {
    let scene = Scene::with_model(BUSY);
    launches(&scene, "2", &[]);
    let compare = ["compare", "model.toml", "--json", "-", "--no-attribution"];
    let words = || compare.into_iter().chain(["--replications", "2"]);
    let alone = scene.run(words()).expect(0);
    let first = run(&scene, words()).expect(0);
    let again = run(&scene, words()).expect(0);
    assert_eq!((found(&again), kept(&scene).len()), (4, 4));
    assert_eq!([first.out, again.out], [alone.out.clone(), alone.out]);
}

/// Whatever was cut off, changed, or put in place of another is played again, and then whole.
#[test]
fn what_is_not_whole_is_not_used() {
    let scene = Scene::with_model(BUSY);
    let three = launches(&scene, "3", &[]).out;
    let files = kept(&scene);
    let bytes: Vec<Vec<u8>> = files
        .iter()
        .map(|path| fs::read(path).expect("it is there"))
        .collect();
    let spoil = |at: usize, bytes: &[u8]| fs::write(&files[at], bytes).expect("it can be written");
    spoil(0, &bytes[0][..bytes[0].len() / 2]);
    let mut flipped = bytes[1].clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 16;
    spoil(1, &flipped);
    spoil(2, &bytes[0]);
    assert_eq!(launches(&scene, "3", &[]).out, three);
    spoil(0, b"");
    spoil(1, b"what?");
    assert_eq!(launches(&scene, "3", &[]).out, three);
    assert_eq!(found(&launches(&scene, "3", &[])), 3);
    for (path, bytes) in files.iter().zip(&bytes) {
        assert_eq!(&fs::read(path).expect("it is there"), bytes);
    }
}

#[test]
fn a_store_of_another_version_is_never_used() {
    let scene = Scene::with_model(BUSY);
    let two = launches(&scene, "2", &[]).out;
    let versions = scene.names("store");
    assert_eq!(versions.len(), 1);
    let store = scene.path("store");
    let older = "0.0.9-0123456789abcdef";
    fs::rename(store.join(&versions[0]), store.join(older)).expect("it can be renamed");
    let again = launches(&scene, "2", &[]);
    assert_eq!((found(&again), again.out), (0, two));
    let shown = run(&scene, ["store"]).expect(0);
    assert!(
        shown.out.starts_with("2 finished launches of this version"),
        "{}",
        shown.out
    );
    assert!(shown.out.contains("are of other versions"), "{}", shown.out);
    // They are the first to go.
    let size = kept(&scene)
        .into_iter()
        .map(|path| fs::metadata(path).map_or(0, |about| about.len()));
    let half = format!("{}B", size.sum::<u64>() / 2 + 1_000);
    run(&scene, ["store", "--trim", &half]).expect(0);
    assert_eq!(found(&launches(&scene, "2", &[])), 2);
    run(&scene, ["store", "--clear"]).expect(0);
    assert_eq!((kept(&scene).len(), scene.names("store").len()), (0, 0));
}

/// What the store may grow to is kept after each study; what was used last goes last.
#[test]
fn the_store_stays_below_its_size() {
    let scene = Scene::with_model(BUSY);
    launches(&scene, "1", &[]);
    let one = fs::metadata(&kept(&scene)[0]).expect("it is there").len();
    let mut command = storing(&scene, ["run", "model.toml", "--replications", "6"]);
    command.env("ONRUSH_STORE_SIZE", format!("{}B", 3 * one));
    answer(command.output().expect("the command starts")).expect(0);
    let size = |path: &PathBuf| fs::metadata(path).map_or(0, |about| about.len());
    let left: u64 = kept(&scene).iter().map(size).sum();
    assert!(left <= 3 * one && left > 0, "{left} of {}", 3 * one);
    let mut wrong = storing(&scene, ["store"]);
    wrong.env("ONRUSH_STORE_SIZE", "much");
    let wrong = answer(wrong.output().expect("the command starts")).expect(2);
    assert!(
        wrong.err.contains("ONRUSH_STORE_SIZE: write a size"),
        "{}",
        wrong.err
    );
}

/// Whenever a study is killed, what it had finished is whole and is found, and no figure changes.
#[test]
fn fifty_kills_lose_nothing_that_was_finished() {
    let scene = Scene::with_model(BUSY);
    let asked = [
        "run",
        "model.toml",
        "--replications",
        "12",
        "--json",
        "out.json",
    ];
    let (mut before, mut patience) = (Vec::new(), 1);
    for kill in 0..50_u64 {
        // Where all are there, the next kill meets a store that is half empty.
        if before.len() == 12 {
            before.iter().step_by(2).for_each(|path: &PathBuf| {
                fs::remove_file(path).expect("it is there");
            });
            before = kept(&scene);
        }
        let mut command = storing(&scene, asked);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the command starts");
        thread::sleep(Duration::from_millis(kill * 37 % 251) * patience);
        // It may have ended by itself.
        let _ = child.kill();
        child.wait().expect("it is gone");
        let now = kept(&scene);
        assert!(
            before.iter().all(|path| now.contains(path)),
            "a launch is lost"
        );
        before = now;
        // Where the machine is slow, a launch takes longer.
        if before.is_empty() && patience < 32 {
            patience *= 2;
        }
    }
    let whole = before.len() as u32;
    assert!(whole > 0, "no launch was ever finished");
    let last = launches(&scene, "12", &[]);
    assert_eq!((found(&last), last.out), (whole, played(&scene, "12")));
}

#[test]
fn two_at_once_agree() {
    let scene = Scene::with_model(BUSY);
    let words = ["run", "model.toml", "--json", "-", "--replications", "8"];
    let start = || {
        let mut command = storing(&scene, words);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the command starts")
    };
    let both = [start(), start()];
    let [one, other] =
        both.map(|child| answer(child.wait_with_output().expect("it ends")).expect(0));
    assert_eq!(
        [one.out, other.out],
        [played(&scene, "8"), played(&scene, "8")]
    );
    assert_eq!(kept(&scene).len(), 8);
    assert_eq!(found(&launches(&scene, "8", &[])), 8);
}

/// Where nothing can be kept, it is said once, and the answer is the same.
#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written_is_said() {
    let scene = Scene::with_model(BUSY).file("store", "a file in the way");
    let two = launches(&scene, "2", &[]);
    assert_eq!(
        two.err.matches("no launches are kept").count(),
        1,
        "{}",
        two.err
    );
    assert_eq!(two.out, played(&scene, "2"));
}

/// A launch that is played sooner than it is read is not kept.
#[test]
fn small_launches_are_not_kept() {
    let scene = Scene::with_model(&BUSY.replace("3000/s", "20/s"));
    launches(&scene, "3", &[]);
    assert_eq!(kept(&scene).len(), 0);
}

/// Time decides how many launches are made, never what one of them shows.
#[test]
fn time_ends_a_study_with_its_answer() {
    let small = BUSY.replace("3000/s", "20/s");
    let scene = Scene::with_model(&small);
    let words = |more: &[&'static str]| {
        let asked = ["run", "model.toml", "--json", "-"].into_iter();
        asked.chain(more.iter().copied()).collect::<Vec<_>>()
    };
    let enough = scene
        .run(words(&["--within", "1h", "--at-most", "4"]))
        .expect(0);
    let four = scene.run(words(&["--replications", "4"])).expect(0);
    assert_eq!(enough.out, four.out);
    let short = scene.run(words(&["--within", "2s", "--at-most", "100000"]));
    let results: serde_json::Value = serde_json::from_str(&short.out).expect("it is a document");
    assert_eq!(results["stopped"], "time");
    assert_eq!(results["complete"], true);
    let n = results["replications"].as_u64().expect("there are some");
    let same = scene.run(words(&["--replications", &n.to_string().leak()[..]]));
    let values = |out: &str| {
        let results: serde_json::Value = serde_json::from_str(out).expect("it is a document");
        results["variants"].clone()
    };
    assert_eq!(values(&short.out), values(&same.out));
    let huge = Scene::with_model(&BUSY.replace("3000/s", "200000/s").replace("135", "9000"));
    let none = huge
        .run(["run", "model.toml", "--within", "20ms"])
        .expect(98);
    assert!(
        none.err.contains("allow more with `--within`"),
        "{}",
        none.err
    );
}
