//! Where a document may be written: files are replaced whole, everything else is written to.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::thread;

use super::{DESK, FULL, NULL, device, pipe, prepared};
use crate::support::{Answer, Scene, answer};

/// Every way to say where something is written, with what stands before the path.
const OUTPUTS: [&[&str]; 4] = [
    &["run", "model.toml", "--json"],
    &["run", "model.toml", "--junit"],
    &["run", "model.toml", "--markdown"],
    &["init"],
];

fn written(scene: &Scene, output: &[&str], path: &str) -> Answer {
    scene.run(output.iter().copied().chain([path]))
}

#[test]
fn a_pipe_is_written_to_and_stays() {
    for output in OUTPUTS {
        let scene = Scene::with_model(DESK);
        if !pipe(&scene, "pipe") {
            return;
        }
        let path = scene.path("pipe");
        let reader = thread::spawn(move || fs::read(path).expect("the other end"));
        written(&scene, output, "pipe").expect(0);
        let kind = fs::symlink_metadata(scene.path("pipe")).expect("it is there");
        assert!(kind.file_type().is_fifo(), "{output:?}");
        let came = reader.join().expect("it was read");
        assert!(written(&scene, output, "file").code == 0);
        assert_eq!(came, fs::read(scene.path("file")).expect("it was written"));
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let scene = Scene::with_model(DESK);
    if !pipe(&scene, "pipe") {
        return;
    }
    let path = scene.path("pipe");
    let reader = thread::spawn(move || drop(fs::File::open(path)));
    written(&scene, OUTPUTS[0], "pipe").expect(0);
    reader.join().expect("it was opened");
}

#[test]
fn a_device_is_written_to_and_stays() {
    for output in OUTPUTS {
        let scene = Scene::with_model(DESK);
        if !device(&scene, "null", NULL) || !device(&scene, "full", FULL) {
            return;
        }
        symlink("full", scene.path("link")).expect("a link can be made");
        written(&scene, output, "null").expect(0);
        for full in ["full", "link"] {
            let refused = written(&scene, output, full).expect(1);
            let why = format!("exit 1: cannot write `{full}`: the disk is full");
            assert_eq!(refused.last_line(), why);
        }
        for name in ["null", "full"] {
            let kind = fs::symlink_metadata(scene.path(name)).expect("it is there");
            assert!(kind.file_type().is_char_device(), "{output:?} {name}");
        }
        assert_eq!(scene.names("."), ["full", "link", "model.toml", "null"]);
    }
}

/// A report goes file by file, so one of them may be a pipe.
#[test]
fn a_pipe_in_the_folder_of_a_report_is_written_to() {
    let scene = Scene::with_model(DESK).file("out/mine.txt", "mine");
    if !pipe(&scene, "out/summary.md") {
        return;
    }
    let path = scene.path("out/summary.md");
    let reader = thread::spawn(move || fs::read_to_string(path).expect("the other end"));
    scene.run(["run", "model.toml", "--out", "out"]).expect(0);
    assert!(reader.join().expect("it was read").starts_with("# "));
    let kind = fs::symlink_metadata(scene.path("out/summary.md")).expect("it is there");
    assert!(kind.file_type().is_fifo());
    assert_eq!(scene.text("out/mine.txt"), "mine");
}

/// What a shell has opened for us is written to where it stands, also if that is a file.
#[test]
fn stdout_by_its_name_in_the_system_is_stdout() {
    let scene = Scene::with_model(DESK);
    let run = ["run", "model.toml", "--quiet", "--json"];
    let expected = scene.run(run.into_iter().chain(["-"])).expect(0).out;
    for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        if fs::symlink_metadata(name).is_err() {
            continue;
        }
        let all = run.into_iter().chain([name]);
        assert_eq!(scene.run(all.clone()).expect(0).out, expected, "{name}");
        fs::write(scene.path("log"), "before\n").expect("it can be written");
        let before = fs::metadata(scene.path("log")).expect("it is there").ino();
        let mut appending = prepared(&scene, "exec >>log", all);
        answer(appending.output().expect("it starts")).expect(0);
        assert_eq!(scene.text("log"), format!("before\n{expected}"), "{name}");
        let after = fs::metadata(scene.path("log")).expect("it is there").ino();
        assert_eq!(before, after, "{name} was replaced");
    }
    let third = run.into_iter().chain(["/dev/fd/3"]);
    let mut other = prepared(&scene, "exec 3>third", third);
    answer(other.output().expect("it starts")).expect(0);
    assert_eq!(scene.text("third"), expected);
}

/// `-` is stdout for every single document, and then stdout holds nothing else.
#[test]
fn every_document_goes_to_stdout_when_asked() {
    let scene = Scene::with_model(DESK);
    for flag in ["--json", "--junit", "--markdown"] {
        let run = ["run", "model.toml", flag];
        scene.run(run.into_iter().chain(["file"])).expect(0);
        let piped = scene.run(run.into_iter().chain(["-"])).expect(0);
        assert_eq!(piped.out, scene.text("file"), "{flag}");
    }
    assert_eq!(scene.names("."), ["file", "model.toml"]);
}

