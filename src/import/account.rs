//! What an import took, ignored and assumed, and which lines it could not read.
//!
//! One idea: whoever trusts the model must know what it was made of, so everything that was decided
//! on the way is a sentence here, and every line that was left out is counted under its reason,
//! the first few with their place and how they begin.

use std::collections::BTreeMap;

use super::lines::{Lines, Position, Volume};
use crate::base::visible::visible;

/// Examples of a reason that are kept.
const EXAMPLES: usize = 3;
/// Characters of an example that are shown.
const SHOWN: usize = 60;
/// Columns of the account.
const WIDTH: usize = 80;

/// What became of the input.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// What was read, in a few words: `access.log`.
    pub(super) source: String,
    /// How much was read.
    pub(super) read: Volume,
    pub(super) taken: Vec<String>,
    pub(super) assumed: Vec<String>,
    pub(super) ignored: Vec<String>,
    /// What is doubtful about the input as a whole: it breaks off, it goes back in time.
    pub(super) doubtful: Vec<String>,
    bad: BTreeMap<&'static str, Bad>,
}

/// Lines that could not be read for one reason.
#[derive(Clone, Debug, Default, PartialEq)]
struct Bad {
    count: u64,
    /// Where the first few stand, and how they begin.
    examples: Vec<(Position, String)>,
}

impl Account {
    /// Of something that was not read yet.
    pub(super) fn of(source: String) -> Account {
        Account {
            source,
            ..Account::default()
        }
    }

    /// Counts a line that cannot be used.
    pub(super) fn bad(&mut self, why: &'static str, at: &Position, begins: String) {
        let bad = self.bad.entry(why).or_default();
        bad.count += 1;
        if bad.examples.len() < EXAMPLES {
            bad.examples.push((at.clone(), begins));
        }
    }

    /// What a reader of the model must know of it.
    pub(super) fn head(&self) -> Vec<String> {
        let mut head = vec![format!("Imported from {}.", self.source), String::new()];
        for (title, sentences) in [
            ("Taken:", &self.taken),
            ("Assumed, change it if you know better:", &self.assumed),
            ("Doubtful:", &self.doubtful),
        ] {
            if !sentences.is_empty() {
                head.push(title.to_owned());
                head.extend(sentences.iter().map(|sentence| format!("- {sentence}")));
            }
        }
        if self.bad_lines() > 0 {
            head.push(format!(
                "Left out: {} that cannot be read.",
                counted(self.bad_lines(), "line")
            ));
        }
        head
    }

    /// Says which streams broke off, and which were not UTF-8.
    pub(super) fn breaks(&mut self, lines: &Lines<'_>) {
        for name in &lines.translated {
            self.doubtful
                .push(format!("{name} is UTF-16, and was read as that"));
        }
        for (at, why) in &lines.broken {
            self.doubtful.push(format!(
                "{} breaks off after line {} ({why}); what came before was taken",
                at.name,
                grouped(at.line)
            ));
        }
    }

    /// How many lines could not be used.
    pub fn bad_lines(&self) -> u64 {
        self.bad.values().map(|bad| bad.count).sum()
    }

    /// The whole account, for a terminal of 80 columns.
    pub fn text(&self) -> String {
        let mut text = format!(
            "{}: {}, {}\n",
            self.source,
            counted(self.read.lines, "line"),
            bytes(self.read.bytes)
        );
        for (title, sentences) in [
            ("Taken", &self.taken),
            ("Assumed", &self.assumed),
            ("Ignored", &self.ignored),
            ("Doubtful", &self.doubtful),
        ] {
            if !sentences.is_empty() {
                text.push_str(&format!("{title}\n"));
            }
            for sentence in sentences {
                text.push_str(&wrapped(sentence, "  - ", "    "));
            }
        }
        text.push_str(&self.bad_text());
        text
    }

