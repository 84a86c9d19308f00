//! Reading a document by the tables of the language: every value is asked for by its key.
//!
//! A [`Reader`] collects all diagnostics; a [`Fields`] is one table in the file beside its
//! definition. Asking for a key that the definition lacks is our bug, writing one is the user's.
//! What the values are for is not known here.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::document::{Entry, Node, Table, Value};
use super::elsewhere::{self, Among};
use super::files::Files;
use super::law::{self, Dimension};
use super::table::{Kind, TableDef};
use super::value::{self, Amount, MOST, Params, Thing};
use crate::base::time::{Span, Time};
use crate::random::family::Distribution;
use crate::text::nearest::suggestion;
use crate::text::{Diagnostic, Place};

/// Tables of one kind at most: what is read again for every variant and action stays short.
pub(crate) const MOST_TABLES: usize = 1_000;

/// Bytes, and bytes a second, at most.
const MOST_BYTES: f64 = 1e18;

/// What all readers share: the document, the data files, the findings.
pub(crate) struct Reader<'a> {
    /// The whole document, to look names up.
    pub(crate) document: &'a Table,
    /// The data files.
    pub(crate) files: &'a Files,
    /// The data files that were asked for.
    pub(crate) asked: BTreeSet<String>,
    /// Everything found so far.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What kind of steps is being read, if any.
    pub(crate) among: Among,
}

/// One table of the file beside its definition.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    table: &'a Table,
    def: &'static TableDef,
    /// Where the table begins.
    pub(crate) place: Place,
}

impl Params for Reader<'_> {
    fn param(&mut self, name: &str, place: Place) -> Result<Thing, Diagnostic> {
        let node = self.param_node(name, place)?;
        match &node.value {
            Value::Integer(number) => Ok(Thing::Amount(Amount::Number(*number as f64))),
            Value::Float(number) => Ok(Thing::Amount(Amount::Number(*number))),
            Value::Text(text) if !text.contains('$') => value::parse(text, place, self),
            Value::Text(_) => {
                let found = format!("the parameter `{name}` refers to another parameter");
                let diagnostic = Diagnostic::new("E012", found).at(place);
                Err(diagnostic.related(node.place, "a parameter must stand on its own"))
            }
            _ => {
                let found = format!("the parameter `{name}` is {}", node.kind());
                let diagnostic = Diagnostic::new("E012", found).at(place);
                Err(diagnostic.expected("expected a number, a text or a distribution"))
            }
        }
    }
}