#[test]
fn a_link_is_followed_to_its_file() {
    for output in &OUTPUTS[..3] {
        let scene = Scene::with_model(DESK).file("real/old", "old");
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(scene.path("real/old"), mode).expect("it is ours");
        symlink("real/old", scene.path("near")).expect("a link can be made");
        symlink(scene.path("near"), scene.path("far")).expect("a link can be made");
        symlink("real/new", scene.path("dangling")).expect("a link can be made");
        for (link, file) in [("far", "real/old"), ("dangling", "real/new")] {
            written(&scene, output, link).expect(0);
            let kind = fs::symlink_metadata(scene.path(link)).expect("it is there");
            assert!(kind.file_type().is_symlink(), "{link}");
            assert!(scene.text(file).len() > 100, "{file}");
        }
        let mode = fs::metadata(scene.path("real/old"))
            .expect("it is there")
            .mode();
        assert_eq!(mode & 0o777, 0o600, "who could not read it still cannot");
        assert_eq!(scene.names("real"), ["new", "old"]);
    }
}

#[test]
fn a_link_is_no_way_around_a_file_that_stays() {
    let scene = Scene::new().file("real", "mine");
    symlink("real", scene.path("link")).expect("a link can be made");
    symlink("nothing", scene.path("dangling")).expect("a link can be made");
    written(&scene, &["init"], "link").expect(1);
    written(&scene, &["init"], "dangling").expect(0);
    assert_eq!(scene.text("real"), "mine");
    assert!(scene.text("nothing").starts_with("# "));
}

#[test]
fn places_that_take_nothing_are_found_out_before_the_work() {
    let scene = Scene::with_model(DESK).file("folder/x", "x");
    symlink("round", scene.path("round")).expect("a link can be made");
    let refused = [
        ("folder", "it is a folder"),
        ("folder/", "it is a folder"),
        ("new/", "it is a folder"),
        ("model.toml/x", "part of the path is not a folder"),
        ("round", "too many symbolic links"),
    ];
    for (path, why) in refused {
        let all = ["run", "model.toml", "--replications", "1000000", "--json"];
        let refused = written(&scene, &all, path).expect(1);
        let said = format!("exit 1: cannot write `{path}`: {why}");
        assert_eq!(refused.last_line(), said);
        assert_eq!(refused.out, "");
    }
    assert_eq!(scene.names("."), ["folder", "model.toml", "round"]);
}

/// Words to print, whatever command prints them.
const PRINTED: [&[&str]; 11] = [
    &["--help"],
    &["--version"],
    &["help", "run"],
    &["run", "--help"],
    &["completions", "bash"],
    &["completions", "zsh"],
    &["man"],
    &["man", "run"],
    &["schema", "results"],
    &["init", "-"],
    &["check", "model.toml"],
];

#[test]
fn what_cannot_be_printed_ends_with_1() {
    let scene = Scene::with_model(DESK);
    if !device(&scene, "full", FULL) {
        return;
    }
    for words in PRINTED {
        let mut command = prepared(&scene, "exec >full", words.iter().copied());
        let refused = answer(command.output().expect("it starts")).expect(1);
        let why = "exit 1: cannot write to stdout: No space left on device";
        assert!(
            refused.last_line().starts_with(why),
            "{words:?}: {}",
            refused.err
        );
    }
}

#[test]
fn nobody_at_the_other_end_is_no_failure() {
    let scene = Scene::with_model(DESK);
    for words in PRINTED {
        for end in ["exec >&-", "exec 2>&-", "exec <&-", "exec <&- >&- 2>&-"] {
            let mut command = prepared(&scene, end, words.iter().copied());
            answer(command.output().expect("it starts")).expect(0);
        }
        let mut child = scene.start(words.iter().copied());
        drop(child.stdout.take());
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(0), "{words:?}");
    }
}

/// A full terminal does not cost the files, nor a full disk the words.
#[test]
fn words_and_files_do_not_cost_each_other() {
    let scene = Scene::with_model(DESK);
    if !device(&scene, "full", FULL) {
        return;
    }
    let run = ["run", "model.toml", "--out", "out", "--json", "alone.json"];
    let mut command = prepared(&scene, "exec >full", run);
    let refused = answer(command.output().expect("it starts")).expect(1);
    assert!(refused.last_line().contains("cannot write to stdout"));
    assert!(
        scene
            .text("out/report.html")
            .trim_end()
            .ends_with("</html>")
    );
    assert!(scene.text("alone.json").ends_with("}\n"));
    let told = scene.run(["run", "model.toml", "--json", "full"]).expect(1);
    assert!(told.out.contains("A desk"), "{}", told.out);
}