    fn bad_text(&self) -> String {
        let all = self.bad_lines();
        if all == 0 {
            return "Bad lines: none\n".to_owned();
        }
        let part = percent(all as f64 / (self.read.lines as f64).max(1.0));
        let of = grouped(self.read.lines);
        let mut text = format!("Bad lines: {} of {of} ({part}), left out\n", grouped(all));
        let mut reasons: Vec<_> = self.bad.iter().collect();
        reasons.sort_by_key(|(why, bad)| (std::cmp::Reverse(bad.count), **why));
        for (why, bad) in reasons {
            text.push_str(&wrapped(
                &format!("{}: {why}", grouped(bad.count)),
                "  - ",
                "    ",
            ));
            for (at, begins) in &bad.examples {
                let name = match self.read.streams {
                    1 => String::new(),
                    _ => format!("{}, ", at.name),
                };
                text.push_str(&format!("      {name}line {}: {begins}\n", at.line));
            }
        }
        text
    }
}

/// How a line begins, as it may be shown.
pub(super) fn excerpt(line: &[u8]) -> String {
    let begin = &line[..line.len().min(SHOWN * 4)];
    let text: String = String::from_utf8_lossy(begin).chars().take(SHOWN).collect();
    let more = match text.len() < line.len() {
        true => "…",
        false => "",
    };
    format!("`{}{more}`", visible(&text))
}

/// A sentence over as many lines as it needs.
fn wrapped(sentence: &str, first: &str, then: &str) -> String {
    let mut text = String::new();
    let mut line = first.to_owned();
    let mut begun = false;
    for word in sentence.split(' ') {
        if begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            text.push_str(&line);
            text.push('\n');
            then.clone_into(&mut line);
        } else if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    text.push_str(&line);
    text.push('\n');
    text
}

/// `1 line`, `1,234 lines`.
pub(super) fn counted(n: u64, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        n => format!("{} {noun}s", grouped(n)),
    }
}

/// `1,234,567`.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share for people: `12.3 %`, `0.012 %`.
pub(super) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        0.0 => "0 %".to_owned(),
        p if p >= 99.95 => format!("{p:.0} %"),
        p if p >= 1.0 => format!("{p:.1} %"),
        p if p >= 0.095 => format!("{p:.2} %"),
        p if p >= 0.001 => format!("{p:.3} %"),
        _ => "less than 0.001 %".to_owned(),
    }
}

/// `2.4 MB`.
fn bytes(n: u64) -> String {
    match n {
        0..1_000 => counted(n, "byte"),
        1_000..1_000_000 => format!("{:.1} kB", n as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", n as f64 / 1e6),
        _ => format!("{:.1} GB", n as f64 / 1e9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_stand_under_their_reason_the_most_frequent_first() {
        let mut account = Account::of("access.log".to_owned());
        account.read = Volume {
            streams: 1,
            lines: 1_000,
            bytes: 12_345,
        };
        let at = |line| Position {
            name: "access.log".to_owned(),
            line,
        };
        account.bad("the date cannot be read", &at(3), excerpt(b"one \x1b[31m"));
        for line in 4..9 {
            account.bad("it is too long", &at(line), excerpt(&[b'x'; 100]));
        }
        let x = "x".repeat(60);
        assert_eq!(
            account.text(),
            format!(
                "access.log: 1,000 lines, 12.3 kB\nBad lines: 6 of 1,000 (0.60 %), left out\n  \
                 - 5: it is too long\n      line 4: `{x}…`\n      line 5: `{x}…`\n      line 6: \
                 `{x}…`\n  - 1: the date cannot be read\n      line 3: `one ␛[31m`\n"
            )
        );
    }

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!((grouped(0), grouped(999)), ("0".into(), "999".into()));
        let said: Vec<String> = [0.0, 0.5, 0.012, 0.00012, 1e-6, 1.0]
            .into_iter()
            .map(percent)
            .collect();
        assert_eq!(
            said,
            [
                "0 %",
                "50.0 %",
                "1.2 %",
                "0.012 %",
                "less than 0.001 %",
                "100 %"
            ]
        );
    }
}
