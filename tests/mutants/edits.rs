//! Models made wrong: by bytes, by tokens, by branches of their tree.

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use toml::Value;

/// Pieces that hurt: signs, units, words, huge numbers, characters that steer a terminal.
const SPLINTERS: &[&str] = &[
    "\"",
    "'",
    "'''",
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "$",
    "*",
    "(",
    ")",
    "-",
    "+",
    "#",
    "\\",
    "\n",
    "\r",
    "\t",
    "\0",
    "\u{1b}[2J",
    "\u{7}",
    "\u{202e}",
    "\u{feff}",
    "µ",
    "💥",
    "%",
    "[[",
    "]]",
    "x2",
    "0",
    "-1",
    "1e308",
    "-1e308",
    "nan",
    "inf",
    "true",
    "9999999999999999999",
    "1e-300",
];

/// Values that hurt.
const VALUES: &[&str] = &[
    "0",
    "1",
    "-1",
    "3",
    "0.1",
    "65_536",
    "4_000_000_000",
    "9_223_372_036_854_775_807",
    "1e308",
    "nan",
    "true",
    "\"\"",
    "\"x2\"",
    "\"-100%\"",
    "\"+1\"",
    "\"0s\"",
    "\"1ns\"",
    "\"5ms\"",
    "\"1h\"",
    "\"36500d\"",
    "\"-1s\"",
    "\"exp(0s)\"",
    "\"exp(1ns)\"",
    "\"exp(10ms)\"",
    "\"geometric(mean=1)\"",
    "\"rest\"",
    "\"geometric(mean=1e9)\"",
    "\"lognormal(mean=1s, cv=1e9)\"",
    "\"pareto(shape=0.1, min=1s)\"",
    "\"uniform(0s, 36500d)\"",
    "\"file(model.toml)\"",
    "\"file(/dev/null)\"",
    "\"1/s\"",
    "\"1M/s\"",
    "\"$work\"",
    "\"2 * $crowd\"",
    "\"50%\"",
    "\"all\"",
    "\"any\"",
    "\"auto\"",
    "\"steady\"",
    "\"continue\"",
    "\"fail\"",
    "\"served\"",
    "\"shop.home\"",
    "\"p99(users.time) < 1s\"",
    "2014-10-27T15:00:00Z",
    "[]",
    "{}",
    "[ [], [] ]",
    "[ { think = \"1s\" } ]",
    "[ { mark = \"m\" } ]",
    "[ { leave = \"bored\" } ]",
    "[ \"users\", \"shop\" ]",
    "[ 1, 2 ]",
];

/// What a value looks like: one that looks the same may well be valid in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Number,
    Time,
    Share,
    Rate,
    Word,
    Other,
}

fn look(written: &str) -> Look {
    let text = written.trim_matches('"');
    let digit = text.starts_with(|c: char| c.is_ascii_digit());
    let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | '_');
    match text {
        _ if digit && text.ends_with('%') => Look::Share,
        _ if digit && text.contains('/') => Look::Rate,
        _ if digit && text.chars().all(is_number) => Look::Number,
        _ if digit && written.starts_with('"') => Look::Time,
        _ if text.contains('(') && !text.contains(['<', '>']) => Look::Time,
        _ if text.starts_with(|c: char| c.is_alphabetic()) => Look::Word,
        _ => Look::Other,
    }
}

/// A way to make a model wrong.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Bytes,
    Tokens,
    Tree,
}

/// A change of a text that depends on nothing but its number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit {
    pub(super) kind: Kind,
    pub(super) number: u64,
}

impl Edit {
    /// The text with the change; `other` is a model to take pieces from.
    pub(super) fn of(self, text: &[u8], other: &str) -> Vec<u8> {
        let mut luck = StdRng::seed_from_u64(self.number);
        let readable = std::str::from_utf8(text).ok();
        match (self.kind, readable) {
            (Kind::Tokens, Some(text)) => tokens(text, other, &mut luck).into_bytes(),
            (Kind::Tree, Some(text)) => tree(text, other, &mut luck)
                .map_or_else(|| text.as_bytes().to_vec(), String::into_bytes),
            _ => bytes(text.to_vec(), &mut luck),
        }
    }
}

/// A place in a text, and how far a piece from there goes.
fn piece(length: usize, luck: &mut StdRng) -> std::ops::Range<usize> {
    let from = luck.random_range(0..=length);
    let long = if luck.random_ratio(1, 8) { length } else { 24 };
    from..(from + luck.random_range(0..=long)).min(length)
}

