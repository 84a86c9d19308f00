//! Values as they are written: amounts with units, laws with arguments, parameters, products.
//!
//! One idea: a text such as `"lognormal(mean=0.4 * $work, cv=1)"` is read once into a [`Thing`],
//! with every `$param` substituted and every product worked out; what the thing must be (a
//! duration, a share, a distribution) is asked afterwards. Knows no key of the language.

use super::elsewhere;
use crate::base::size::{Size, SizeRate};
use crate::base::time::{DurationError, Span, Time};
use crate::base::unit::{Count, Rate};
use crate::text::{Diagnostic, Place};

/// The longest time that can be written, either way from T+0. A model adds a few of them up and
/// multiplies `run_for` by ten at most: the sums fit into the clock of a replication, which counts
/// 26,000 days.
pub(crate) const LONGEST: Span = Span(2_000 * Span::DAY.0);

/// The largest plain number and the highest rate a second that a key takes: far beyond all that is
/// meant, and far from where products of some of them are infinite.
pub(crate) const MOST: f64 = 1e12;

/// A value without its place in the language.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Thing {
    /// A number with its unit.
    Amount(Amount),
    /// A law with its arguments.
    Law(Law),
}

/// A number with its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Amount {
    /// Without unit.
    Number(f64),
    /// With a percent sign; the value is the share.
    Percent(f64),
    /// A time.
    Time(Time),
    /// Per second.
    Rate(f64),
    /// In bytes.
    Size(f64),
    /// In bytes a second.
    SizeRate(f64),
}

/// A law as written: a family, its arguments, a factor on all its values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Law {
    /// The family's name.
    pub(crate) family: String,
    /// What stands in the parentheses.
    pub(crate) arguments: Vec<Argument>,
    /// What multiplies every value.
    pub(crate) factor: f64,
    /// Where it is written.
    pub(crate) place: Place,
}

/// An argument of a law.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Argument {
    /// The word before `=`.
    pub(crate) key: Option<String>,
    /// The amount before `:`, as in `mix(95%: …)`.
    pub(crate) weight: Option<Amount>,
    /// The value.
    pub(crate) value: ArgumentValue,
    /// Where it is written.
    pub(crate) place: Place,
}

/// The value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum ArgumentValue {
    /// An amount or a law.
    Thing(Thing),
    /// A word or a path: only some families take them.
    Word(String),
}

impl Amount {
    /// In words, with its unit.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Amount::Number(_) => "a number",
            Amount::Percent(_) => "a share",
            Amount::Time(_) => "a duration",
            Amount::Rate(_) => "a rate",
            Amount::Size(_) => "a size",
            Amount::SizeRate(_) => "a rate of data",
        }
    }

    /// So many times as much.
    pub(crate) fn times(self, factor: f64) -> Amount {
        match self {
            Amount::Number(number) => Amount::Number(number * factor),
            Amount::Percent(share) => Amount::Percent(share * factor),
            Amount::Time(time) => Amount::Time(Time::ZERO + (time - Time::ZERO).scaled(factor)),
            Amount::Rate(rate) => Amount::Rate(rate * factor),
            Amount::Size(bytes) => Amount::Size(bytes * factor),
            Amount::SizeRate(rate) => Amount::SizeRate(rate * factor),
        }
    }
}

impl Thing {
    /// In words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Thing::Amount(amount) => amount.kind(),
            Thing::Law(_) => "a distribution",
        }
    }

    fn times(self, factor: f64) -> Thing {
        match self {
            Thing::Amount(amount) => Thing::Amount(amount.times(factor)),
            Thing::Law(law) => Thing::Law(Law {
                factor: law.factor * factor,
                ..law
            }),
        }
    }
}

/// What a `$name` stands for.
pub(crate) trait Params {
    /// The value of a parameter, or what is wrong with asking for it.
    fn param(&mut self, name: &str, place: Place) -> Result<Thing, Diagnostic>;
}

/// Reads a written value. `place` is that of the text itself, without quotes.
pub(crate) fn parse(
    text: &str,
    place: Place,
    params: &mut dyn Params,
) -> Result<Thing, Diagnostic> {
    // A law within a law within a law is as deep as anyone means; the limit keeps the stack safe.
    Parser {
        params,
        whole: place,
        length: text.len(),
        depth: 0,
    }
    .product(text, 0)
}

struct Parser<'a> {
    params: &'a mut dyn Params,
    whole: Place,
    length: usize,
    depth: usize,
}

