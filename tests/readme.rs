//! The README is true: its commands run, its models are read, its figures are in the reports.

use std::fs;
use std::path::PathBuf;

use crate::support::Scene;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The fenced blocks of one language.
fn blocks(language: &str) -> Vec<String> {
    let readme = text("README.md");
    let fence = format!("```{language}\n");
    let parts = readme.split(&fence).skip(1);
    parts
        .map(|part| part.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

/// The commands of the console blocks, without their prompt.
fn commands() -> Vec<String> {
    let lines = blocks("console").join("\n");
    let commands = lines.lines().filter_map(|line| line.strip_prefix("$ "));
    commands.map(str::to_owned).collect()
}

/// A folder as a reader has it: the models of the project, and the model that the README shows.
fn scene() -> Scene {
    let mut scene = Scene::new();
    for entry in fs::read_dir(root().join("models")).expect("there are models") {
        let name = entry
            .expect("an entry")
            .file_name()
            .to_string_lossy()
            .into_owned();
        scene = scene.file(&format!("models/{name}"), &text(&format!("models/{name}")));
    }
    for model in blocks("toml") {
        scene = scene.file("launch.toml", &model);
    }
    scene
}

#[test]
fn every_command_runs() {
    let scene = scene();
    let all = commands();
    assert!(all.len() > 4, "the README shows commands");
    for command in all {
        let words: Vec<&str> = command.split_whitespace().collect();
        let start = match words.iter().position(|&word| word == "--") {
            Some(at) if words[0] == "cargo" => at + 1,
            _ if words[0] == "onrush" => 1,
            _ => {
                assert!(text(".ci/run").contains(&command), "CI runs `{command}`");
                continue;
            }
        };
        let mut words = words[start..].to_vec();
        // Whether it runs is asked here; what it says is held by the reports.
        if ["run", "compare"].contains(&words[0]) {
            if let Some(at) = words.iter().position(|word| *word == "--replications") {
                words.drain(at..at + 2);
            }
            words.extend(["--replications", "1"]);
        }
        let answer = scene.run(words.iter().copied());
        let went_well = answer.code == 0 || (97..100).contains(&answer.code);
        assert!(went_well, "{command}: {}\n{}", answer.code, answer.err);
    }
}

#[test]
fn every_line_of_shown_output_stands_in_a_report() {
    let reports: Vec<String> = ["oneplus-2014", "hello-queue"]
        .map(|folder| text(&format!("reports/{folder}/terminal.txt")))
        .to_vec();
    for block in blocks("text") {
        for line in block
            .lines()
            .filter(|line| !line.trim().is_empty() && *line != "…")
        {
            let there = reports
                .iter()
                .any(|report| report.lines().any(|l| l == line));
            assert!(there, "not in any report: {line}");
        }
    }
}

#[test]
fn every_link_inside_the_project_leads_somewhere() {
    let readme = text("README.md");
    for part in readme.split("](").skip(1) {
        let target = part.split([')', '#']).next().unwrap_or_default();
        if !target.is_empty() && !target.contains("://") {
            assert!(
                root().join(target).exists(),
                "a link leads to nothing: {target}"
            );
        }
    }
}