impl<'a> Reader<'a> {
    /// A reader of a document.
    pub(crate) fn new(document: &'a Table, files: &'a Files) -> Reader<'a> {
        Reader {
            document,
            files,
            asked: BTreeSet::new(),
            diagnostics: Vec::new(),
            among: Among::NoSteps,
        }
    }

    /// Adds a finding.
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds a finding if there is one.
    pub(crate) fn keep<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.push(diagnostic)).ok()
    }

    /// The names that a top-level table has, in the order of the file.
    pub(crate) fn names(&self, table: &str) -> Vec<&'a str> {
        let found = self.document.get(table).and_then(Node::table);
        found
            .map(|table| table.keys().collect())
            .unwrap_or_default()
    }

    fn param_node(&self, name: &str, place: Place) -> Result<&'a Node, Diagnostic> {
        let params = self.document.get("param").and_then(Node::table);
        let node = params.and_then(|params| params.get(name)?.table()?.get("value"));
        node.ok_or_else(|| {
            let found = format!("there is no parameter `{name}` with a value");
            let help = suggestion(name, self.names("param"));
            Diagnostic::new("E011", found).at(place).maybe_help(help)
        })
    }

    /// The value with a lone `$param` replaced by what it stands for.
    pub(crate) fn expand<'n>(&mut self, node: &'n Node) -> Option<Cow<'n, Node>> {
        match node.text().and_then(|text| text.trim().strip_prefix('$')) {
            Some(name) if !name.contains(|c: char| c == '*' || c.is_whitespace()) => {
                let value = self.param_node(name, node.place);
                let value = self.keep(value)?.value.clone();
                Some(Cow::Owned(Node {
                    value,
                    place: node.place,
                }))
            }
            _ => Some(Cow::Borrowed(node)),
        }
    }

    /// A table of the file as fields; unknown and later keys are reported.
    pub(crate) fn fields(&mut self, node: &'a Node, def: &'static TableDef) -> Option<Fields<'a>> {
        let Some(table) = node.table() else {
            let expected = format!("a table of keys ({})", def.name);
            self.wrong_kind(node, &expected);
            return None;
        };
        self.check_keys(table, def);
        Some(Fields {
            table,
            def,
            place: node.place,
        })
    }

    /// Reports keys that a table does not have, or not yet.
    pub(crate) fn check_keys(&mut self, table: &Table, def: &'static TableDef) {
        for entry in &table.entries {
            let diagnostic = match def.key(&entry.key) {
                Some(_) => continue,
                None => {
                    let found = format!("{} has no key `{}`", def.name, entry.key);
                    let help = meant(entry, def, self.among);
                    Diagnostic::new("E002", found).maybe_help(help)
                }
            };
            self.push(diagnostic.at(entry.place));
        }
    }

    /// Reports a value of the wrong kind.
    pub(crate) fn wrong_kind(&mut self, node: &Node, expected: &str) {
        let found = match &node.value {
            Value::Table(_) | Value::List(_) => format!("{} does not fit here", node.kind()),
            _ => format!("`{}` does not fit here", node.written()),
        };
        let diagnostic = Diagnostic::new("E004", found).at(node.place);
        self.push(diagnostic.expected(format!("expected {expected}")));
    }

    /// A number or a law.
    pub(crate) fn thing(&mut self, node: &Node, expected: &str) -> Option<Thing> {
        match &node.value {
            Value::Integer(number) => Some(Thing::Amount(Amount::Number(*number as f64))),
            Value::Float(number) => Some(Thing::Amount(Amount::Number(*number))),
            Value::Text(text) => {
                let read = value::parse(text, inside(node), self);
                let read = read.map_err(|error| match error.expected {
                    None if error.code == "E020" => error.expected(format!("expected {expected}")),
                    _ => error,
                });
                self.keep(read)
            }
            _ => {
                self.wrong_kind(node, expected);
                None
            }
        }
    }

    /// A number with its unit.
    pub(crate) fn amount(&mut self, node: &Node, expected: &str) -> Option<Amount> {
        match self.thing(node, expected)? {
            Thing::Amount(amount) => Some(amount),
            Thing::Law(law) => {
                let found = format!("the distribution `{}` does not fit here", law.family);
                let diagnostic = Diagnostic::new("E021", found).at(law.place);
                self.push(diagnostic.expected(format!("expected {expected}")));
                None
            }
        }
    }

    fn misfit(&mut self, node: &Node, amount: Amount, expected: &str, help: Option<String>) {
        let found = match amount {
            Amount::Number(_) => format!("`{}` has no unit", node.written()),
            other => format!("`{}` is {}", node.written(), other.kind()),
        };
        // What a parameter stands for is written elsewhere.
        let help = help.filter(|_| node.text().is_none_or(|text| !text.contains('$')));
        let diagnostic = Diagnostic::new("E021", found).at(node.place);
        self.push(
            diagnostic
                .expected(format!("expected {expected}"))
                .maybe_help(help),
        );
    }

    /// Reports more tables or lists than there may be.
    pub(crate) fn fits(&mut self, count: usize, most: usize, place: Place) {
        if count > most {
            let diagnostic = Diagnostic::new("E006", format!("{count} of one kind are too many"));
            self.push(
                diagnostic
                    .at(place)
                    .expected(format!("expected at most {most}")),
            );
        }
    }

    pub(crate) fn out_of_range(&mut self, node: &Node, expected: &str) {
        let found = format!("`{}` is out of range", node.written());
        let diagnostic = Diagnostic::new("E006", found).at(node.place);
        self.push(diagnostic.expected(format!("expected {expected}")));
    }

    /// A whole number within a range.
    pub(crate) fn count(&mut self, node: &Node, range: RangeInclusive<u64>) -> Option<u64> {
        let (low, high) = (*range.start(), *range.end());
        let expected = match (low, high) {
            (0, u64::MAX | 4_294_967_295) => "a whole number that is not negative".to_owned(),
            (low, u64::MAX | 4_294_967_295) => format!("a whole number, at least {low}"),
            (low, high) => format!("a whole number from {low} to {high}"),
        };
        let number = match self.amount(node, &expected)? {
            Amount::Number(number) => number,
            other => {
                let minutes = node
                    .text()
                    .is_some_and(|text| text.trim_end().ends_with('m'));
                let help = minutes.then(|| "a million is a capital M".to_owned());
                self.misfit(node, other, &expected, help);
                return None;
            }
        };
        // What was computed is rounded, half up; what was written must be whole.
        let computed = node.text().is_some_and(|text| text.contains(['$', '*']));
        if number.fract() != 0.0 && !computed {
            let found = format!("`{}` is not a whole number", node.written());
            let diagnostic = Diagnostic::new("E006", found).at(node.place);
            self.push(diagnostic.expected(format!("expected {expected}")));
            return None;
        }
        let number = (number + 0.5).floor();
        if !(number >= low as f64 && number <= high as f64 && number <= 9.0e15) {
            self.out_of_range(node, &expected);
            return None;
        }
        Some(number as u64)
    }

    /// A plain number that is at least `least`.
    pub(crate) fn number(&mut self, node: &Node, least: f64) -> Option<f64> {
        let expected = format!("a number, at least {least}");
        match self.amount(node, &expected)? {
            Amount::Number(number) if number > MOST => {
                self.out_of_range(node, &format!("a number from {least} to {MOST}"));
                None
            }
            Amount::Number(number) if number >= least => Some(number),
            Amount::Number(_) => {
                self.out_of_range(node, &expected);
                None
            }
            other => {
                self.misfit(node, other, &expected, None);
                None
            }
        }
    }

    /// A share, 0 to 1.
    pub(crate) fn share(&mut self, node: &Node) -> Option<f64> {
        let expected = "a share such as \"20%\" or 0.2";
        match self.amount(node, expected)? {
            Amount::Number(share) | Amount::Percent(share) if (0.0..=1.0).contains(&share) => {
                Some(share)
            }
            Amount::Number(number) if number > 1.0 && number <= 100.0 => {
                let found = format!("`{}` is not a share", node.written());
                let diagnostic = Diagnostic::new("E006", found).at(node.place);
                let help = format!("did you mean \"{number}%\"?");
                self.push(
                    diagnostic
                        .expected("expected 0 to 1, or 0% to 100%")
                        .help(help),
                );
                None
            }
            Amount::Number(_) | Amount::Percent(_) => {
                self.out_of_range(node, "0 to 1, or 0% to 100%");
                None
            }
            other => {
                self.misfit(node, other, expected, None);
                None
            }
        }
    }

    /// Events per second.
    pub(crate) fn rate(&mut self, node: &Node) -> Option<f64> {
        let expected = "a rate such as \"100/s\"";
        match self.amount(node, expected)? {
            Amount::Rate(rate) if (0.0..=MOST).contains(&rate) => Some(rate),
            Amount::Rate(rate) => {
                let expected = match rate > MOST {
                    true => format!("a rate of at most {MOST}/s"),
                    false => "a rate of at least 0/s".to_owned(),
                };
                self.out_of_range(node, &expected);
                None
            }
            other => {
                let help = format!("write \"{}/s\" for each second", node.written());
                let help = matches!(other, Amount::Number(_)).then_some(help);
                self.misfit(node, other, expected, help);
                None
            }
        }
    }

    /// Bytes.
    pub(crate) fn size(&mut self, node: &Node) -> Option<f64> {
        let expected = "a size such as \"2MB\" or \"4GiB\"";
        match self.amount(node, expected)? {
            Amount::Size(bytes) if (0.0..=MOST_BYTES).contains(&bytes) => Some(bytes),
            Amount::Size(_) => {
                self.out_of_range(node, "a size from 0B to 1000000TB");
                None
            }
            other => {
                let help = format!("write \"{}MB\" for a million bytes each", node.written());
                let help = matches!(other, Amount::Number(_)).then_some(help);
                self.misfit(node, other, expected, help);
                None
            }
        }
    }

    /// Bytes per second.
    pub(crate) fn size_rate(&mut self, node: &Node) -> Option<f64> {
        let expected = "a rate of data such as \"10MB/s\"";
        match self.amount(node, expected)? {
            Amount::SizeRate(rate) if (0.0..=MOST_BYTES).contains(&rate) => Some(rate),
            Amount::SizeRate(_) => {
                self.out_of_range(node, "a rate of data from 0B/s to 1000000TB/s");
                None
            }
            other => {
                let help = format!("write \"{}/s\"", node.written());
                let help = matches!(other, Amount::Size(_)).then_some(help);
                self.misfit(node, other, expected, help);
                None
            }
        }
    }

    /// A length of time.
    pub(crate) fn duration(&mut self, node: &Node) -> Option<Span> {
        let amount = self.time(node, "a duration such as \"20ms\"")?;
        let span = value::span(Amount::Time(amount));
        if span.is_none() {
            self.out_of_range(node, "a duration that is not negative");
        }
        span
    }

    /// An instant, counted from T+0.
    pub(crate) fn instant(&mut self, node: &Node) -> Option<Time> {
        self.time(node, "a time from the start such as \"10m\"")
    }

    fn time(&mut self, node: &Node, expected: &str) -> Option<Time> {
        match self.amount(node, expected)? {
            Amount::Time(time) => Some(time),
            other => {
                let help = format!("write \"{0}s\" for seconds, or \"{0}ms\"", node.written());
                let help = matches!(other, Amount::Number(_)).then_some(help);
                self.misfit(node, other, expected, help);
                None
            }
        }
    }

    /// A distribution of durations, in seconds.
    pub(crate) fn times(&mut self, node: &Node) -> Option<Distribution> {
        self.distribution(
            node,
            Dimension::Time,
            "a duration or a distribution of durations",
        )
    }

    /// A distribution of counts.
    pub(crate) fn counts(&mut self, node: &Node) -> Option<Distribution> {
        self.distribution(
            node,
            Dimension::Number,
            "a number or a distribution of counts",
        )
    }

    /// A distribution of whole numbers.
    pub(crate) fn whole_numbers(&mut self, node: &Node) -> Option<Distribution> {
        let law = self.counts(node)?;
        match law.in_whole_numbers() {
            Ok(law) => Some(law),
            Err(why) => {
                let diagnostic = Diagnostic::new("E006", why.to_string()).at(node.place);
                self.push(diagnostic.expected("expected whole numbers at both ends"));
                None
            }
        }
    }

    fn distribution(
        &mut self,
        node: &Node,
        dimension: Dimension,
        expected: &str,
    ) -> Option<Distribution> {
        let thing = self.thing(node, expected)?;
        if let Thing::Amount(amount) = thing {
            let fits = match dimension {
                Dimension::Time => matches!(amount, Amount::Time(_)),
                Dimension::Number => matches!(amount, Amount::Number(_)),
            };
            if !fits {
                let help = format!("write \"{0}s\" for seconds, or \"{0}ms\"", node.written());
                let bare = dimension == Dimension::Time && matches!(amount, Amount::Number(_));
                self.misfit(node, amount, expected, bare.then_some(help));
                return None;
            }
        }
        let mut lookup = law::lookup(self.files, &mut self.asked);
        let made = law::distribution(&thing, dimension, inside(node), &mut lookup);
        drop(lookup);
        self.keep(made)
    }

    /// A text.
    pub(crate) fn text(&mut self, node: &Node) -> Option<String> {
        let node = self.expand(node)?;
        match &node.value {
            Value::Text(text) => Some(text.clone()),
            _ => {
                self.wrong_kind(&node, "a text in quotes");
                None
            }
        }
    }

    /// A switch.
    pub(crate) fn flag(&mut self, node: &Node) -> Option<bool> {
        let node = self.expand(node)?;
        match &node.value {
            Value::Flag(flag) => Some(*flag),
            _ => {
                self.wrong_kind(&node, "`true` or `false`");
                None
            }
        }
    }

    /// One of some words.
    pub(crate) fn word<T: Copy>(&mut self, node: &Node, words: &[(&str, T)]) -> Option<T> {
        let node = self.expand(node)?;
        let names = words.iter().map(|(name, _)| *name);
        let listed: Vec<String> = names.clone().map(|name| format!("`{name}`")).collect();
        let expected = format!("one of {}", listed.join(", "));
        let Value::Text(written) = &node.value else {
            self.wrong_kind(&node, &expected);
            return None;
        };
        let found = words
            .iter()
            .find(|(name, _)| name == written)
            .map(|(_, value)| *value);
        if found.is_none() {
            let near = elsewhere::word(written, names.clone());
            let near = near.or_else(|| crate::text::nearest::nearest(written, names));
            let help = near.map(|near| format!("did you mean `{near}`?"));
            let diagnostic = Diagnostic::new("E007", format!("`{written}` is not known here"));
            let diagnostic = diagnostic
                .at(node.place)
                .expected(format!("expected {expected}"));
            self.push(diagnostic.maybe_help(help));
        }
        found
    }

    /// The name of an entry of a top-level table.
    pub(crate) fn reference(&mut self, node: &Node, table: &'static str) -> Option<String> {
        let name = self.text(node)?;
        if self.names(table).contains(&name.as_str()) {
            return Some(name);
        }
        let diagnostic = Diagnostic::new("E010", format!("there is no {table} `{name}`"));
        let help = suggestion(&name, self.names(table));
        let help = help.or_else(|| Some(format!("add a table `[{table}.{name}]`")));
        self.push(diagnostic.at(node.place).maybe_help(help));
        None
    }

    /// The names of the endpoints of a service.
    pub(crate) fn endpoints(&self, service: &str) -> Vec<&'a str> {
        let services = self.document.get("service").and_then(Node::table);
        let endpoints =
            services.and_then(|services| services.get(service)?.table()?.get("endpoint")?.table());
        endpoints
            .map(|table| table.keys().collect())
            .unwrap_or_default()
    }

    /// A service and its endpoint, written `service.endpoint`.
    pub(crate) fn endpoint(&mut self, node: &Node) -> Option<(String, String)> {
        let written = self.text(node)?;
        let Some((service, endpoint)) = written.split_once('.') else {
            let diagnostic = Diagnostic::new("E010", format!("`{written}` names no endpoint"));
            let first = self
                .endpoints(&written)
                .first()
                .map(|e| format!("`{written}.{e}`"));
            let help = first.map(|first| format!("write {first} to ask for one of its endpoints"));
            let diagnostic = diagnostic
                .at(node.place)
                .expected("expected `service.endpoint`");
            self.push(diagnostic.maybe_help(help));
            return None;
        };
        let services = self.names("service");
        if !services.contains(&service) {
            let diagnostic = Diagnostic::new("E010", format!("there is no service `{service}`"));
            let help = suggestion(service, services);
            self.push(diagnostic.at(node.place).maybe_help(help));
            return None;
        }
        let endpoints = self.endpoints(service);
        if !endpoints.contains(&endpoint) {
            let found = format!("the service `{service}` has no endpoint `{endpoint}`");
            let help = suggestion(endpoint, endpoints);
            self.push(
                Diagnostic::new("E010", found)
                    .at(node.place)
                    .maybe_help(help),
            );
            return None;
        }
        Some((service.to_owned(), endpoint.to_owned()))
    }

    /// The entries of a table of named tables whose names can be used.
    pub(crate) fn named(
        &mut self,
        node: &'a Node,
        def: &'static TableDef,
    ) -> Vec<(&'a str, Fields<'a>)> {
        let Some(table) = node.table() else {
            self.wrong_kind(
                node,
                &format!("tables by name, each of which is {}", def.name),
            );
            return Vec::new();
        };
        let mut found = Vec::new();
        self.fits(table.entries.len(), MOST_TABLES, node.place);
        for entry in table.entries.iter().take(MOST_TABLES) {
            self.check_name(&entry.key, entry.place);
            if let Some(mut fields) = self.fields(&entry.node, def) {
                fields.place = entry.place;
                found.push((entry.key.as_str(), fields));
            }
        }
        found
    }

    /// Names are words, so that paths and metrics can hold them.
    pub(crate) fn check_name(&mut self, name: &str, place: Place) -> bool {
        let good = is_name(name);
        if !good {
            let diagnostic = Diagnostic::new("E008", format!("`{name}` cannot be a name"));
            let expected = "expected letters, digits, `_` and `-`, the first a letter";
            self.push(diagnostic.at(place).expected(expected));
        }
        good
    }
}