fn bytes(mut text: Vec<u8>, luck: &mut StdRng) -> Vec<u8> {
    let at = piece(text.len(), luck);
    match luck.random_range(0..6) {
        0 => drop(text.drain(at)),
        1 => {
            let twice = text[at.clone()].to_vec();
            text.splice(at.start..at.start, twice);
        }
        2 => {
            let moved: Vec<u8> = text.drain(at).collect();
            let to = luck.random_range(0..=text.len());
            text.splice(to..to, moved);
        }
        3 if at.start < text.len() => text[at.start] ^= 1 << luck.random_range(0..8),
        4 if luck.random_ratio(1, 4) => text.truncate(at.start),
        _ => {
            let splinter = SPLINTERS.choose(luck).expect("there are some");
            text.splice(at.start..at.start, splinter.bytes());
        }
    }
    text
}

/// Words, numbers, texts in quotes, blanks and single signs.
fn split(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
        let end = match first {
            '"' => rest[1..]
                .find(['"', '\n'])
                .map_or(rest.len(), |end| end + 2),
            c if is_word(c) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            ' ' => rest.find(|c| c != ' ').unwrap_or(rest.len()),
            c => c.len_utf8(),
        };
        let (token, after) = rest.split_at(end);
        found.push(token);
        rest = after;
    }
    found
}

fn tokens(text: &str, other: &str, luck: &mut StdRng) -> String {
    if luck.random_ratio(1, 5) {
        return lines(text, other, luck);
    }
    let (mut ours, theirs) = (split(text), split(other));
    let is_something = |token: &&&str| !token.trim().is_empty();
    let places: Vec<usize> = (0..ours.len())
        .filter(|&at| is_something(&&ours[at]))
        .collect();
    let Some(&at) = places.choose(luck) else {
        return text.to_owned();
    };
    let foreign: Vec<&&str> = theirs.iter().filter(is_something).collect();
    if luck.random_ratio(3, 4) {
        let values = places.iter().filter(|&&at| {
            !matches!(look(ours[at]), Look::Word | Look::Other) || ours[at].starts_with('"')
        });
        let Some(&at) = values.copied().collect::<Vec<_>>().choose(luck) else {
            return text.to_owned();
        };
        let all = ours.iter().chain(&theirs).chain(VALUES);
        let alike: Vec<&str> = all
            .filter(|token| {
                look(token) == look(ours[at]) && token.starts_with('"') == ours[at].starts_with('"')
            })
            .copied()
            .collect();
        ours[at] = alike.choose(luck).expect("it is like itself");
        return ours.concat();
    }
    match luck.random_range(0..6) {
        0 => drop(ours.remove(at)),
        1 => ours.insert(at, ours[at]),
        2 => ours.swap(at, places[luck.random_range(0..places.len())]),
        3 => ours[at] = foreign.choose(luck).map_or("", |token| token),
        4 => ours[at] = ours[places[luck.random_range(0..places.len())]],
        _ => ours[at] = VALUES.choose(luck).expect("there are some"),
    }
    ours.concat()
}

fn lines(text: &str, other: &str, luck: &mut StdRng) -> String {
    let (mut ours, theirs): (Vec<&str>, Vec<&str>) =
        (text.lines().collect(), other.lines().collect());
    let at = luck.random_range(0..=ours.len());
    let to = (at + luck.random_range(1..4)).min(ours.len());
    match luck.random_range(0..4) {
        0 => drop(ours.drain(at..to)),
        1 => {
            let moved: Vec<&str> = ours.drain(at..to).collect();
            let to = luck.random_range(0..=ours.len());
            ours.splice(to..to, moved);
        }
        2 => {
            let twice = ours[at..to].to_vec();
            ours.splice(at..at, twice);
        }
        _ => ours.insert(at, theirs.choose(luck).unwrap_or(&"")),
    }
    ours.join("\n")
}

/// A step down a tree: a key, or a number in a list.
#[derive(Clone)]
enum Branch {
    Key(String),
    Number(usize),
}

fn branches(node: &Value, at: &mut Vec<Branch>, found: &mut Vec<Vec<Branch>>) {
    if !at.is_empty() {
        found.push(at.clone());
    }
    let inside: Vec<(Branch, &Value)> = match node {
        Value::Table(table) => table
            .iter()
            .map(|(key, node)| (Branch::Key(key.clone()), node))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(n, node)| (Branch::Number(n), node))
            .collect(),
        _ => Vec::new(),
    };
    for (branch, node) in inside {
        at.push(branch);
        branches(node, at, found);
        at.pop();
    }
}

