//! The house as a test: who may import whom, one door a dependency, banned words, sizes.
//!
//! One idea: the rules are the tables of `tables.rs`; this file only looks them up.

mod command;
mod engine;
mod rust;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rust::{Rust, identifier, line_of, words};
use tables::{BANNED, DOORS, LAYERS, LONG_FILES, LONG_FUNCTIONS, OPEN, VOCABULARY, WIDE_FUNCTIONS};

/// Lines of a file above which it needs a reason.
const LONG_FILE: usize = 600;
/// Lines that no file exceeds.
const LONGEST_FILE: usize = 1000;
/// Lines of a function above which it needs to be listed.
const LONG_FUNCTION: usize = 70;
/// Columns of a line.
const WIDEST_LINE: usize = 100;
/// Parameters of a function, `self` apart.
const MOST_PARAMETERS: usize = 5;

/// A file of ours: its path from the root, its text, the text taken apart.
struct File {
    path: String,
    text: String,
    rust: Rust,
}

impl File {
    /// The path inside `src`, if it is there.
    fn in_src(&self) -> Option<&str> {
        self.path.strip_prefix("src/")
    }

    /// The layer it belongs to, if it belongs to one.
    fn layer(&self) -> Option<&str> {
        self.in_src()?.split_once('/').map(|(layer, _)| layer)
    }

    fn at(&self, byte: usize) -> String {
        format!("{}:{}", self.path, line_of(&self.rust.code, byte))
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every path below `folder`, sorted, from the root.
fn paths(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from(folder)];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(root().join(&folder)) else {
            continue;
        };
        for entry in entries {
            let entry = entry.expect("a folder of ours can be listed");
            let path = folder.join(entry.file_name());
            match entry.file_type().expect("its type is known").is_dir() {
                true => open.push(path),
                false => found.push(path.to_string_lossy().into_owned()),
            }
        }
    }
    found.sort();
    found
}

/// Every file of Rust below `folder`, taken apart.
fn read(folder: &str) -> Vec<File> {
    let rust = paths(folder)
        .into_iter()
        .filter(|path| path.ends_with(".rs"));
    rust.map(|path| {
        let text = fs::read_to_string(root().join(&path)).expect("a file of ours can be read");
        let rust = Rust::read(&text);
        File { path, text, rust }
    })
    .collect()
}

/// The files of `src` that are compiled outside tests.
fn sources() -> Vec<File> {
    let files = read("src");
    let tests: BTreeSet<String> = files.iter().flat_map(test_files).collect();
    files
        .into_iter()
        .filter(|file| {
            !tests
                .iter()
                .any(|test| file.path.starts_with(test.as_str()))
        })
        .collect()
}

/// Beginnings of the paths of the modules that a file declares under `#[cfg(test)]`.
fn test_files(file: &File) -> Vec<String> {
    let path = Path::new(&file.path);
    let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") => path.with_file_name(""),
        _ => path.with_extension(""),
    };
    let folder = folder.to_string_lossy().trim_end_matches('/').to_owned();
    let names = file.rust.test_modules.iter();
    names
        .flat_map(|name| [format!("{folder}/{name}.rs"), format!("{folder}/{name}/")])
        .collect()
}

/// Fails with all findings at once.
fn none(findings: &[String], rule: &str) {
    assert!(
        findings.is_empty(),
        "{rule}:\n  {}\n",
        findings.join("\n  ")
    );
}

#[test]
fn layers_import_only_what_the_table_allows() {
    let layers: BTreeMap<&str, &[&str]> = LAYERS.into_iter().collect();
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(layer) = file.layer() else { continue };
        let Some(allowed) = layers.get(layer) else {
            wrong.push(format!("{}: `{layer}` is no layer of the table", file.path));
            continue;
        };
        for (at, target) in imports(&file) {
            let ours = layers.contains_key(target.as_str());
            if !ours || (target != layer && !allowed.contains(&target.as_str())) {
                wrong.push(format!("{}: {layer} must not know {target}", file.at(at)));
            }
        }
    }
    none(&wrong, "who may import whom is said in LAYERS");
}

