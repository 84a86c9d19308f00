//! Rust text as the house test sees it: code without comments, strings and tests; comments and
//! strings apart.
//!
//! One idea: blank out instead of cutting, so that every byte keeps its line. It is a scanner, not
//! a parser: it knows comments, literals, braces and `#[cfg(test)]`, nothing else.

use std::ops::Range;

/// A file of Rust, taken apart.
pub(super) struct Rust {
    /// The code: comments, contents of literals and items under `#[cfg(test)]` are blanks.
    pub(super) code: String,
    /// Comments: line from 1, text.
    pub(super) comments: Vec<(usize, String)>,
    /// String literals outside tests: line from 1, text between the quotes.
    pub(super) strings: Vec<(usize, String)>,
    /// Names of modules that are declared under `#[cfg(test)]` and live in files of their own.
    pub(super) test_modules: Vec<String>,
}

/// A function: its name, where it stands, its parameters and the lines that it takes.
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) parameters: Vec<String>,
    pub(super) lines: usize,
}

impl Rust {
    pub(super) fn read(text: &str) -> Rust {
        let mut scan = Scan::new(text);
        scan.all();
        let whole = String::from_utf8(scan.code).expect("blanks replace whole characters");
        let mut code = whole.clone().into_bytes();
        let mut test_modules = Vec::new();
        for range in test_items(&whole) {
            let item = &whole[range.clone()];
            if let (true, Some(name)) = (item.ends_with(';'), declared_module(item)) {
                test_modules.push(name);
            }
            blank(&mut code, range);
        }
        let code = String::from_utf8(code).expect("blanks replace whole characters");
        let strings = scan.strings.into_iter();
        let strings = strings.filter(|(at, _)| code.as_bytes()[*at] == b'"');
        Rust {
            strings: strings
                .map(|(at, text)| (line_of(&code, at), text))
                .collect(),
            code,
            comments: scan.comments,
            test_modules,
        }
    }

    /// Every function with a body outside tests.
    pub(super) fn functions(&self) -> Vec<Function> {
        let code = &self.code;
        let starts = words(code, "fn").into_iter();
        starts.filter_map(|start| function(code, start)).collect()
    }
}

/// Where `word` stands as a whole word.
pub(super) fn words(code: &str, word: &str) -> Vec<usize> {
    let starts = code.match_indices(word).map(|(at, _)| at);
    starts
        .filter(|at| is_word(code, *at..*at + word.len()))
        .collect()
}

fn is_word(code: &str, range: Range<usize>) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    !code[..range.start].ends_with(part) && !code[range.end..].starts_with(part)
}

/// The line, from 1, of a byte.
pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

/// The identifier at the beginning of `text`.
pub(super) fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

fn blank(code: &mut [u8], range: Range<usize>) {
    for byte in &mut code[range] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

/// Where the items under `#[cfg(test)]` stand.
fn test_items(code: &str) -> Vec<Range<usize>> {
    const MARK: &str = "#[cfg(test)]";
    let mut items: Vec<Range<usize>> = Vec::new();
    for (start, _) in code.match_indices(MARK) {
        if items.last().is_some_and(|item| item.contains(&start)) {
            continue;
        }
        if let Some(end) = end_of_item(code, start + MARK.len()) {
            items.push(start..end);
        }
    }
    items
}

/// The end of the item that begins at `from`: behind its `;`, or behind its closing brace.
fn end_of_item(code: &str, from: usize) -> Option<usize> {
    let mut nested = 0_usize;
    for (at, c) in code[from..].char_indices() {
        match c {
            '(' | '[' => nested += 1,
            ')' | ']' => nested = nested.saturating_sub(1),
            ';' if nested == 0 => return Some(from + at + 1),
            '{' if nested == 0 => return closing(code, from + at).map(|end| end + 1),
            _ => {}
        }
    }
    None
}

/// The bracket that closes the one at `open`.
fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, c) in code[open..].char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(open + at);
        }
    }
    None
}

fn declared_module(item: &str) -> Option<String> {
    let at = *words(item, "mod").first()?;
    Some(identifier(item[at + 3..].trim_start()).to_owned())
}

fn function(code: &str, start: usize) -> Option<Function> {
    let name = identifier(code[start + 2..].trim_start()).to_owned();
    if name.is_empty() {
        return None;
    }
    let open = open_parenthesis(code, start)?;
    let close = closing(code, open)?;
    let end = end_of_item(code, close + 1)?;
    if code[..end].ends_with(';') {
        return None;
    }
    Some(Function {
        name,
        line: line_of(code, start),
        parameters: split_parameters(&code[open + 1..close]),
        lines: line_of(code, end) - line_of(code, start) + 1,
    })
}

/// The parenthesis of the parameters: the first one outside the angle brackets of generics.
fn open_parenthesis(code: &str, start: usize) -> Option<usize> {
    let mut angles = 0_i32;
    let mut before = ' ';
    for (at, c) in code[start..].char_indices() {
        match c {
            '<' => angles += 1,
            '>' if before != '-' => angles -= 1,
            '(' if angles == 0 => return Some(start + at),
            '{' | ';' if angles == 0 => return None,
            _ => {}
        }
        before = c;
    }
    None
}