fn at<'v>(root: &'v mut Value, path: &[Branch]) -> Option<&'v mut Value> {
    path.iter().try_fold(root, |node, branch| match branch {
        Branch::Key(key) => node.get_mut(key.as_str()),
        Branch::Number(number) => node.get_mut(*number),
    })
}

fn any_of(root: &Value, luck: &mut StdRng) -> Option<Vec<Branch>> {
    let mut found = Vec::new();
    branches(root, &mut Vec::new(), &mut found);
    found.choose(luck).cloned()
}

/// A value in place of one that looks the same, or one left out.
fn grafted(mut root: Value, foreign: &Value, luck: &mut StdRng) -> Option<String> {
    let is_leaf = |node: &Value| !node.is_table() && !node.is_array();
    let mut found = Vec::new();
    branches(&root, &mut Vec::new(), &mut found);
    let mut copy = root.clone();
    found.retain(|path| at(&mut copy, path).is_some_and(|node| is_leaf(node)));
    let path = found.choose(luck)?.clone();
    let (last, outer) = path.split_last()?;
    if let (Branch::Key(key), Value::Table(table), 0) =
        (last, at(&mut root, outer)?, luck.random_range(0..4))
    {
        table.remove(key);
        return toml::to_string(&root).ok();
    }
    let here = at(&mut root, &path)?.to_string();
    let mut more = Vec::new();
    branches(foreign, &mut Vec::new(), &mut more);
    let mut foreign = foreign.clone();
    let theirs = more
        .iter()
        .filter_map(|path| at(&mut foreign, path).map(|node| node.clone()));
    let ours = found
        .iter()
        .filter_map(|path| at(&mut copy, path).map(|node| node.clone()));
    let hurt = VALUES.iter().filter_map(|value| {
        toml::from_str::<Value>(&format!("v = {value}"))
            .ok()?
            .get("v")
            .cloned()
    });
    let all: Vec<Value> = theirs.chain(ours).chain(hurt).collect();
    let alike: Vec<&Value> = all
        .iter()
        .filter(|node| is_leaf(node) && look(&node.to_string()) == look(&here))
        .collect();
    *at(&mut root, &path)? = (*alike.choose(luck)?).clone();
    toml::to_string(&root).ok()
}

/// Changes one branch of the tree of a model; nothing of a text that is no tree.
fn tree(text: &str, other: &str, luck: &mut StdRng) -> Option<String> {
    let mut root: Value = toml::from_str(text).ok()?;
    let mut foreign: Value = toml::from_str(other).ok()?;
    let path = any_of(&root, luck)?;
    let (last, outer) = path.split_last()?;
    let graft = match luck.random_range(0..3) {
        0 => {
            let path = any_of(&foreign, luck)?;
            at(&mut foreign, &path)?.clone()
        }
        1 => at(&mut root.clone(), &any_of(&root, luck)?)?.clone(),
        _ => toml::from_str::<Value>(&format!("v = {}", VALUES.choose(luck)?))
            .ok()?
            .get("v")?
            .clone(),
    };
    if luck.random_ratio(3, 4) {
        return grafted(root, &foreign, luck);
    }
    let word = [
        "timeout", "steps", "or", "x", "*", "a.b", "servers", "for", "label", "share",
    ]
    .choose(luck)?;
    let node = at(&mut root, outer)?;
    match (last, node, luck.random_range(0..8)) {
        (Branch::Key(key), Value::Table(table), 0) => drop(table.remove(key)),
        (Branch::Number(number), Value::Array(items), 0) => drop(items.remove(*number)),
        (Branch::Key(key), Value::Table(table), 1) => {
            let moved = table.remove(key)?;
            table.insert((*word).to_owned(), moved);
        }
        (Branch::Key(key), Value::Table(table), 2) => {
            let again = table.get(key)?.clone();
            table.insert(format!("{key}2"), again);
        }
        (Branch::Number(number), Value::Array(items), 1 | 2) => {
            let again = items.get(*number)?.clone();
            items.insert(*number, again);
        }
        (_, Value::Table(table), 3) => {
            table.insert((*word).to_owned(), graft);
        }
        (_, Value::Array(items), 3) => items.push(graft),
        (Branch::Key(key), Value::Table(table), 4) => {
            let inner = table.remove(key)?;
            table.insert(key.clone(), Value::Array(vec![inner]));
        }
        (last, node, _) => *at(node, std::slice::from_ref(last))? = graft,
    }
    toml::to_string(&root).ok()
}
