//! The page about clusters is true: its commands run and say what one machine says, and its files
//! ask onrush for nothing that it does not have. `tests/cluster/run` plays them on real engines.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Scene, answer, onrush};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cluster")
}

fn text(name: &str) -> String {
    let path = folder().join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of the page that are for a terminal and can run anywhere, without their prompt.
fn commands() -> Vec<String> {
    let page = text("README.md");
    let blocks = page.split("```console\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let commands = lines.map(|line| line.strip_prefix("$ ").expect("a prompt").to_owned());
    commands.collect()
}

/// A smaller crowd, so that the commands take moments.
const SMALL: &str = "launch.toml --set param.crowd=2_000 --set arrivals.background.rate=1/s";

/// The same with fewer and smaller launches: whether it is true does not hang on their number.
fn cheaper(command: &str) -> String {
    let cheaper = command.replace("--replications 40", "--replications 2");
    let cheaper = cheaper.replace("--precision 5%", "--precision 20%");
    cheaper.replace("launch.toml --", &format!("{SMALL} --"))
}

/// Types lines into one shell that finds the command, and returns the exit code of each.
fn typed(scene: &Scene, lines: &[String]) -> Vec<i32> {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_onrush"));
    let mut places = vec![program.parent().expect("it is in a folder").to_owned()];
    places.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let script: String = lines
        .iter()
        .map(|line| format!("{line}\necho \"code of the line: $?\"\n"))
        .collect();
    let mut shell = Command::new("sh");
    shell.current_dir(scene.path("")).args(["-c", &script]);
    shell.env("PATH", env::join_paths(places).expect("paths"));
    shell.env("ONRUSH_STORE", "off");
    let said = answer(shell.output().expect("there is a shell"));
    let codes = said
        .out
        .lines()
        .filter_map(|line| line.strip_prefix("code of the line: "));
    let codes: Vec<i32> = codes.map(|code| code.parse().expect("a number")).collect();
    assert_eq!(codes.len(), lines.len(), "{}\n{}", said.out, said.err);
    codes
}

#[cfg(unix)]
#[test]
fn the_commands_of_the_page_say_what_one_machine_says() {
    let scene = Scene::new();
    let commands: Vec<String> = commands().iter().map(|line| cheaper(line)).collect();
    assert!(commands.len() > 5, "{commands:?}");
    let plan = commands.iter().find(|line| line.contains("compare"));
    let plan = plan.expect("a comparison is planned");
    assert!(plan.contains("--replications 2"), "{plan}");
    let codes = typed(&scene, &commands);
    for (command, code) in commands.iter().zip(codes) {
        assert!([0, 97, 98, 99].contains(&code), "{command}: {code}");
    }
    assert_eq!(scene.names("shards").len(), 8);
    assert!(!scene.names("exact").is_empty());

    let words = format!("compare {SMALL} --replications 2 --out here");
    scene.run(words.split(' ')).expect(0);
    let (here, there) = ("here/results.json", "report/results.json");
    assert!(scene.text(here) == scene.text(there), "the same bytes");
}

/// The lines of the page that belong to a cluster.
fn of_clusters() -> String {
    let page = text("README.md");
    let blocks = page.split("```sh\n").skip(1);
    let blocks = blocks.map(|block| block.split("```").next().unwrap_or_default());
    blocks.collect::<Vec<_>>().join("\n")
}

/// The flags of a command of shards, as it says itself.
fn flags(command: &str) -> BTreeSet<String> {
    let help = answer(
        onrush(["shard", command, "--help"])
            .output()
            .expect("it runs"),
    );
    let words = help.out.split([' ', '\n', ',', '=', '`', '.']);
    let flags = words.filter(|word| word.starts_with("--"));
    flags.map(str::to_owned).collect()
}

/// What a file asks of onrush: the command of shards, and the flags that follow it. Lists of
/// Python and YAML are read like lines of a shell.
fn asked(text: &str) -> Vec<(String, Vec<String>)> {
    let lines = text.lines().map(str::trim_start);
    let lines = lines.filter(|line| !line.starts_with('#'));
    // What goes on in the next line, in a list or after a backslash, is one line.
    let whole = lines.collect::<Vec<_>>().join("\n");
    let whole = whole.replace(",\n", " ").replace("\\\n", " ");
    let plain = |c: char| if "\"'[],".contains(c) { ' ' } else { c };
    let mut found = Vec::new();
    for line in whole.lines() {
        let line: String = line.chars().map(plain).collect();
        let ends = |c: char| "|;&>)".contains(c);
        for part in line.split(ends) {
            let words: Vec<&str> = part.split_whitespace().collect();
            let Some(at) = words.iter().position(|word| *word == "shard") else {
                continue;
            };
            let Some(command) = words.get(at + 1).filter(|word| COMMANDS.contains(word)) else {
                continue;
            };
            let flags = words[at..].iter().filter(|word| word.starts_with("--"));
            let flags = flags.map(|word| (*word).to_owned()).collect();
            found.push(((*command).to_owned(), flags));
        }
    }
    found
}

const COMMANDS: [&str; 3] = ["plan", "run", "merge"];

#[test]
fn ready_files_and_the_page_use_flags_that_exist() {
    let known = COMMANDS.map(flags);
    // What follows `plan` is a command with its own flags.
    let of_study = ["--replications", "--precision"];
    let mut seen = BTreeSet::new();
    let mut texts: Vec<(String, String)> = fs::read_dir(folder())
        .expect("it is there")
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .map(|name| (name.clone(), text(&name)))
        .collect();
    texts.push(("the page".to_owned(), of_clusters()));
    for (name, text) in &texts {
        for (command, used) in asked(text) {
            let at = COMMANDS.iter().position(|word| *word == command);
            let known = &known[at.expect("it is one of them")];
            for flag in used {
                let is_known = known.contains(&flag)
                    || (command == "plan" && of_study.contains(&flag.as_str()));
                assert!(is_known, "{name}: `shard {command}` has no {flag}");
            }
            seen.insert((name.clone(), command));
        }
    }
    let players = [
        "slurm.sbatch",
        "ray_driver.py",
        "parallel.sh",
        "kubernetes-job.yaml",
        "github-actions.yml",
        "the page",
    ];
    for name in players {
        let plays = name == "the page" || seen.contains(&(name.to_owned(), "run".to_owned()));
        assert!(plays, "{name} plays shards: {seen:?}");
    }
}

#[test]
fn the_page_names_each_of_its_files_and_they_are_there() {
    let page = text("README.md");
    for entry in fs::read_dir(folder()).expect("it is there") {
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        let is_named = page.contains(&format!("]({name})"));
        assert!(
            is_named || name == "README.md",
            "the page does not name {name}"
        );
    }
    let links = page.split("](").skip(1);
    for link in links.filter_map(|rest| rest.split(')').next()) {
        assert!(folder().join(link).exists(), "{link} is not there");
    }
    let driver = text("ray_driver.py");
    assert!(driver.lines().count() <= 30, "the driver of Ray is short");
}