/// What a file names of the crate's top level, by `crate::` or by enough `super::`.
fn imports(file: &File) -> Vec<(usize, String)> {
    let code = &file.rust.code;
    let mut found = Vec::new();
    for at in words(code, "crate") {
        if let Some(rest) = code[at + "crate".len()..].strip_prefix("::") {
            let names = first_names(rest).into_iter().map(|name| (at, name));
            // Macros that a layer exports stand at the top: they are of base.
            found.extend(names.filter(|(_, name)| !rest[name.len()..].starts_with('!')));
        }
    }
    let depth = depth(file);
    for at in words(code, "super") {
        if code[..at].ends_with("super::") {
            continue;
        }
        let rest = &code[at..];
        let after = rest.trim_start_matches("super::");
        let climbed = (rest.len() - after.len()) / "super::".len();
        if climbed >= depth {
            found.extend(first_names(after).into_iter().map(|name| (at, name)));
        }
    }
    found
}

/// How many `super` lead from a file's module to the crate itself.
fn depth(file: &File) -> usize {
    let parts = file.in_src().map_or(0, |path| path.split('/').count());
    parts - usize::from(file.path.ends_with("/mod.rs"))
}

/// The first names of a path, or of each member of a group: `{base::time, text}`.
fn first_names(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        return vec![identifier(path).to_owned()];
    };
    let (mut depth, mut names, mut fresh) = (1_usize, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' if depth == 1 => fresh = true,
            c if fresh && !c.is_whitespace() => {
                names.push(identifier(&group[at..]).to_owned());
                fresh = false;
            }
            _ => {}
        }
    }
    names
}

#[test]
fn each_dependency_has_its_doors() {
    let doors: BTreeMap<&str, &[&str]> = DOORS.into_iter().collect();
    let mut wrong = Vec::new();
    for dependency in dependencies() {
        if !doors.contains_key(dependency.as_str()) && !OPEN.contains(&dependency.as_str()) {
            wrong.push(format!("Cargo.toml: `{dependency}` has no door in DOORS"));
        }
    }
    for file in sources() {
        let Some(path) = file.in_src() else { continue };
        for (name, allowed) in &doors {
            if allowed.iter().any(|door| path.starts_with(door)) {
                continue;
            }
            for at in uses(&file.rust.code, name) {
                wrong.push(format!(
                    "{}: `{name}` belongs to {}",
                    file.at(at),
                    allowed.join(", ")
                ));
            }
        }
    }
    none(&wrong, "each dependency is named behind its door only");
}

/// Where a crate is named: `name::` at the beginning of a path, `use name;`.
fn uses(code: &str, name: &str) -> Vec<usize> {
    let found = words(code, name).into_iter();
    found
        .filter(|at| {
            let (before, after) = (code[..*at].trim_end(), &code[at + name.len()..]);
            let begins = !before.ends_with("::") && !before.ends_with("mod");
            let imported = before.ends_with("use") && after.trim_start().starts_with(';');
            begins && (after.starts_with("::") || imported) && !is_local(code, name)
        })
        .collect()
}

/// Whether a module of this name is declared or imported in the file itself.
fn is_local(code: &str, name: &str) -> bool {
    words(code, name).iter().any(|at| {
        let before = code[..*at].trim_end();
        before.ends_with("mod") || before.ends_with("crate::report::")
    })
}

/// The names of the package's dependencies as code names them.
fn dependencies() -> Vec<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("the manifest is here");
    let section = manifest
        .split("[dependencies]")
        .nth(1)
        .expect("there are dependencies");
    let section = section.split("\n[").next().unwrap_or_default();
    let names = section
        .lines()
        .filter_map(|line| line.split_once('=').map(|(name, _)| name));
    names.map(|name| name.trim().replace('-', "_")).collect()
}

#[test]
fn banned_words_stay_out() {
    let mut wrong = Vec::new();
    for file in sources() {
        let Some(path) = file.in_src() else { continue };
        for (banned, allowed, instead) in &BANNED {
            if allowed.iter().any(|place| path.starts_with(place)) {
                continue;
            }
            for at in occurrences(&file.rust.code, banned) {
                wrong.push(format!("{}: `{banned}`; use {instead}", file.at(at)));
            }
        }
    }
    none(&wrong, "words that code must not say stand in BANNED");
}

/// Where a banned text stands, not as a part of a longer word.
fn occurrences(code: &str, banned: &str) -> Vec<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let found = code.match_indices(banned).map(|(at, _)| at);
    found
        .filter(|at| {
            let begins = banned.starts_with('.') || !code[..*at].ends_with(part);
            let after = &code[at + banned.len()..];
            begins && (!banned.ends_with(part) || !after.starts_with(part))
        })
        .collect()
}