/// What an unknown key may have meant: a word of another tool, a key with its unit, a misspelt one.
fn meant(entry: &Entry, def: &TableDef, among: Among) -> Option<String> {
    if let Some((key, unit)) = elsewhere::key_with_unit(&entry.key, def) {
        return Some(match &entry.node.value {
            Value::Integer(_) | Value::Float(_) => {
                format!("write `{key} = \"{}{unit}\"`", entry.node.written())
            }
            _ => format!("did you mean `{key}`?"),
        });
    }
    match (elsewhere::key(&entry.key, def, among), &entry.node.value) {
        (Some("rate"), Value::Integer(_) | Value::Float(_)) => {
            Some(format!("write `rate = \"{}/s\"`", entry.node.written()))
        }
        (Some(key), _) => Some(format!("did you mean `{key}`?")),
        (None, _) => match elsewhere::part(&entry.key, def) {
            Some(path) => Some(format!("did you mean `{path}`?")),
            None => suggestion(&entry.key, def.names()),
        },
    }
}

/// Whether a word can name something.
pub(crate) fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic())
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

/// The place of a text without its quotes, where the file has it so.
pub(crate) fn inside(node: &Node) -> Place {
    let range = node.place.range();
    match node.text() {
        Some(text) if range.len() == text.len() + 2 => {
            Place::new(node.place.file, range.start + 1..range.end - 1)
        }
        _ => node.place,
    }
}

