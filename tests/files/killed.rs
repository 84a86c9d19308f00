//! A report that is being written over another: killed at any moment, or by two at once.
//!
//! `ONRUSH_KILLS=100` says how many are killed; a few are every day.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Instant;

use super::DESK;
use crate::support::Scene;

/// The files of a folder by their paths within it.
type Files = BTreeMap<String, Vec<u8>>;

fn files(scene: &Scene, folder: &str) -> Files {
    let mut all = Files::new();
    for below in ["", "charts/"] {
        for name in scene.names(&format!("{folder}/{below}")) {
            let path = scene.path(&format!("{folder}/{below}{name}"));
            if !path.is_dir() {
                all.insert(
                    format!("{below}{name}"),
                    fs::read(path).expect("it is there"),
                );
            }
        }
    }
    all
}

/// Results of two models whose pictures have different names, and the report of each in a folder.
fn scene() -> (Scene, Files, Files) {
    let other = DESK.replace("name = \"ask\"", "name = \"plead\"");
    let scene = Scene::with_model(DESK).file("other.toml", &other);
    for (model, name) in [("model.toml", "old"), ("other.toml", "new")] {
        let results = format!("{name}.json");
        scene
            .run(["run", model, "--json", &results, "--quiet"])
            .expect(0);
        scene.run(["report", &results, "--out", name]).expect(0);
    }
    let (old, new) = (files(&scene, "old"), files(&scene, "new"));
    assert!(
        old.keys().any(|name| !new.contains_key(name)),
        "they differ"
    );
    (scene, old, new)
}

fn report(scene: &Scene, results: &str) -> Child {
    let mut command = scene.command(["report", results, "--out", "out"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the command starts")
}

/// Waits until a process has the folder open, where the system tells: it is then about to write.
/// Whether it was seen.
fn writes(child: &mut Child, folder: &Path) -> bool {
    let open = format!("/proc/{}/fd", child.id());
    while child.try_wait().expect("it can be asked").is_none() {
        let Ok(entries) = fs::read_dir(&open) else {
            return false;
        };
        let mut paths = entries.flatten().map(|entry| fs::read_link(entry.path()));
        if paths.any(|path| path.is_ok_and(|path| path == folder)) {
            return true;
        }
    }
    false
}

/// Every file is the old or the new one, whole, and there is none that belongs to neither; the
/// names of those that are hidden.
#[track_caller]
fn old_or_new(found: &Files, old: &Files, new: &Files) -> BTreeSet<String> {
    let mut hidden = BTreeSet::new();
    for (name, bytes) in found {
        let whole = [old, new].iter().any(|all| all.get(name) == Some(bytes));
        let is_hidden = name
            .split('/')
            .next_back()
            .is_some_and(|name| name.starts_with('.'));
        match is_hidden {
            true => drop(hidden.insert(name.clone())),
            false => assert!(whole, "{name} is neither the old nor the new one"),
        }
    }
    for name in old.keys().filter(|name| new.contains_key(*name)) {
        assert!(found.contains_key(name), "{name} is gone");
    }
    hidden
}

#[test]
fn killed() {
    let kills: u32 = match std::env::var("ONRUSH_KILLS") {
        Ok(text) => text.parse().expect("a number of kills"),
        Err(_) => 6,
    };
    let (scene, old, new) = scene();
    let folder = fs::canonicalize(scene.path("."))
        .expect("it is there")
        .join("out");
    let whole = |results: &str, expected: &Files| {
        let begun = Instant::now();
        let mut child = report(&scene, results);
        writes(&mut child, &folder);
        let wrote = Instant::now();
        assert!(child.wait().expect("it ends").success());
        assert!(
            files(&scene, "out") == *expected,
            "whole, and nothing else is left"
        );
        (wrote - begun, wrote.elapsed())
    };
    whole("old.json", &old);
    let (drawing, writing) = whole("new.json", &new);
    let (mut while_old, mut while_new, mut both, mut left) = (0, 0, 0, 0);
    for kill in 0..kills {
        whole("old.json", &old);
        // Spread evenly: over all of it, or over the short time in which it writes.
        let moment = (f64::from(kill) * 0.618_034).fract();
        let mut child = report(&scene, "new.json");
        if kill % 4 == 0 {
            sleep((drawing + writing).mul_f64(moment));
        } else {
            writes(&mut child, &folder);
            sleep(writing.mul_f64(moment));
        }
        // It may have ended already.
        let _ = child.kill();
        child.wait().expect("it ends");
        let found = files(&scene, "out");
        left += old_or_new(&found, &old, &new).len();
        match (found == old, found == new) {
            (true, _) => while_old += 1,
            (_, true) => while_new += 1,
            _ => both += 1,
        }
        // What a killed one leaves behind is gone after the next, whichever that is.
        match kill % 2 {
            0 => whole("old.json", &old),
            _ => whole("new.json", &new),
        };
    }
    println!("{kills} kills: {while_old} old, {while_new} new, {both} of both, {left} hidden");
}

/// Kills between moves cannot be had at will; this is what they leave.
#[test]
fn what_a_killed_writer_left_is_cleared_away() {
    let (scene, old, new) = scene();
    let mine = ".onrush-mine.txt";
    let list = String::from_utf8(new["results.json"].clone()).expect("it is JSON");
    // The list comes first, so that it tells of whatever else came before the end.
    let only_new = new
        .keys()
        .find(|name| !old.contains_key(*name))
        .expect("they differ");
    let scene = scene
        .file("out/results.json", &list)
        .file("out/.onrush-aB3dE9", "half")
        .file("out/charts/.onrush-123456", "half")
        .file(&format!("out/{only_new}"), "from the one that was killed")
        .file(&format!("out/{mine}"), "mine");
    scene.run(["report", "old.json", "--out", "out"]).expect(0);
    let mut found = files(&scene, "out");
    assert_eq!(found.remove(mine), Some(b"mine".to_vec()));
    assert!(found == old);
}

#[test]
fn of_two_writers_at_once_one_is_whole() {
    let (scene, old, new) = scene();
    for _ in 0..4 {
        let children = ["old.json", "new.json", "old.json"].map(|one| report(&scene, one));
        for mut child in children {
            assert!(child.wait().expect("it ends").success());
        }
        let found = files(&scene, "out");
        assert!(found == old || found == new, "one of them, whole");
    }
}