/// The anchors that a text cites: `semantics#call, #retry` cites two.
fn citations(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (at, start) in text.match_indices("semantics#") {
        let mut rest = &text[at + start.len() - 1..];
        while let Some(anchor) = rest.strip_prefix('#') {
            let end = anchor
                .find(|c: char| c != '-' && !c.is_ascii_lowercase())
                .unwrap_or(anchor.len());
            found.push(anchor[..end].to_owned());
            rest = anchor[end..].trim_start_matches(", ");
        }
    }
    found
}

#[test]
fn every_rule_that_is_cited_stands_in_the_semantics_and_every_rule_is_cited() {
    let page = fs::read_to_string(root().join("docs/semantics.md")).expect("the page is here");
    let rules: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("## "))
        .collect();
    let mut wrong = Vec::new();
    let mut cited = Vec::new();
    for file in read("src").into_iter().chain(read("tests")) {
        for anchor in citations(&file.text) {
            if !rules.contains(&anchor.as_str()) && file.path != "tests/house.rs" {
                wrong.push(format!("{}: semantics#{anchor} is no rule", file.path));
            }
            cited.push(anchor);
        }
        if file.text.contains(concat!("(seman", "tics ")) {
            wrong.push(format!("{}: a rule is cited by its anchor", file.path));
        }
    }
    let unused = rules
        .iter()
        .filter(|rule| !cited.iter().any(|c| c == *rule));
    wrong.extend(unused.map(|rule| format!("docs/semantics.md: nothing cites {rule}")));
    none(&wrong, "a rule is cited as `semantics#` and its heading");
}

#[test]
fn files_functions_and_lines_have_a_size() {
    let mut wrong = Vec::new();
    for file in read("src").into_iter().chain(read("tests")) {
        let lines = file.text.lines().count();
        if lines > LONGEST_FILE {
            wrong.push(format!("{}: {lines} lines", file.path));
        }
        for (n, line) in file.text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > WIDEST_LINE {
                wrong.push(format!("{}:{}: {columns} columns", file.path, n + 1));
            }
        }
    }
    for file in sources() {
        let lines = file.text.lines().count();
        let reason = LONG_FILES.iter().any(|(path, _)| *path == file.path);
        if lines > LONG_FILE && !reason {
            wrong.push(format!("{}: {lines} lines without a reason", file.path));
        }
        for function in file.rust.functions() {
            let listed = format!("{}: {}", file.path, function.name);
            if function.lines > LONG_FUNCTION && !LONG_FUNCTIONS.contains(&listed.as_str()) {
                wrong.push(format!(
                    "{listed}, line {}: {} lines",
                    function.line, function.lines
                ));
            }
        }
    }
    none(
        &wrong,
        "sizes are said in house.rs; a reason or a name in its lists exempts",
    );
}

#[test]
fn functions_take_few_parameters_and_no_switch() {
    let mut wrong = Vec::new();
    for file in sources() {
        for function in file.rust.functions() {
            let listed = format!("{}: {}", file.path, function.name);
            if WIDE_FUNCTIONS.contains(&listed.as_str()) {
                continue;
            }
            let count = function.parameters.len();
            if count > MOST_PARAMETERS {
                wrong.push(format!(
                    "{listed}, line {}: {count} parameters",
                    function.line
                ));
            }
            if function
                .parameters
                .iter()
                .any(|parameter| parameter.ends_with(": bool"))
            {
                wrong.push(format!(
                    "{listed}, line {}: a boolean parameter",
                    function.line
                ));
            }
        }
    }
    none(
        &wrong,
        "at most five parameters, none boolean: make a struct or an enum",
    );
}

#[test]
fn exemptions_are_still_needed() {
    let all: Vec<File> = read("src").into_iter().chain(read("tests")).collect();
    let mut stale = Vec::new();
    for (path, reason) in LONG_FILES {
        let file = all.iter().find(|file| file.path == path);
        if reason.is_empty() || file.is_none_or(|file| file.text.lines().count() <= LONG_FILE) {
            stale.push(path.to_owned());
        }
    }
    let named = |listed: &str| {
        let named = all.iter().flat_map(|file| {
            let functions = file.rust.functions().into_iter();
            functions.map(|function| (format!("{}: {}", file.path, function.name), function))
        });
        named
            .filter(|(name, _)| name == listed)
            .map(|(_, function)| function)
            .collect::<Vec<_>>()
    };
    for listed in LONG_FUNCTIONS {
        if named(listed)
            .iter()
            .all(|function| function.lines <= LONG_FUNCTION)
        {
            stale.push(listed.to_owned());
        }
    }
    for listed in WIDE_FUNCTIONS {
        let wide = |parameter: &String| parameter.ends_with(": bool");
        let narrow = |function: &rust::Function| {
            function.parameters.len() <= MOST_PARAMETERS && !function.parameters.iter().any(wide)
        };
        if named(listed).iter().all(narrow) {
            stale.push(listed.to_owned());
        }
    }
    none(&stale, "exempted without need: the lists may shrink");
}