impl<'a> Fields<'a> {
    /// A text for people, which must say something.
    pub(crate) fn label(&self, r: &mut Reader<'a>, key: &str) -> Option<String> {
        let node = self.get(key)?;
        let text = r.text(node)?;
        if text.trim().is_empty() {
            let diagnostic = Diagnostic::new("E006", format!("`{key}` says nothing"));
            r.push(diagnostic.at(node.place).expected("expected a few words"));
            return None;
        }
        Some(text.trim().to_owned())
    }

    /// The value of a key of this table.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Node> {
        debug_assert!(
            self.def.key(key).is_some(),
            "{} defines no key {key}",
            self.def.name
        );
        self.table.get(key)
    }

    /// The value of a key that must be written.
    pub(crate) fn require(&self, r: &mut Reader<'a>, key: &str) -> Option<&'a Node> {
        let found = self.get(key);
        if found.is_none() {
            let doc = self.def.key(key).map_or("", |key| key.doc);
            let diagnostic = Diagnostic::new("E003", format!("{} needs `{key}`", self.def.name));
            r.push(diagnostic.at(self.place).help(format!("`{key}`: {doc}")));
        }
        found
    }

    /// Where the key is written, else where the table begins.
    pub(crate) fn key_place(&self, key: &str) -> Place {
        self.table
            .entry(key)
            .map_or(self.place, |entry| entry.place)
    }

    /// The keys that are written.
    pub(crate) fn written(&self) -> impl Iterator<Item = &'a str> {
        self.table.keys()
    }

    /// A table at a key.
    pub(crate) fn table(
        &self,
        r: &mut Reader<'a>,
        key: &str,
        def: &'static TableDef,
    ) -> Option<Fields<'a>> {
        let node = self.get(key)?;
        r.fields(node, def)
    }

    /// A whole number within a range.
    pub(crate) fn count(
        &self,
        r: &mut Reader<'a>,
        key: &str,
        range: RangeInclusive<u64>,
    ) -> Option<u64> {
        r.count(self.get(key)?, range)
    }

    /// A whole number within a range of 32 bits.
    pub(crate) fn small(&self, r: &mut Reader<'a>, key: &str, least: u32) -> Option<u32> {
        self.within(r, key, least..=u32::MAX)
    }

    /// The name of an entry of a top-level table.
    pub(crate) fn reference(
        &self,
        r: &mut Reader<'a>,
        key: &str,
        table: &'static str,
    ) -> Option<String> {
        r.reference(self.get(key)?, table)
    }

    /// A whole number within a range.
    pub(crate) fn within(
        &self,
        r: &mut Reader<'a>,
        key: &str,
        range: RangeInclusive<u32>,
    ) -> Option<u32> {
        let range = u64::from(*range.start())..=u64::from(*range.end());
        r.count(self.get(key)?, range)
            .and_then(|count| u32::try_from(count).ok())
    }

    /// A plain number.
    pub(crate) fn number(&self, r: &mut Reader<'a>, key: &str, least: f64) -> Option<f64> {
        r.number(self.get(key)?, least)
    }

    /// A share.
    pub(crate) fn share(&self, r: &mut Reader<'a>, key: &str) -> Option<f64> {
        r.share(self.get(key)?)
    }

    /// Bytes.
    pub(crate) fn size(&self, r: &mut Reader<'a>, key: &str) -> Option<f64> {
        r.size(self.get(key)?)
    }

    /// A length of time.
    pub(crate) fn duration(&self, r: &mut Reader<'a>, key: &str) -> Option<Span> {
        r.duration(self.get(key)?)
    }

    /// A length of time that is not zero.
    pub(crate) fn period(&self, r: &mut Reader<'a>, key: &str) -> Option<Span> {
        let node = self.get(key)?;
        let span = r.duration(node)?;
        if span.is_zero() {
            r.out_of_range(node, "a duration above zero");
            return None;
        }
        Some(span)
    }

    /// An instant.
    pub(crate) fn instant(&self, r: &mut Reader<'a>, key: &str) -> Option<Time> {
        r.instant(self.get(key)?)
    }

    /// A distribution of durations.
    pub(crate) fn times(&self, r: &mut Reader<'a>, key: &str) -> Option<Distribution> {
        r.times(self.get(key)?)
    }

    /// A switch, with what holds if nothing is written.
    pub(crate) fn flag(&self, r: &mut Reader<'a>, key: &str) -> Option<bool> {
        r.flag(self.get(key)?)
    }

    /// A text.
    pub(crate) fn text(&self, r: &mut Reader<'a>, key: &str) -> Option<String> {
        r.text(self.get(key)?)
    }

    /// One of the words that the definition lists.
    pub(crate) fn word<T: Copy>(
        &self,
        r: &mut Reader<'a>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        debug_assert!(
            self.lists(key, words),
            "the words of {key} differ from its definition"
        );
        r.word(self.get(key)?, words)
    }

    fn lists<T>(&self, key: &str, words: &[(&str, T)]) -> bool {
        let listed = |kind: &Kind| match kind {
            Kind::Words(listed) => listed
                .iter()
                .copied()
                .eq(words.iter().map(|(name, _)| *name)),
            _ => false,
        };
        match self.def.key(key).map(|key| &key.kind) {
            Some(Kind::Either(kinds)) => kinds.iter().any(listed),
            Some(kind) => listed(kind),
            None => false,
        }
    }
}

/// The distribution that is always zero.
pub(crate) fn zero() -> Distribution {
    Distribution::constant(0.0).expect("zero is a constant")
}