/// The parameters without `self`.
fn split_parameters(text: &str) -> Vec<String> {
    let (mut depth, mut before) = (0_i32, ' ');
    let mut parameters = vec![String::new()];
    for c in text.chars() {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if before != '-' => depth -= 1,
            ',' if depth == 0 => {
                parameters.push(String::new());
                continue;
            }
            _ => {}
        }
        before = c;
        parameters.last_mut().expect("there is always one").push(c);
    }
    let trimmed = parameters
        .iter()
        .map(|parameter| parameter.trim().to_owned());
    trimmed
        .filter(|parameter| !parameter.is_empty() && words(parameter, "self").is_empty())
        .collect()
}

/// One pass over a text.
struct Scan<'a> {
    text: &'a str,
    at: usize,
    code: Vec<u8>,
    comments: Vec<(usize, String)>,
    strings: Vec<(usize, String)>,
}

impl<'a> Scan<'a> {
    fn new(text: &'a str) -> Scan<'a> {
        let code = text.as_bytes().to_vec();
        Scan {
            text,
            at: 0,
            code,
            comments: Vec::new(),
            strings: Vec::new(),
        }
    }

    fn all(&mut self) {
        while let Some(c) = self.text[self.at..].chars().next() {
            let rest = &self.text[self.at..];
            if rest.starts_with("//") {
                self.comment(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.comment(block_comment(rest));
            } else if c == '"' {
                self.string(1, "\"", Escapes::Known);
            } else if let Some(hashes) = self.raw_string() {
                self.at += 1;
                self.string(
                    hashes + 1,
                    &format!("\"{}", "#".repeat(hashes)),
                    Escapes::None,
                );
            } else if let Some(length) = character(rest) {
                blank(&mut self.code, self.at + 1..self.at + length - 1);
                self.at += length;
            } else {
                self.at += c.len_utf8();
            }
        }
    }

    fn comment(&mut self, length: usize) {
        let range = self.at..self.at + length;
        let text = self.text[range.clone()].to_owned();
        self.comments.push((line_of(self.text, self.at), text));
        blank(&mut self.code, range);
        self.at += length;
    }

    /// How many hashes a raw string has that begins here.
    fn raw_string(&self) -> Option<usize> {
        let after = self.text[self.at..].strip_prefix('r')?;
        let hashes = after.len() - after.trim_start_matches('#').len();
        let inside_word = self.text[..self.at].ends_with(|c: char| c.is_alphanumeric() && c != 'b');
        (after[hashes..].starts_with('"') && !inside_word).then_some(hashes)
    }

    /// A string whose opening takes `opening` bytes and that ends with `end`.
    fn string(&mut self, opening: usize, end: &str, escapes: Escapes) {
        let from = self.at + opening;
        let mut to = from;
        while to < self.text.len() && !self.text[to..].starts_with(end) {
            let escaped = escapes == Escapes::Known && self.text[to..].starts_with('\\');
            to += if escaped { 1 } else { 0 };
            to += self.text[to..].chars().next().map_or(1, char::len_utf8);
        }
        let to = to.min(self.text.len());
        self.strings
            .push((from - 1, self.text[from..to].to_owned()));
        blank(&mut self.code, from..to);
        // The quote stays, so that a string can be told from a blank.
        self.code[from - 1] = b'"';
        self.at = (to + end.len()).min(self.text.len());
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    Known,
    None,
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0_usize);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                break;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at.min(text.len())
}

/// The length of a character literal that begins here; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    if let Some(escaped) = inside.strip_prefix('\\') {
        let first = escaped.chars().next()?.len_utf8();
        return Some(escaped[first..].find('\'')? + first + 3);
    }
    let c = inside.chars().next()?;
    inside[c.len_utf8()..]
        .starts_with('\'')
        .then_some(c.len_utf8() + 2)
}

#[test]
fn comments_strings_and_tests_are_not_code() {
    let text = [
        "//! a",
        "fn f<'a>(x: &'a str, y: Vec<(u8, u8)>) -> char {",
        "    let s = \"{ \\\" unwrap\";",
        "    let r = r#\"x\" }\"#; /* b /* c */ } */",
        "    '\"'",
        "}",
        "#[cfg(test)]",
        "mod t {",
        "    fn g() { \"t\"; }",
        "}",
        "#[cfg(test)]",
        "pub(crate) mod sample;",
        "fn h() {}",
    ]
    .join("\n");
    let rust = Rust::read(&text);
    assert!(!rust.code.contains("unwrap") && !rust.code.contains("fn g"));
    assert!(rust.code.contains("fn h"));
    assert_eq!(rust.code.len(), text.len());
    assert_eq!(rust.test_modules, ["sample"]);
    let strings: Vec<&str> = rust.strings.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(strings, ["{ \\\" unwrap", "x\" }"]);
    let functions = rust.functions();
    let seen: Vec<(&str, usize, usize)> = functions
        .iter()
        .map(|f| (f.name.as_str(), f.parameters.len(), f.lines))
        .collect();
    assert_eq!(seen, [("f", 2, 5), ("h", 0, 1)]);
}
