//! The README is true: its commands run, its models are read, its figures are in the reports.

use std::fs;
use std::path::PathBuf;

use crate::served::asking::Served;
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
        let name = entry.expect("an entry").file_name();
        let name = name.to_string_lossy();
        if !name.ends_with(".toml") {
            continue;
        }
        scene = scene.file(&format!("models/{name}"), &text(&format!("models/{name}")));
    }
    for name in ["requests.csv", "latency.csv", "incident.toml"] {
        let name = format!("docs/postmortem/{name}");
        scene = scene.file(&name, &text(&name));
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
        // Half an hour of work: the report that it makes is pinned by `reports`.
        if words.contains(&"--full") {
            let made_by = text("tests/reports.rs");
            assert!(made_by.contains("words: &[\"compare\", \"--full\"]"));
            continue;
        }
        if words[0] == "serve" {
            let served = Served::new(self::scene(), &words[1..]);
            assert_eq!(served.get("/").status, 200, "{command}");
            continue;
        }
        // Whether it runs is asked here; what it says is held by the reports.
        if ["run", "compare"].contains(&words[0]) && !words.contains(&"--best") {
            if let Some(at) = words.iter().position(|word| *word == "--replications") {
                words.drain(at..at + 2);
            }
            words.extend(["--replications", "1"]);
        }
        let answer = scene.run(words.iter().copied());
        let went_well = answer.code == 0 || (97..100).contains(&answer.code);
        assert!(went_well, "{command}: {}\n{}", answer.code, answer.err);
        if words[0] == "explain" {
            is_as_shown(&scene);
        }
    }
}