impl Parser<'_> {
    /// The place of a part. Where the text in the file is not byte for byte the value (escapes,
    /// values from elsewhere), the whole is all that can be shown.
    fn place(&self, part: &str, at: usize) -> Place {
        let range = self.whole.range();
        if range.len() != self.length || part.is_empty() {
            return self.whole;
        }
        let lead = part.len() - part.trim_start().len();
        let start = range.start + at + lead;
        Place::new(self.whole.file, start..start + part.trim().len())
    }

    fn product(&mut self, text: &str, at: usize) -> Result<Thing, Diagnostic> {
        let mut product: Option<Thing> = None;
        for (start, part) in split(text, b'*') {
            let factor = self.factor(part, at + start)?;
            product = Some(match product {
                None => factor,
                Some(so_far) => multiply(so_far, factor, self.place(text, at))?,
            });
        }
        product.ok_or_else(|| nothing(self.whole))
    }

    fn factor(&mut self, part: &str, at: usize) -> Result<Thing, Diagnostic> {
        let place = self.place(part, at);
        let trimmed = part.trim();
        if trimmed.is_empty() {
            return Err(nothing(place));
        }
        if let Some(name) = trimmed.strip_prefix('$') {
            return self.params.param(name, place);
        }
        match trimmed.find('(') {
            Some(open) if trimmed.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                let Some(inside) = trimmed[open + 1..].strip_suffix(')') else {
                    let found = format!("`{trimmed}` has no closing parenthesis");
                    return Err(Diagnostic::new("E020", found).at(place));
                };
                let lead = part.len() - part.trim_start().len();
                self.law(&trimmed[..open], (inside, at + lead + open + 1), place)
            }
            _ if self.depth > 0 => amount_within(trimmed, place).map(Thing::Amount),
            _ => amount(trimmed, place).map(Thing::Amount),
        }
    }

    fn law(
        &mut self,
        family: &str,
        (inside, at): (&str, usize),
        place: Place,
    ) -> Result<Thing, Diagnostic> {
        if self.depth >= 8 {
            let found = "distributions are nested more than eight deep";
            return Err(Diagnostic::new("E020", found).at(place));
        }
        self.depth += 1;
        let mut arguments = Vec::new();
        if !inside.trim().is_empty() {
            for (start, part) in split(inside, b',') {
                arguments.push(self.argument(family.trim(), part, at + start)?);
            }
        }
        self.depth -= 1;
        Ok(Thing::Law(Law {
            family: family.trim().to_owned(),
            arguments,
            factor: 1.0,
            place,
        }))
    }

    fn argument(&mut self, family: &str, part: &str, at: usize) -> Result<Argument, Diagnostic> {
        let place = self.place(part, at);
        let (mut key, mut weight, mut value, mut start) = (None, None, part, at);
        if let Some((before, after)) = part.split_once('=').filter(|(k, _)| is_word(k.trim())) {
            key = Some(before.trim().to_owned());
            (value, start) = (after, at + before.len() + 1);
        } else if family == "mix"
            && let Some((before, after)) = part.split_once(':')
        {
            weight = match self.product(before, at)? {
                Thing::Amount(amount) => Some(amount),
                Thing::Law(law) => {
                    let found = "a share of a mix cannot be a distribution";
                    return Err(Diagnostic::new("E020", found).at(law.place));
                }
            };
            (value, start) = (after, at + before.len() + 1);
        }
        let is_path = family == "file" && (key.is_none() || key.as_deref() == Some("unit"));
        let value = if is_path {
            ArgumentValue::Word(value.trim().to_owned())
        } else {
            ArgumentValue::Thing(self.product(value, start)?)
        };
        Ok(Argument {
            key,
            weight,
            value,
            place,
        })
    }
}

fn nothing(place: Place) -> Diagnostic {
    Diagnostic::new("E020", "a value is missing").at(place)
}

fn is_word(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic())
        && characters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The parts between separators that stand outside parentheses, with where each begins.
fn split(text: &str, separator: u8) -> Vec<(usize, &str)> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ if byte == separator && depth <= 0 => {
                parts.push((start, &text[start..at]));
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push((start, &text[start..]));
    parts
}

