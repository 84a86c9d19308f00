//! The walls of the engine: which room calls which, what goes up, and what a room keeps to itself.

use std::collections::BTreeMap;

use super::tables::{HAND_OVERS, OF_THE_LOOP, ROOMS};
use super::{File, none, sources};

/// Lines of a file of the engine.
const LONGEST: usize = 450;
/// Fields that a replication under way may have.
const MOST_FIELDS: usize = 12;

/// The room of a file of the engine: none for those of the loop.
fn room(file: &File) -> Option<&str> {
    let inside = file.in_src()?.strip_prefix("engine/")?;
    inside.split_once('/').map(|(room, _)| room)
}

/// What a file says within `impl Sim`.
fn of_the_replication(file: &File) -> impl Iterator<Item = &str> {
    let code = file.rust.code.as_str();
    let begins = code.match_indices("\nimpl").filter_map(move |(at, _)| {
        let head = code[at + 1..].lines().next()?;
        let of = head.split_once(" Sim<")?.0;
        (!of.contains(" for")).then_some(at + 1)
    });
    begins.map(move |at| {
        let rest = &code[at..];
        &rest[..rest.find("\n}").unwrap_or(rest.len())]
    })
}

/// The names of the methods in a text, each before its parameters.
fn methods(text: &str) -> impl Iterator<Item = &str> {
    let named = text.match_indices("fn ").map(|(at, _)| &text[at + 3..]);
    named.filter_map(|rest| rest.split(['(', '<']).next())
}

/// The names of what a text calls of the replication itself.
fn calls(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("self").filter_map(|(at, _)| {
        let rest = text[at + 4..].trim_start().strip_prefix('.')?;
        let end = rest.find(|c: char| c != '_' && !c.is_ascii_alphanumeric())?;
        let called = rest[end..].starts_with('(') || rest[end..].starts_with("::<");
        called.then_some(&rest[..end])
    })
}

fn engine() -> Vec<File> {
    let all = sources().into_iter();
    all.filter(|file| file.path.starts_with("src/engine/"))
        .collect()
}

#[test]
fn rooms_of_the_engine_call_what_the_table_allows() {
    let files = engine();
    let mut home = BTreeMap::new();
    for file in &files {
        for text in of_the_replication(file) {
            home.extend(methods(text).map(|name| (name, room(file))));
        }
    }
    assert!(home.len() > 200, "the methods of the replication are found");
    let rooms: BTreeMap<&str, &[&str]> = ROOMS.into_iter().collect();
    let up: BTreeMap<&str, &str> = HAND_OVERS.into_iter().collect();
    let (mut wrong, mut handed) = (Vec::new(), Vec::new());
    for file in &files {
        let Some(from) = room(file) else { continue };
        let Some(allowed) = rooms.get(from) else {
            wrong.push(format!("{}: `{from}` is no room of the table", file.path));
            continue;
        };
        for name in of_the_replication(file).flat_map(calls) {
            let fits = match home.get(name) {
                None => true,
                Some(None) => up.contains_key(name) || OF_THE_LOOP.contains(&name),
                Some(Some(to)) => *to == from || allowed.contains(to) || up.contains_key(name),
            };
            if up.contains_key(name) && !fits_below(&home, allowed, (from, name)) {
                handed.push(name);
            }
            if !fits {
                wrong.push(format!("{}: {from} must not call {name}", file.path));
            }
        }
    }
    let unused = up.keys().filter(|name| !handed.contains(name));
    wrong.extend(unused.map(|name| format!("HAND_OVERS: nobody hands over by {name}")));
    none(
        &wrong,
        "calls in the engine go down, or are listed in HAND_OVERS",
    );
}

/// Whether a method is of the room itself, or of one below.
fn fits_below(
    home: &BTreeMap<&str, Option<&str>>,
    allowed: &[&str],
    (from, name): (&str, &str),
) -> bool {
    let to = home.get(name).copied().flatten();
    to.is_some_and(|to| to == from || allowed.contains(&to))
}

#[test]
fn files_of_the_engine_are_short() {
    let lines = |file: &File| file.text.lines().count();
    let long = engine().into_iter().filter(|file| lines(file) > LONGEST);
    let long: Vec<String> = long
        .map(|file| format!("{}: {} lines", file.path, lines(&file)))
        .collect();
    none(&long, "a mechanism is a file that one reads in one go");
}

#[test]
fn rooms_keep_their_state_to_themselves() {
    let mut wrong = Vec::new();
    for file in engine() {
        let code = &file.rust.code;
        let is_root = file.path == "src/engine/mod.rs";
        if room(&file).is_some() && file.path.ends_with("/mod.rs") {
            let fields = code.lines().filter(|line| {
                let line = line.trim_start();
                line.starts_with("pub") && line.contains(": ") && !line.contains("fn ")
            });
            wrong.extend(fields.map(|line| format!("{}: {}", file.path, line.trim())));
        } else if is_root {
            let body = code.split("\nstruct Sim<").nth(1).expect("it is declared");
            let body = body.split("\n}").next().unwrap_or_default();
            let fields = body.lines().filter(|line| line.contains(": ")).count();
            if fields > MOST_FIELDS {
                wrong.push(format!("Sim has {fields} fields"));
            }
        }
    }
    none(&wrong, "the state of a room is reached by its methods");
}
