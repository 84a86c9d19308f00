//! Mutants of the models that are kept here, by bytes, by tokens and by branches of their trees:
//! `check` survives them all, and `run` those that are valid, within bounded time and memory, with
//! something to say and nothing that steers a terminal.
//!
//! Every run of the tests takes the same few; this takes 20,000, and other ones with
//! `ONRUSH_MUTANTS_SEED`:
//!
//! ```console
//! $ ONRUSH_MUTANTS=20000 cargo test --locked mutants -- --nocapture
//! ```
//!
//! What is not survived is made smaller and written to a file, which the failure names.

mod edits;

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

use crate::paths::LOG;
use crate::support::{Answer, Scene, answer, confined};
use edits::{Edit, Kind};

/// Mutants of every run.
const USUAL: u64 = 120;
/// Failures after which no more are looked for.
const ENOUGH: usize = 20;
/// Address space that a command may have, KiB, and seconds of CPU.
const MEMORY_KB: u64 = 500_000;
const CPU_S: u64 = 5;

/// A number from the environment.
fn asked_for(name: &str, otherwise: u64) -> u64 {
    let asked = std::env::var(name).ok();
    asked.map_or(otherwise, |n| n.parse().expect("it is a number"))
}

/// A model, what was done to it, and a model that pieces were taken from.
#[derive(Clone)]
struct Mutant<'m> {
    base: &'m str,
    other: &'m str,
    edits: Vec<Edit>,
}

impl Mutant<'_> {
    fn text(&self) -> Vec<u8> {
        let base = self.base.as_bytes().to_vec();
        let edits = self.edits.iter();
        edits.fold(base, |text, edit| edit.of(&text, self.other))
    }
}

fn mutant(models: &[String], number: u64) -> Mutant<'_> {
    let mut luck = StdRng::seed_from_u64(number);
    let mut model = || models.choose(&mut luck).expect("there are models").as_str();
    let (base, other) = (model(), model());
    let kind = [Kind::Bytes, Kind::Tokens, Kind::Tree][(number % 3) as usize];
    let count = [1, 1, 2, 4][luck.random_range(0..4)];
    let edits = (0..count).map(|_| Edit {
        kind,
        number: luck.random(),
    });
    Mutant {
        base,
        other,
        edits: edits.collect(),
    }
}

/// The models of the repository, but those that are wrong on purpose.
fn models() -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let (mut open, mut found) = (vec![root.join("models"), root.join("tests")], Vec::new());
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("the folder can be listed") {
            let path = entry.expect("the folder can be listed").path();
            if path.is_dir() {
                let is_fine = !path.ends_with("broken") && !path.ends_with("corpus");
                open.extend(is_fine.then_some(path));
            } else if path.extension().is_some_and(|end| end == "toml") {
                found.push(path);
            }
        }
    }
    found.sort();
    let text = |path: PathBuf| fs::read_to_string(path).expect("a model is text");
    found.into_iter().map(text).collect()
}

#[test]
fn mutants_of_models_are_survived() {
    let (count, seed) = (
        asked_for("ONRUSH_MUTANTS", USUAL),
        asked_for("ONRUSH_MUTANTS_SEED", 1),
    );
    let models = models();
    let (next, valid) = (AtomicU64::new(0), AtomicU64::new(0));
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..crate::replicate::threads() {
            scope.spawn(|| {
                let scene = Scene::new().file(LOG.0, LOG.1);
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let enough = wrong.lock().expect("nobody panics").len() >= ENOUGH;
                    if number >= count || enough {
                        break;
                    }
                    let mutant = mutant(&models, seed << 32 | number);
                    match survived(&scene, &mutant.text()) {
                        Ok(true) => {
                            valid.fetch_add(1, Ordering::Relaxed);
                        }
                        Ok(false) => {}
                        Err(why) => {
                            let shown = kept(number, &smaller(&scene, mutant), &why);
                            wrong.lock().expect("nobody panics").push(shown);
                        }
                    }
                }
            });
        }
    });
    println!("{count} mutants, {} of them valid", valid.into_inner());
    let wrong = wrong.into_inner().expect("nobody panics");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Writes a mutant that is not survived where it is found again, and says where and why.
