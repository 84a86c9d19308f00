//! What is read: regular files of a size that fits, and only once a model needs them.

use std::fs::File;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{DESK, ZERO, device, pipe, prepared};
use crate::support::{Answer, Scene, answer};

/// The desk with a file for its work, for its arrivals, or for the gaps between them.
fn desks(path: &str) -> [(String, &'static str); 3] {
    let replaced = |old: &str, new: &str| DESK.replace(old, &new.replace("PATH", path));
    [
        (
            replaced("\"exp(50ms)\"", "\"file(PATH, unit=ms)\""),
            "model.toml:13:18",
        ),
        (
            replaced("rate = \"20/s\"", "file = \"PATH\""),
            "model.toml:7:8",
        ),
        (
            replaced(
                "rate = \"20/s\"",
                "rate = \"20/s\"\nspacing = \"file(PATH)\"",
            ),
            "model.toml:8:12",
        ),
    ]
}

/// Arrivals and work from files that `--set` or a variant names; the one in the model is not there.
#[test]
fn files_that_only_a_change_names_are_read() {
    let variant = "[variant.v]\nset = { \"arrivals.users.file\" = \"three.csv\" }\n";
    let model = DESK.replace("rate = \"20/s\"", "file = \"none.csv\"") + variant;
    let scene = Scene::new()
        .file("a/model.toml", &model)
        .file("a/two.csv", "1\n2\n")
        .file("a/three.csv", "1\n2\n3\n")
        .file("a/work.csv", "40\n50\n60\n");
    let check = |more: &[&str]| {
        let all = ["check", "a/model.toml"].into_iter();
        scene.run(all.chain(more.iter().copied()))
    };
    let two = ["--set", "arrivals.users.file=two.csv"];
    let work = "service.desk.network=file(work.csv, unit=ms)";
    let set = check(&[two[0], two[1], two[0], work]).expect(0);
    assert!(set.out.contains("about 2 come"), "{}", set.out);
    let set = check(&[two[0], two[1], "--variant", "v"]).expect(0);
    assert!(set.out.contains("about 3 come"), "{}", set.out);
    let set = check(&[two[0], "arrivals.users.file=four.csv"]).expect(104);
    let said = "the file `four.csv` was not found\n --> --set:1:21";
    assert!(set.err.contains(said), "{}", set.err);
    // What the other file changes is not known yet.
    assert!(!set.err.contains("changes nothing"), "{}", set.err);
    let set = check(&[
        two[0],
        two[1],
        two[0],
        &work.replace("work.csv", "five.csv"),
    ])
    .expect(104);
    let said = "the file `five.csv` was not found\n --> --set:1:22";
    assert!(set.err.contains(said), "{}", set.err);
}

/// Runs a command with 1 GiB of addresses at most, so that it cannot read without end.
fn confined(scene: &Scene, words: &[&str]) -> Answer {
    let begun = Instant::now();
    let limits = "ulimit -v 1048576 2>/dev/null";
    let mut command = prepared(scene, limits, words.iter().copied());
    command.stdin(Stdio::null());
    let ended = answer(command.output().expect("the command starts"));
    assert!(
        begun.elapsed() < Duration::from_secs(60),
        "{words:?} takes long"
    );
    ended
}

/// A file of ten gigabytes that takes no room.
fn huge(scene: &Scene, name: &str) -> bool {
    let file = File::create(scene.path(name)).expect("a file can be made");
    file.set_len(10_000_000_000).is_ok()
}

/// A folder where a file is expected.
fn folder(scene: &Scene, name: &str) -> bool {
    std::fs::create_dir(scene.path(name)).is_ok()
}

/// Something that is no data file: how it is made, and what is said about it.
type Kind = (fn(&Scene) -> bool, &'static str);

const KINDS: [Kind; 5] = [
    (
        |scene| pipe(scene, "data"),
        "cannot be read: it is no regular file",
    ),
    (
        |scene| device(scene, "data", ZERO),
        "cannot be read: it is no regular file",
    ),
    (
        |scene| folder(scene, "data"),
        "cannot be read: it is a folder",
    ),
    (
        |scene| huge(scene, "data"),
        "cannot be read: it is larger than ",
    ),
    (|_| true, "was not found"),
];

#[test]
fn data_comes_from_regular_files_of_a_size_that_fits() {
    for (make, why) in KINDS {
        for (model, place) in desks("data") {
            let scene = Scene::with_model(&model);
            if !make(&scene) {
                continue;
            }
            for command in ["check", "run"] {
                let refused = confined(&scene, &[command, "model.toml"]).expect(104);
                let said = format!("the file `data` {why}");
                assert!(refused.err.contains(&said), "{}", refused.err);
                assert!(refused.err.contains(place), "{place}: {}", refused.err);
                assert_eq!(refused.last_line(), "exit 104: 1 error in `model.toml`");
            }
        }
    }
}

#[test]
fn a_file_may_take_a_part_of_the_memory() {
    let (model, _) = &desks("data")[0];
    let scene = Scene::with_model(model).file("data", &"50\n".repeat(40_000));
    scene.run(["run", "model.toml"]).expect(0);
    let small = ["run", "model.toml", "--memory", "3MB"];
    let refused = scene.run(small).expect(104);
    assert!(
        refused.err.contains("it is larger than 93750 bytes"),
        "{}",
        refused.err
    );
}

/// A model with errors needs no data, so nothing is opened; what is wrong with the path itself is
/// known all the same.
#[test]
fn data_is_read_when_the_model_has_no_other_errors() {
    let broken = desks("data")[0].0.replace("workers = 4", "workrs = 4");
    let scene = Scene::with_model(&broken).file("data", "no number");
    let refused = scene.run(["check", "model.toml"]).expect(104);
    let note = "note[N003]: `data` is read when the model has no other errors";
    assert!(refused.err.contains(note), "{}", refused.err);
    assert_eq!(refused.last_line(), "exit 104: 1 error in `model.toml`");
    let missing = Scene::with_model(&broken);
    let refused = missing.run(["check", "model.toml"]).expect(104);
    assert!(
        refused.err.contains("`data` was not found"),
        "{}",
        refused.err
    );
    let whole = Scene::with_model(&desks("data")[0].0).file("data", "no number");
    let refused = whole.run(["check", "model.toml"]).expect(104);
    assert!(
        refused.err.contains("`data` cannot be used"),
        "{}",
        refused.err
    );
}

/// A change on the command line counts as the model does.
#[test]
fn data_is_read_when_a_change_mends_the_model() {
    let broken = desks("data")[0].0.replace("workers = 4", "workers = 0");
    let scene = Scene::with_model(&broken).file("data", "50\n");
    scene.run(["check", "model.toml"]).expect(104);
    let mended = ["check", "model.toml", "--set", "service.desk.workers=4"];
    let answer = scene.run(mended).expect(0);
    assert!(!answer.err.contains("N003"), "{}", answer.err);
}

#[test]
fn models_and_results_end_somewhere() {
    let scene = Scene::new();
    assert!(huge(&scene, "huge"));
    let model = "exit 1: cannot read `huge`: it is larger than 64 MB";
    for words in [["check", "huge"], ["run", "huge"], ["compare", "huge"]] {
        assert_eq!(confined(&scene, &words).expect(1).last_line(), model);
    }
    let results = confined(&scene, &["report", "huge", "--out", "out"]).expect(1);
    let why = "exit 1: cannot read `huge`: it is larger than ";
    assert!(results.last_line().starts_with(why), "{}", results.err);
    if device(&scene, "zero", ZERO) {
        let endless = confined(&scene, &["check", "zero"]).expect(1);
        assert_eq!(endless.last_line(), model.replace("huge", "zero"));
    }
}

#[test]
fn stdin_ends_somewhere() {
    let scene = Scene::new();
    for words in [["check", "-"], ["report", "-"]] {
        let mut child = scene.start(words);
        let mut pipe = child.stdin.take().expect("stdin is a pipe");
        let block = vec![b'#'; 1 << 20];
        // It ceases to read; then there is nobody to write to.
        while pipe.write_all(&block).is_ok() {}
        let refused = answer(child.wait_with_output().expect("it ends")).expect(1);
        assert!(
            refused.last_line().contains("it is larger than "),
            "{}",
            refused.err
        );
    }
}

/// What a shell makes of `<(command)` is a pipe, and a model may come from one.
#[test]
fn a_model_may_come_from_a_pipe() {
    let scene = Scene::new();
    if !pipe(&scene, "pipe") {
        return;
    }
    let path = scene.path("pipe");
    let writer = std::thread::spawn(move || std::fs::write(path, DESK));
    scene.run(["check", "pipe"]).expect(0);
    writer.join().expect("it was read").expect("it was read");
}