fn multiply(left: Thing, right: Thing, place: Place) -> Result<Thing, Diagnostic> {
    let (left_kind, right_kind) = (left.kind(), right.kind());
    let product = match (left, right) {
        (Thing::Amount(Amount::Number(factor)), other) => other.times(factor),
        (other, Thing::Amount(Amount::Number(factor))) => other.times(factor),
        (Thing::Amount(Amount::Percent(share)), other) => other.times(share),
        (other, Thing::Amount(Amount::Percent(share))) => other.times(share),
        _ => {
            let found = format!("{left_kind} cannot be multiplied by {right_kind}");
            let diagnostic = Diagnostic::new("E021", found).at(place);
            return Err(diagnostic.expected("one side must be a plain number or a share"));
        }
    };
    match product {
        Thing::Amount(amount) if !is_within(amount) => {
            let diagnostic = Diagnostic::new("E022", "the product is too large").at(place);
            Err(match amount {
                Amount::Time(_) => diagnostic.expected(at_most_the_longest()),
                _ => diagnostic,
            })
        }
        product => Ok(product),
    }
}

fn is_within(amount: Amount) -> bool {
    match amount {
        Amount::Time(time) => is_near(time),
        Amount::Number(value)
        | Amount::Percent(value)
        | Amount::Rate(value)
        | Amount::Size(value)
        | Amount::SizeRate(value) => value.is_finite(),
    }
}

/// Whether an instant lies within the longest time of T+0.
fn is_near(time: Time) -> bool {
    (-LONGEST..=LONGEST).contains(&(time - Time::ZERO))
}

fn at_most_the_longest() -> String {
    format!("expected at most {}", LONGEST.written())
}

/// Reads a number with its unit; the unit decides what it is. What another tool would take is
/// named as it is written here.
pub(crate) fn amount(text: &str, place: Place) -> Result<Amount, Diagnostic> {
    read_amount(text, place).map_err(|error| match elsewhere::value(text) {
        Some(here) => error.help(format!("write \"{here}\"")),
        None => error,
    })
}

/// The same inside of a distribution, which stands in quotes as a whole.
fn amount_within(text: &str, place: Place) -> Result<Amount, Diagnostic> {
    read_amount(text, place).map_err(|error| match elsewhere::value(text) {
        Some(here) => error.help(format!("write `{here}`")),
        None => error,
    })
}

/// Whether a text is a number with its unit.
pub(crate) fn is_amount(text: &str) -> bool {
    read_amount(text, Place::default()).is_ok()
}

fn read_amount(text: &str, place: Place) -> Result<Amount, Diagnostic> {
    if let Some(percent) = text.strip_suffix('%') {
        return number(percent.trim())
            .map(|percent| Amount::Percent(percent / 100.0))
            .ok_or_else(|| not_a_value(text, place));
    }
    if let Some(data) = data(text) {
        return Ok(data);
    }
    if text.contains('/') {
        let read = Rate::parse(text).map(|rate| Amount::Rate(rate.per_second()));
        return read.map_err(|error| {
            let found = format!(
                "`{text}` is not a rate: {}",
                in_backquotes(&error.to_string())
            );
            Diagnostic::new("E020", found)
                .at(place)
                .maybe_help(error.help())
        });
    }
    if let Some(number) = number(text) {
        return Ok(Amount::Number(number));
    }
    if text.ends_with(['k', 'M', 'G']) {
        let (sign, digits) = signed(text);
        // What is not a whole count may still be a number: 0.5k.
        if let Ok(count) = Count::parse(digits) {
            return Ok(Amount::Number(sign * count.0 as f64));
        }
    }
    if !text
        .trim_start_matches(['-', '+'])
        .starts_with(|c: char| c.is_ascii_digit())
    {
        return Err(not_a_value(text, place));
    }
    let read = match Time::parse(text) {
        Ok(time) if !is_near(time) => Err(DurationError::TooLong),
        read => read,
    };
    read.map(Amount::Time).map_err(|error| {
        if error == DurationError::TooLong {
            let found = format!("`{text}` is out of range");
            let diagnostic = Diagnostic::new("E006", found).at(place);
            return diagnostic.expected(at_most_the_longest());
        }
        let found = format!(
            "`{text}` is not a value: {}",
            in_backquotes(&error.to_string())
        );
        Diagnostic::new("E020", found)
            .at(place)
            .maybe_help(error.help())
    })
}

/// An amount of data, or data per time.
fn data(text: &str) -> Option<Amount> {
    let size = Size::parse(text).map(|size| Amount::Size(size.0));
    size.or_else(|| SizeRate::parse(text).map(|rate| Amount::SizeRate(rate.0)))
}

fn not_a_value(text: &str, place: Place) -> Diagnostic {
    let found = format!("`{text}` is not a value");
    let expected = "expected a number with its unit, a distribution or a `$param`";
    Diagnostic::new("E020", found).at(place).expected(expected)
}