fn kept(number: u64, text: &[u8], why: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("mutants");
    fs::create_dir_all(&folder).expect("the folder can be made");
    let path = folder.join(format!("{number}.toml"));
    fs::write(&path, text).expect("the mutant can be written");
    format!("{}: {why}", path.display())
}

/// The same failure with fewer edits, then without lines that do not matter.
fn smaller(scene: &Scene, mut mutant: Mutant<'_>) -> Vec<u8> {
    let fails = |text: &[u8]| survived(scene, text).is_err();
    let mut at = 0;
    while at < mutant.edits.len() && mutant.edits.len() > 1 {
        let mut fewer = mutant.clone();
        fewer.edits.remove(at);
        match fails(&fewer.text()) {
            true => mutant = fewer,
            false => at += 1,
        }
    }
    let mut lines: Vec<Vec<u8>> = mutant
        .text()
        .split_inclusive(|&b| b == b'\n')
        .map(<[u8]>::to_vec)
        .collect();
    let mut many = lines.len() / 2;
    while many > 0 {
        let mut from = 0;
        while from < lines.len() {
            let mut fewer = lines.clone();
            fewer.drain(from..(from + many).min(lines.len()));
            match fails(&fewer.concat()) {
                true => lines = fewer,
                false => from += many,
            }
        }
        many /= 2;
    }
    lines.concat()
}

/// Whether a mutant is valid; or what is wrong with how it is taken.
fn survived(scene: &Scene, text: &[u8]) -> Result<bool, String> {
    fs::write(scene.path("model.toml"), text).expect("the mutant can be written");
    let few = ["--events", "100000", "--memory", "100MB"];
    let check = [&["check", "model.toml"][..], &few].concat();
    let checked = answered(scene, &check)?;
    if checked.code != 0 {
        // Where a file cannot be read, the world is in the way.
        let world: &[i32] = match checked.err.contains("cannot read `") {
            true => &[1],
            false => &[],
        };
        return allowed(&checked, &[world, &[104]].concat()).map(|()| false);
    }
    let run = [
        &["run", "model.toml", "--replications", "2", "--threads", "1"][..],
        &few,
    ]
    .concat();
    allowed(&answered(scene, &run)?, &[0, 1, 98, 99]).map(|()| true)
}

fn allowed(answer: &Answer, codes: &[i32]) -> Result<(), String> {
    match codes.contains(&answer.code) {
        true => Ok(()),
        false => Err(format!("exit {}\n{}", answer.code, answer.err)),
    }
}

/// Whether a character turns the direction of what is written after it.
fn is_mark_of_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a command says, if that can be shown.
fn answered(scene: &Scene, arguments: &[&str]) -> Result<Answer, String> {
    let limits = format!("ulimit -t {CPU_S}; ulimit -v {MEMORY_KB} 2>/dev/null");
    let command = confined(&scene.command(arguments.iter().copied()), &limits);
    let output = { command }.output().expect("the command starts");
    let answer = answer(output);
    let said = [answer.out.as_str(), answer.err.as_str()].concat();
    let steers = |c: &char| (c.is_control() && *c != '\n') || is_mark_of_direction(*c);
    if let Some(sign) = said.chars().find(steers) {
        return Err(format!("{} writes {sign:?} to the terminal", arguments[0]));
    }
    let is_empty = |line: &str| match line.split_once("]: ") {
        Some((_, text)) => text.trim().is_empty(),
        None => line.starts_with("error["),
    };
    if answer.last_line().is_empty() || answer.err.lines().any(is_empty) {
        return Err(format!(
            "{} has an empty message\n{}",
            arguments[0], answer.err
        ));
    }
    Ok(answer)
}
