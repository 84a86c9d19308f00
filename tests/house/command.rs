//! What only the command and its page need: files, signals, the terminal, sockets, threads, and the
//! crates for them.
//!
//! One idea: whoever wants the simulation alone builds without features and gets all layers but
//! `serve` and `cli`, on any target.

use std::collections::BTreeSet;

use super::tables::{COMMAND, DOORS, PAGE};
use super::{none, root};

fn manifest() -> toml::Table {
    let text = std::fs::read_to_string(root().join("Cargo.toml")).expect("the manifest is here");
    text.parse().expect("cargo reads it too")
}

/// All dependencies outside tests, with what the manifest says of them.
fn dependencies(manifest: &toml::Table) -> Vec<(String, toml::Value)> {
    let tables = [
        manifest.get("dependencies"),
        manifest
            .get("target")
            .and_then(|all| all.get("cfg(target_os = \"linux\")"))
            .and_then(|linux| linux.get("dependencies")),
    ];
    let entries = tables
        .into_iter()
        .map(|table| table.and_then(toml::Value::as_table).expect("it is there"));
    entries
        .flatten()
        .map(|(name, said)| (name.replace('-', "_"), said.clone()))
        .collect()
}

/// The crates that a feature brings.
fn brought(manifest: &toml::Table, feature: &str) -> BTreeSet<String> {
    let all = manifest["features"][feature].as_array().expect("a list");
    all.iter()
        .filter_map(|entry| entry.as_str()?.strip_prefix("dep:"))
        .map(|name| name.replace('-', "_"))
        .collect()
}

#[test]
fn what_only_the_command_needs_comes_with_its_feature() {
    let manifest = manifest();
    let command: BTreeSet<String> = COMMAND.into_iter().map(str::to_owned).collect();
    assert_eq!(brought(&manifest, "cli"), command, "COMMAND names them");
    let page: BTreeSet<String> = PAGE.into_iter().map(str::to_owned).collect();
    assert_eq!(brought(&manifest, "serve"), page, "PAGE names them");
    assert_eq!(
        brought(&manifest, "threads"),
        BTreeSet::from(["rayon".to_owned()])
    );
    let mut wrong = Vec::new();
    for (name, said) in dependencies(&manifest) {
        let optional = said.get("optional").and_then(toml::Value::as_bool) == Some(true);
        let ours = command.contains(&name) || page.contains(&name) || name == "rayon";
        if optional != ours {
            wrong.push(format!("{name}: optional is {optional}"));
        }
        let doors = DOORS.iter().find(|(door, _)| *door == name);
        for (layer, needed) in [("cli/", &command), ("serve/", &page)] {
            let only =
                doors.is_some_and(|(_, doors)| doors.iter().all(|door| door.starts_with(layer)));
            if only != needed.contains(&name) {
                wrong.push(format!("{name}: only {layer} uses it: {only}"));
            }
        }
    }
    none(
        &wrong,
        "what only cli or serve uses is optional and stands in COMMAND or PAGE",
    );
}

#[test]
fn the_command_and_the_tests_ask_for_its_feature() {
    let manifest = manifest();
    for (target, feature) in [("bin", "cli"), ("test", "serve")] {
        let asked = &manifest[target][0]["required-features"];
        assert_eq!(asked.as_array().map(Vec::len), Some(1), "{target}");
        assert_eq!(asked[0].as_str(), Some(feature), "{target}");
    }
}
