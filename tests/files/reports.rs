//! The folder of a report: what an earlier report left goes, what is somebody else's stays.

use std::fs;
use std::os::unix::fs::symlink;

use super::DESK;
use crate::support::{Answer, Scene};

/// The desk with another name for its step, so that its pictures have others.
fn other() -> String {
    DESK.replace("name = \"ask\"", "name = \"plead\"")
}

fn scene() -> Scene {
    Scene::with_model(DESK).file("other.toml", &other())
}

fn run(scene: &Scene, model: &str) -> Answer {
    scene.run(["run", model, "--out", "out"]).expect(0)
}

/// The files that the folder's document lists, as a script reads them.
fn listed(scene: &Scene) -> Vec<String> {
    let document: serde_json::Value =
        serde_json::from_str(&scene.text("out/results.json")).expect("it is JSON");
    let names = document["files"].as_array().expect("there is a list");
    let names = names.iter().map(|name| name.as_str().expect("a name"));
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    names
}

/// Every file in the folder and its charts.
fn there(scene: &Scene) -> Vec<String> {
    let charts = scene.names("out/charts").into_iter();
    let mut all: Vec<String> = charts.map(|name| format!("charts/{name}")).collect();
    all.extend(
        scene
            .names("out")
            .into_iter()
            .filter(|name| name != "charts"),
    );
    all.sort();
    all
}

#[test]
fn the_document_lists_the_files_of_its_report() {
    let scene = scene();
    run(&scene, "model.toml");
    assert_eq!(there(&scene), listed(&scene));
    let alone = ["run", "model.toml", "--json", "-", "--quiet"];
    assert!(!scene.run(alone).expect(0).out.contains("\"files\""));
    let again = ["report", "out/results.json", "--json", "-", "--quiet"];
    assert!(!scene.run(again).expect(0).out.contains("\"files\""));
}

#[test]
fn what_an_earlier_report_wrote_goes_and_nothing_else() {
    let scene = scene()
        .file("out/charts/mine.svg", "mine")
        .file("out/notes.txt", "mine")
        .file("out/.hidden", "mine");
    run(&scene, "model.toml");
    let first = listed(&scene);
    run(&scene, "other.toml");
    let second = listed(&scene);
    assert!(
        first.iter().any(|name| !second.contains(name)),
        "they differ"
    );
    let mut expected = second;
    let mine = ["charts/mine.svg", "notes.txt", ".hidden"];
    expected.extend(mine.map(str::to_owned));
    expected.sort();
    assert_eq!(there(&scene), expected);
    for name in mine {
        assert_eq!(scene.text(&format!("out/{name}")), "mine");
    }
}

/// A list is a text that anybody may have written.
#[test]
fn a_list_reaches_no_further_than_the_files_of_a_report() {
    let names = [
        "../victim.txt",
        "charts/../../victim.txt",
        "/victim.txt",
        "charts/victim.txt",
        "victim.svg",
        "charts",
        "charts/folder.svg",
        "charts/link.svg",
        "",
    ];
    let list = serde_json::json!({ "schema": "onrush.results/1", "files": names });
    let scene = scene()
        .file("victim.txt", "mine")
        .file("out/charts/victim.txt", "mine")
        .file("out/victim.svg", "mine")
        .file("out/charts/folder.svg/x", "mine")
        .file("out/results.json", &list.to_string());
    symlink("../../victim.txt", scene.path("out/charts/link.svg")).expect("a link can be made");
    run(&scene, "model.toml");
    for name in [
        "victim.txt",
        "out/charts/victim.txt",
        "out/victim.svg",
        "out/charts/folder.svg/x",
        "out/charts/link.svg",
    ] {
        assert_eq!(scene.text(name), "mine", "{name}");
    }
}

#[test]
fn any_document_in_the_way_is_written_over() {
    let odd = [
        "",
        "[]",
        "{\"schema\": \"onrush.results/9\", \"files\": [\"charts/old.svg\"]}",
        "{\"schema\": 1, \"files\": {}}",
        "\u{0}",
    ];
    for text in odd {
        let scene = scene()
            .file("out/results.json", text)
            .file("out/charts/old.svg", "old");
        run(&scene, "model.toml");
        let is_left = scene.names("out/charts").contains(&"old.svg".to_owned());
        assert_eq!(is_left, !text.contains("old.svg"), "{text}");
    }
}

#[test]
fn charts_that_lead_elsewhere_are_not_followed() {
    let scene = scene().file("elsewhere/outcomes-baseline.svg", "mine");
    fs::create_dir(scene.path("out")).expect("a folder can be made");
    symlink("../elsewhere", scene.path("out/charts")).expect("a link can be made");
    let refused = scene.run(["run", "model.toml", "--out", "out"]).expect(1);
    let why =
        "exit 1: cannot write `out/charts`: it is a link; remove it, or choose another folder";
    assert_eq!(refused.last_line(), why);
    assert_eq!(refused.out, "", "before any work");
    assert_eq!(scene.names("elsewhere"), ["outcomes-baseline.svg"]);
    assert_eq!(scene.names("out"), ["charts"]);
}

#[test]
fn the_folder_itself_may_be_a_link() {
    let scene = scene().file("real/x", "x");
    symlink("real", scene.path("out")).expect("a link can be made");
    run(&scene, "model.toml");
    assert!(scene.names("real").contains(&"report.html".to_owned()));
}

/// A report anew has the model that the results are of, where it stands beside them.
#[test]
fn a_report_made_anew_is_the_same_report() {
    let scene = scene();
    run(&scene, "model.toml");
    let before = there(&scene);
    let texts = |scene: &Scene| -> Vec<Vec<u8>> {
        let read = |name| fs::read(scene.path(&format!("out/{name}"))).expect("it is there");
        there(scene).iter().map(read).collect()
    };
    let bytes = texts(&scene);
    for folder in ["out", "out2"] {
        scene
            .run(["report", "out/results.json", "--out", folder])
            .expect(0);
    }
    assert_eq!(there(&scene), before);
    assert!(texts(&scene) == bytes);
    assert_eq!(scene.text("out2/model.toml"), DESK);
    scene
        .run(["run", "model.toml", "--json", "alone.json"])
        .expect(0);
    scene
        .run(["report", "alone.json", "--out", "out"])
        .expect(0);
    assert!(!there(&scene).contains(&"model.toml".to_owned()));
}