#[test]
fn every_module_says_what_it_is() {
    let mut wrong = Vec::new();
    for file in read("src").into_iter().chain(read("tests")) {
        let first = file.text.lines().next().unwrap_or_default();
        if !first.starts_with("//! ") {
            wrong.push(file.path.clone());
        }
        if !matches!(file.path.rsplit('/').next(), Some(name) if is_named_for_an_idea(name)) {
            wrong.push(format!("{}: a file is named for one idea", file.path));
        }
    }
    none(
        &wrong,
        "a module begins with `//!`: what it is, and the one idea in it",
    );
}

fn is_named_for_an_idea(file: &str) -> bool {
    let kinds = [
        "errors", "error", "utils", "util", "types", "helpers", "common", "misc", "imp",
    ];
    !kinds.contains(&file.trim_end_matches(".rs"))
}

#[test]
fn comments_hold_no_unfinished_business() {
    let mut wrong = Vec::new();
    for file in read("src").into_iter().chain(read("tests")) {
        for (line, comment) in &file.rust.comments {
            for word in ["TODO", "FIXME", "XXX", "HACK"] {
                if !words(comment, word).is_empty() {
                    wrong.push(format!("{}:{line}: {word}", file.path));
                }
            }
        }
    }
    none(&wrong, "comments say why; what is to be done is done");
}

#[test]
fn users_read_the_words_of_the_house() {
    let mut wrong = Vec::new();
    for file in sources() {
        for (line, text) in &file.rust.strings {
            let text = text.to_lowercase();
            for (banned, instead) in VOCABULARY {
                // A lone word is a key of something else, a sentence has spaces.
                if text.contains(' ') && !words(&text, banned).is_empty() {
                    wrong.push(format!("{}:{line}: `{banned}`; say {instead}", file.path));
                }
            }
        }
    }
    none(&wrong, "one word, one thing: VOCABULARY");
}

#[test]
fn nothing_names_a_machine() {
    let homes = [
        ["/ho", "me/"].concat(),
        ["/wo", "rk/"].concat(),
        ["/Us", "ers/"].concat(),
    ];
    let folders = ["src", "tests", "models", "reports", ".ci"];
    let alone = ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Cargo.toml"];
    let all = folders.iter().flat_map(|folder| paths(folder));
    let mut wrong = Vec::new();
    for path in all.chain(alone.map(str::to_owned)) {
        let Ok(text) = fs::read_to_string(root().join(&path)) else {
            continue;
        };
        for home in &homes {
            if let Some(at) = text.find(home.as_str()) {
                wrong.push(format!("{path}:{}: {home}", line_of(&text, at)));
            }
        }
    }
    none(&wrong, "the project speaks of itself alone");
}

#[test]
fn every_exit_code_is_tested() {
    let tests = fs::read_to_string(root().join("tests/commands.rs")).expect("it can be read");
    let untested = onrush::cli::exit::ALL.iter().filter(|exit| {
        let checked = format!(".expect({})", exit.code());
        !tests.contains(&checked)
    });
    let untested: Vec<String> = untested
        .map(|exit| format!("exit {}", exit.code()))
        .collect();
    none(&untested, "tests/commands.rs ends in every exit code");
}

/// Every mechanism names a test that is there: `path.rs::name` from the root.
#[test]
fn every_mechanism_has_a_test() {
    let table = fs::read_to_string(root().join("docs/mechanisms.md")).expect("the table is there");
    let rows = table.lines().filter(|line| line.starts_with("| "));
    for row in rows.skip(1) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 5, "{row}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{row}");
        for test in cells[4].split(", ") {
            let named = test.trim_matches('`').split_once("::");
            let (path, name) = named.unwrap_or_else(|| panic!("`{test}` is no `path::name`"));
            let text = fs::read_to_string(root().join(path)).unwrap_or_default();
            assert!(
                text.contains(&format!("fn {name}(")),
                "{path} has no test `{name}`"
            );
        }
    }
}