/// The postmortem that the README shows, and the pictures in it, are what its command makes:
/// `ONRUSH_BLESS=1` writes them.
fn is_as_shown(scene: &Scene) {
    let written = scene.text("postmortem/postmortem.md");
    let pictures = written.split("](charts/").skip(1);
    let pictures = pictures.filter_map(|part| part.split(')').next());
    let pictures: Vec<String> = pictures.map(|name| format!("charts/{name}")).collect();
    assert!(pictures.len() > 4, "{pictures:?}");
    for name in ["postmortem.md"]
        .into_iter()
        .chain(pictures.iter().map(String::as_str))
    {
        let made = scene.text(&format!("postmortem/{name}"));
        let path = root().join("docs/postmortem/report").join(name);
        if std::env::var_os("ONRUSH_BLESS").is_some() {
            fs::create_dir_all(path.parent().expect("it is in a folder")).expect("a folder");
            fs::write(&path, &made).expect("it can be written");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(
            kept == made,
            "{} is not what `explain` makes",
            path.display()
        );
    }
}

#[test]
fn every_line_of_shown_output_stands_in_a_report() {
    let reports = [
        reported(),
        text("reports/hello-queue/terminal.txt"),
        text("reports/retry-storm/terminal.txt"),
    ];
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

/// The README as it is read: without blocks of code, code in lines, and targets of links.
fn prose() -> String {
    let readme = text("README.md");
    let mut prose = String::new();
    let outside = readme.split("```").step_by(2);
    for part in outside.flat_map(|part| part.split('`').step_by(2)) {
        let mut rest = part;
        while let Some((before, after)) = rest.split_once("](") {
            prose.push_str(before);
            rest = after.split_once(')').map_or("", |(_, after)| after);
        }
        prose.push_str(rest);
    }
    prose
}

/// Digits of the prose, with what belongs to them.
fn figures(prose: &str) -> Vec<String> {
    let runs = prose.split(|c: char| !(c.is_ascii_digit() || ".:+ ".contains(c)));
    let words = runs.flat_map(|run| run.split(' '));
    words
        .map(|word| word.trim_matches(['.', ':', '+']).to_owned())
        .filter(|word| word.contains(|c: char| c.is_ascii_digit()))
        .collect()
}

/// What the reports of the pre-order print, and what the page of the gallery counts (the sentence
/// itself is written by `gallery`).
fn reported() -> String {
    let folders = [
        "oneplus-2014",
        "oneplus-2014-full",
        "oneplus-2014-size",
        "oneplus-2014-size-patched",
    ];
    let texts = folders.map(|folder| {
        let path = root().join(format!("reports/{folder}/terminal.txt"));
        fs::read_to_string(path).unwrap_or_default()
    });
    let gallery = text("docs/gallery.md");
    texts.join("\n") + gallery.split("\n## ").next().unwrap_or_default()
}

/// A figure stands in a report of the pre-order, at the head of the gallery, in the manifest, or
/// among the exit codes; dates, names of things, and what a 95th percentile leaves out are the only
/// others.
#[test]
fn every_figure_in_the_prose_is_a_figure_of_the_project() {
    let reported = reported();
    let exits = text("src/cli/exit.rs");
    let manifest = text("Cargo.toml");
    let named = ["2014", "2.0", "5"];
    for figure in figures(&prose()) {
        let held = figures(&reported).contains(&figure)
            || exits.contains(&format!("=> {figure},"))
            || manifest.contains(&format!("rust-version = \"{figure}\""))
            || named.contains(&figure.as_str());
        assert!(held, "{figure} stands in no report");
    }
}

/// What the prose says in words holds for what was run.
#[test]
fn what_the_prose_says_in_words_is_so() {
    let (prose, report) = (
        prose().replace('\n', " "),
        text("reports/oneplus-2014/terminal.txt"),
    );
    let flat = report.split_whitespace().collect::<Vec<_>>().join(" ");
    let says = |words: &str| assert!(prose.contains(words), "the README says `{words}`");
    says("Thirty launches say so");
    assert!(flat.contains("30 launches, paired"));
    says("stays full for two hours");
    let spell = "Twice the servers: db is still the bottleneck from T+00:00 to T+";
    let end = flat.split(spell).nth(1).expect("the database stays full");
    let end = end.split(['.', ' ']).next().expect("an instant");
    let parts: Vec<f64> = end
        .split(':')
        .map(|part| part.parse().expect("digits"))
        .collect();
    let hours = parts[0] + parts[1] / 60.0;
    assert!((1.75..2.25).contains(&hours), "{hours} hours");
    says("both orders and confirmation mails wait for it");
    assert!(flat.contains("mail waits for db") && flat.contains("shop waits for db"));
    says("more servers then add nothing");
    let block = |name: &str| {
        let found = report
            .split("\n\n")
            .find(|part| part.split(['\n', ' ']).next() == Some(name));
        found.expect("a block of the variant").to_owned()
    };
    let served = |name: &str| {
        let block = block(name);
        let line = block.lines().find(|line| line.contains("share(served)"));
        let words: Vec<&str> = line.expect("who is served").split_whitespace().collect();
        words[1].parse::<f64>().expect("a share in percent")
    };
    assert!((served("both") - served("patch-login")).abs() < 0.1);
    says("nearly everybody");
    assert!(served("patch-login") > 99.0);
    says("tens of thousands");
    let orders = served("baseline") * 1_200.0;
    assert!((20_000.0..99_000.0).contains(&orders), "{orders} orders");
    says("more than a hundred traces worked by hand");
    assert!(traces() > 100);
}

/// What is said of the storm holds for what was run: nobody comes back by himself, everybody with a
/// short queue or without retries, and the figures are those of its report.
#[test]
fn the_storm_is_told_as_it_was() {
    let prose = prose().replace('\n', " ");
    let report = text("reports/retry-storm/summary.md");
    let row = |name: &str| {
        let rows = report.split("### Collapse and recovery").nth(1);
        let mut rows = rows.expect("a table of recoveries").lines();
        let found = rows.find(|line| line.starts_with(&format!("| {name} |")));
        let cells = found.expect("a row of the variant").split(" | ");
        cells.map(str::to_owned).collect::<Vec<_>>()
    };
    let says = |words: &str| assert!(prose.contains(words), "the README says `{words}`");
    says("no launch comes back");
    assert!(row("baseline")[3].starts_with("0 of 3"));
    says("With a short queue every launch comes home");
    assert!(row("A short queue")[3].starts_with("3 of 3"));
    says("no moment past which it is too late");
    assert!(row("A short queue")[5].starts_with("0 of 3"));
    assert!(row("baseline")[5].starts_with("3 of 3"));
}

/// Traces of `tests/semantics`: each is a test.
fn traces() -> usize {
    let files = fs::read_dir(root().join("tests/semantics")).expect("there are traces");
    let texts = files.map(|file| fs::read_to_string(file.expect("a file").path()));
    texts
        .map(|text| text.unwrap_or_default().matches("#[test]").count())
        .sum()
}

/// Commands within a line of text run as well.
#[test]
fn every_command_in_a_line_runs() {
    let readme = text("README.md");
    let outside = readme.split("```").step_by(2);
    let code = outside.flat_map(|part| part.split('`').skip(1).step_by(2));
    let commands: Vec<&str> = code.filter(|code| code.starts_with("onrush ")).collect();
    assert!(commands.len() > 5, "{commands:?}");
    let scene = scene();
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let answer = match words.len() {
            1 => scene.run([words[0], "--help"]),
            _ => scene.run(words.iter().copied()),
        };
        assert_eq!(answer.code, 0, "{command}\n{}", answer.err);
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