/// The user's words stand in backquotes everywhere.
fn in_backquotes(message: &str) -> String {
    message.replace('"', "`")
}

fn signed(text: &str) -> (f64, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// A plain finite number; digits may be grouped by underscores.
pub(crate) fn number(text: &str) -> Option<f64> {
    let digits_only =
        |c: char| c.is_ascii_digit() || matches!(c, '.' | '_' | '-' | '+' | 'e' | 'E');
    let starts_right = signed(text).1.starts_with(|c: char| c.is_ascii_digit());
    if !starts_right || !text.chars().all(digits_only) || text.ends_with(['_', '.']) {
        return None;
    }
    text.replace('_', "")
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

/// The length of time of an amount, if it is one that is not negative.
pub(crate) fn span(amount: Amount) -> Option<Span> {
    match amount {
        Amount::Time(time) if time >= Time::ZERO => Some(time.since(Time::ZERO)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::FileId;

    struct Crowd;

    impl Params for Crowd {
        fn param(&mut self, name: &str, place: Place) -> Result<Thing, Diagnostic> {
            match name {
                "crowd" => Ok(Thing::Amount(Amount::Number(1000.0))),
                "work" => Ok(Thing::Amount(Amount::Time(Time(20_000_000)))),
                _ => Err(Diagnostic::new("E011", "unknown").at(place)),
            }
        }
    }

    fn read(text: &str) -> Result<Thing, Diagnostic> {
        parse(
            text,
            Place::new(FileId::MODEL, 100..100 + text.len()),
            &mut Crowd,
        )
    }

    #[test]
    fn units_decide_what_an_amount_is() {
        let amounts = [
            ("20ms", Amount::Time(Time(20_000_000))),
            ("-2m", Amount::Time(Time(-120_000_000_000))),
            ("1h30m", Amount::Time(Time(5_400_000_000_000))),
            ("100/s", Amount::Rate(100.0)),
            ("20%", Amount::Percent(0.2)),
            ("2MB", Amount::Size(2e6)),
            ("2 * 4KiB", Amount::Size(8192.0)),
            ("10MB/s", Amount::SizeRate(1e7)),
            ("250k", Amount::Number(250_000.0)),
            ("1.2M", Amount::Number(1_200_000.0)),
            ("250_000", Amount::Number(250_000.0)),
            ("0.4 * $crowd", Amount::Number(400.0)),
            ("$work", Amount::Time(Time(20_000_000))),
            ("50% * $work", Amount::Time(Time(10_000_000))),
        ];
        for (text, amount) in amounts {
            assert_eq!(read(text), Ok(Thing::Amount(amount)), "{text}");
        }
    }

    #[test]
    fn laws_carry_their_arguments_and_places() {
        let Ok(Thing::Law(law)) = read("lognormal(mean=2 * $work, cv=1)") else {
            panic!("a law is read");
        };
        assert_eq!(law.family, "lognormal");
        let mean = Thing::Amount(Amount::Time(Time(40_000_000)));
        assert_eq!(law.arguments[0].value, ArgumentValue::Thing(mean));
        assert_eq!(law.arguments[1].key.as_deref(), Some("cv"));
        assert_eq!(law.arguments[1].place.range(), 126..130);
    }

    #[test]
    fn mixes_and_files_have_arguments_of_their_own() {
        let Ok(Thing::Law(mix)) = read("mix(95%: exp(200ms), 5%: exp(4s))") else {
            panic!("a mix is read");
        };
        assert_eq!(mix.arguments[1].weight, Some(Amount::Percent(0.05)));
        let Ok(Thing::Law(file)) = read("3 * file(times/a-b.csv, unit=ms)") else {
            panic!("a file is read");
        };
        let path = ArgumentValue::Word("times/a-b.csv".to_owned());
        assert_eq!((&file.arguments[0].value, file.factor), (&path, 3.0));
    }

    #[test]
    fn what_makes_no_sense_is_refused_at_its_place() {
        let texts = [
            "",
            "*",
            "fast",
            "20",
            "exp(20ms",
            "20ms * 3s",
            "$nobody",
            "exp(2 * )",
            "1e999",
        ];
        for text in texts {
            assert!(text == "20" || read(text).is_err(), "{text}");
        }
        let error = read("exp($nobody)").expect_err("nobody is unknown");
        assert_eq!(error.place.map(Place::range), Some(104..111));
    }
}
