//! The command: what the page on calibration shows, what is written, clocks that are found.

use std::fs;
use std::path::PathBuf;

use onrush::results::Results;

use crate::support::Scene;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// A folder as a reader of the page has it.
fn scene() -> Scene {
    let names = [
        "docs/calibrate/database-spike.toml",
        "docs/calibrate/database-cpu.csv",
    ];
    names
        .into_iter()
        .fold(Scene::new(), |scene, name| scene.file(name, &text(name)))
}

/// Every command of the page runs, and every line below one is what it says: the figures of the
/// page are those of this build. What is written is a model that keeps its comments and runs.
#[test]
fn the_page_shows_what_a_calibration_says() {
    let page = text("docs/calibrate.md");
    let blocks: Vec<&str> = page.split("```").collect();
    let scene = scene();
    let (mut commands, mut shown) = (0, 0);
    for (n, block) in blocks.iter().enumerate() {
        let Some(command) = block.strip_prefix("console\n$ onrush ") else {
            continue;
        };
        let answer = scene.run(command.split_whitespace()).expect(0);
        let said = format!("{}\n{}", answer.out, answer.err);
        let below = blocks
            .get(n + 2)
            .and_then(|block| block.strip_prefix("text\n"));
        for line in below
            .unwrap_or_default()
            .lines()
            .filter(|line| *line != "…")
        {
            assert!(said.lines().any(|one| one == line), "{line}\n---\n{said}");
            shown += 1;
        }
        commands += 1;
    }
    assert!(
        commands == 3 && shown > 12,
        "{commands} commands, {shown} lines"
    );
    let fitted = scene.text("fitted.toml");
    let mut tables = blocks
        .iter()
        .filter_map(|block| block.strip_prefix("toml\n"));
    let param = tables.next_back().expect("the page shows what is written");
    assert!(
        param.contains("known = \"fitted\"") && fitted.contains(param),
        "{fitted}"
    );
    // The figures of the prose are those of the answers.
    for figure in ["−0.736", "21", "some 1 400 seconds"] {
        assert!(page.contains(figure), "{figure}");
    }
}

/// `--write` puts the values into the author's text and changes nothing else of it.
#[test]
fn what_is_written_is_the_model_with_the_values_in_place() {
    let scene = scene();
    let small = [
        "--free",
        "job",
        "--replications",
        "2",
        "--at-most",
        "60",
        "--quiet",
    ];
    let path = "docs/calibrate/database-spike.toml";
    let words = ["calibrate", path, "--write", "docs/calibrate/fitted.toml"];
    scene.run(words.into_iter().chain(small)).expect(0);
    let (before, after) = (scene.text(path), scene.text("docs/calibrate/fitted.toml"));
    let added: Vec<&str> = after
        .lines()
        .filter(|line| !before.contains(*line))
        .collect();
    let gone: Vec<&str> = before
        .lines()
        .filter(|line| !after.contains(*line))
        .collect();
    assert!(gone == ["value = 1_000"], "{gone:?}");
    let [value, known] = added[..] else {
        panic!("{added:?}")
    };
    assert_eq!(known, "known = \"fitted\"");
    let value: f64 = value.replace("value = ", "").parse().expect("a number");
    assert!((1_100.0..1_700.0).contains(&value), "{value}");
    let run = [
        "run",
        "docs/calibrate/fitted.toml",
        "--replications",
        "1",
        "--quiet",
    ];
    scene.run(run).expect(0);
    // A place that cannot be written to is said before anything is simulated.
    let words = [
        "calibrate",
        path,
        "--write",
        "docs/calibrate/database-cpu.csv/x.toml",
    ];
    let refused = scene.run(words.into_iter().chain(small));
    assert!(refused.code == 1 && refused.out.is_empty(), "{refused:?}");
}

const RUSH: &str = r#"[model]
run_for = "10m"
replications = 3
[arrivals.rush]
journey = "visit"
stages = [
  { rate = "2/s", for = "3m" },
  { rate = "20/s", for = "2m" },
  { rate = "2/s", for = "5m" },
]
[journey.visit]
steps = [ { name = "home", call = "shop.home", timeout = "9s" } ]
[service.shop]
workers = 64
endpoint.home = [ { cpu = "1ms" } ]
[observed]
file = "seen.csv"
offset = "auto"
match = { rps = "rate(home)" }
give = "10%"
"#;

/// A collector whose clock is 40 seconds late: the offset that is found puts the rush where it was,
/// is said, and stands in the results.
#[test]
fn an_offset_is_found_by_the_whole_command() {
    let mut seen = "t,rps\n".to_owned();
    for row in 0..30 {
        // The rush was from 180 s to 300 s; the file says 40 s later.
        let rate = if (11..17).contains(&row) { 20 } else { 2 };
        seen.push_str(&format!("{},{rate}\n", row * 20));
    }
    let scene = Scene::with_model(RUSH).file("seen.csv", &seen);
    let answer = scene
        .run(["run", "model.toml", "--json", "out.json"])
        .expect(0);
    let results: Results = serde_json::from_str(&scene.text("out.json")).expect("a document");
    let observed = results.variants["baseline"]
        .observed
        .as_ref()
        .expect("it is compared");
    assert!(observed.offset_found);
    let offset = observed.offset_s.expect("it is found");
    assert!((offset + 40.0).abs() <= 5.0, "{offset}");
    let said = answer.out.replace("\n  ", " ");
    let moved = "The times of the file were moved 40 s earlier, found by comparing.";
    assert!(said.contains(moved), "{said}");
    // Given, it is taken as it is.
    let given = [
        "run",
        "model.toml",
        "--set",
        "observed.offset=0s",
        "--json",
        "given.json",
    ];
    scene.run(given).expect(0);
    let results: Results = serde_json::from_str(&scene.text("given.json")).expect("a document");
    let given = results.variants["baseline"]
        .observed
        .as_ref()
        .expect("it is compared");
    assert_eq!((given.offset_found, given.offset_s), (false, Some(0.0)));
    assert!(given.series[0].rmse > observed.series[0].rmse);
}
