//! The grammar of metrics and conditions.
//!
//! ```text
//! condition  = metric comparison limit [ "except" duration ]
//! metric     = statistic "(" quantity [ comparison limit ] [ "," duration ] ")" [ part ]
//!            | "availability" "(" name [ "," duration ] ")" [ part ]
//!            | "budget_spent" "(" name "," target ")" [ part ]
//!            | quantity
//! quantity   = name { "or" name }
//! part       = "between" time "and" time | "before" time
//! ```

mod budget;

use super::names::{Names, Unresolved};
use super::repair::repaired;
use super::sense::{check, running};
use super::{
    Comparison, Metric, Nature, Predicate, Quantity, Spelling, Statistic, Unit, Within,
    write_limit, write_time,
};
use crate::base::time::{Span, Time};
use crate::model::value::{self, Amount, Params, Thing};
use crate::text::nearest::suggestion;
use crate::text::{Diagnostic, Place};

/// A metric compared with a limit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Condition {
    pub(crate) metric: Metric,
    pub(crate) comparison: Comparison,
    pub(crate) limit: f64,
    pub(crate) except: Option<Span>,
    /// The whole condition as it is written, its spaces in order.
    pub(crate) written: String,
}

const STATISTICS: [&str; 11] = [
    "mean",
    "sd",
    "max",
    "share",
    "count",
    "rate",
    "total",
    "at",
    "p95",
    "availability",
    "budget_spent",
];

/// Reads a metric alone.
pub(crate) fn metric(
    text: &str,
    place: Place,
    names: &Names,
    params: &mut dyn Params,
) -> Result<Metric, Diagnostic> {
    let mut parser = Parser::new(text, place, names, params);
    let metric = parser.metric()?;
    parser.end()?;
    Ok(metric)
}

/// Reads a metric compared with a limit.
pub(crate) fn condition(
    text: &str,
    place: Place,
    names: &Names,
    params: &mut dyn Params,
) -> Result<Condition, Diagnostic> {
    let mut parser = Parser::new(text, place, names, params);
    let mut found = parser.compared()?;
    if parser.keyword("except") {
        parser.spell(" except ");
        found.except = Some(parser.duration()?);
    }
    if parser.keyword("for") {
        let found = "`for` can only stand in the trigger of an action";
        let diagnostic = Diagnostic::new("E060", found).at(parser.rest_place());
        return Err(diagnostic.help("`except 60s` allows breaches of that length"));
    }
    parser.end()?;
    found.written = parser.spelled;
    Ok(found)
}

/// Reads a condition that is looked at while a simulation runs, and how long it must hold.
pub(crate) fn trigger(
    text: &str,
    place: Place,
    names: &Names,
    params: &mut dyn Params,
) -> Result<(Condition, Span), Diagnostic> {
    let mut parser = Parser::new(text, place, names, params);
    let mut found = parser.compared()?;
    if parser.keyword("except") {
        let found = "`except` can only stand in an objective";
        let diagnostic = Diagnostic::new("E060", found).at(parser.rest_place());
        return Err(diagnostic.help("`for 60s` waits until it has held for so long"));
    }
    let lasts = match parser.keyword("for") {
        true => {
            parser.spell(" for ");
            parser.duration()?
        }
        false => Span::ZERO,
    };
    parser.end()?;
    found.written = std::mem::take(&mut parser.spelled);
    let place = parser.place;
    running(&found.metric, place)?;
    Ok((found, lasts))
}

/// Reads a metric that is read while a simulation runs.
pub(crate) fn running_metric(
    text: &str,
    place: Place,
    names: &Names,
    params: &mut dyn Params,
) -> Result<Metric, Diagnostic> {
    let found = metric(text, place, names, params)?;
    running(&found, place)?;
    Ok(found)
}

/// Whether a text is a metric.
pub(super) fn is_metric(text: &str, names: &Names, params: &mut dyn Params) -> bool {
    let mut parser = Parser::new(text, Place::default(), names, params);
    parser.unrepaired().is_ok() && parser.end().is_ok()
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    /// What was read so far as it is written, with single spaces where they belong.
    spelled: String,
    place: Place,
    names: &'a Names,
    params: &'a mut dyn Params,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, place: Place, names: &'a Names, params: &'a mut dyn Params) -> Self {
        Parser {
            text,
            at: 0,
            spelled: String::new(),
            place,
            names,
            params,
        }
    }

    /// A metric, a comparison and a limit.
    fn compared(&mut self) -> Result<Condition, Diagnostic> {
        let metric = self.metric()?;
        let Some(comparison) = self.comparison() else {
            let diagnostic = Diagnostic::new("E060", "a condition needs a comparison");
            let diagnostic = diagnostic.at(self.rest_place());
            return Err(diagnostic.expected("expected `<`, `<=`, `>` or `>=` and a limit"));
        };
        self.spell(&format!(" {} ", comparison.sign()));
        let limit = self.limit(metric.unit())?;
        Ok(Condition {
            metric,
            comparison,
            limit,
            except: None,
            written: String::new(),
        })
    }

    fn place_of(&self, from: usize, to: usize) -> Place {
        let range = self.place.range();
        if range.len() != self.text.len() || from >= to {
            return self.place;
        }
        Place::new(self.place.file, range.start + from..range.start + to)
    }

    fn rest_place(&self) -> Place {
        self.place_of(self.at, self.text.len())
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn spell(&mut self, text: &str) {
        self.spelled.push_str(text);
    }

    /// Spells a value as it is written, or what it comes to where it is computed.
    fn spell_value(&mut self, written: &str, computed: &str) {
        let words: Vec<&str> = written.split_whitespace().collect();
        match written.contains(['$', '*']) {
            true => self.spell(computed),
            false => self.spell(&words.join(" ")),
        }
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.space();
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
        }
        found
    }

    fn keyword(&mut self, word: &str) -> bool {
        self.space();
        let after = self.rest().strip_prefix(word);
        let found = after.is_some_and(|after| !after.starts_with(is_name_part));
        if found {
            self.at += word.len();
        }
        found
    }

    /// A dotted name, with where it begins.
    fn name(&mut self) -> (usize, &'a str) {
        self.space();
        let rest = self.rest();
        let length = rest.find(|c| !is_name_part(c)).unwrap_or(rest.len());
        let start = self.at;
        self.at += length;
        (start, &rest[..length])
    }

    fn end(&mut self) -> Result<(), Diagnostic> {
        self.space();
        if self.rest().is_empty() {
            return Ok(());
        }
        let found = format!("`{}` does not belong here", self.rest().trim_end());
        let diagnostic = Diagnostic::new("E060", found).at(self.rest_place());
        Err(diagnostic.help("metrics look like `p95(login.time, 60s) before 30m`"))
    }

    /// A metric; if it is none, with what may have been meant.
    fn metric(&mut self) -> Result<Metric, Diagnostic> {
        let start = self.at;
        self.unrepaired().map_err(|error| {
            if !["E060", "E061", "E063"].contains(&error.code) {
                return error;
            }
            match repaired(&self.text[start..], self.names, self.params) {
                Some(meant) if !says(&error, &meant) => {
                    error.help(format!("did you mean `{meant}`?"))
                }
                _ => error,
            }
        })
    }

    fn unrepaired(&mut self) -> Result<Metric, Diagnostic> {
        let start = self.at;
        let (name_at, name) = self.name();
        if name.is_empty() {
            let diagnostic = Diagnostic::new("E060", "a metric is missing").at(self.rest_place());
            return Err(diagnostic.expected("expected a metric such as `p95(login.time)`"));
        }
        if !self.eat("(") {
            self.at = start;
            return self.bare(name_at);
        }
        if budget::WORDS.contains(&name) {
            return self.budget(name);
        }
        let mut statistic = self.statistic(name, name_at)?;
        self.spell(&format!("{name}("));
        let (quantity, about, quantity_place) = self.quantity()?;
        let predicate = match self.comparison() {
            Some(comparison) => {
                self.spell(&format!(" {} ", comparison.sign()));
                let limit = self.limit(quantity.value_unit())?;
                Some(Predicate { comparison, limit })
            }
            None => None,
        };
        let mut window = None;
        if let Statistic::At(at) = &mut statistic {
            if !self.eat(",") {
                let diagnostic = Diagnostic::new("E060", "`at` needs an instant");
                let place = self.place_of(name_at, self.at);
                return Err(diagnostic
                    .at(place)
                    .expected("expected `at(db.queue, 30s)`"));
            }
            self.spell(", ");
            *at = self.time()?;
        } else if self.eat(",") {
            self.spell(", ");
            window = Some(self.window()?);
        }
        if !self.eat(")") {
            let diagnostic = Diagnostic::new("E060", "a closing parenthesis is missing");
            return Err(diagnostic.at(self.rest_place()));
        }
        self.spell(")");
        let within = self.within()?;
        let metric = Metric {
            statistic,
            quantity,
            predicate,
            window,
            within,
            about,
            spelling: Spelling::of(self.spelled.clone()),
        };
        check(self.names, &metric, quantity_place)?;
        Ok(metric)
    }

    fn bare(&mut self, name_at: usize) -> Result<Metric, Diagnostic> {
        let (quantity, about, place) = self.quantity()?;
        if !matches!(quantity.nature(), Nature::Instant | Nature::Chance) {
            let name = self.text[name_at..self.at].trim();
            let help = format!("write `{}({name})`", quantity.nature().usual_statistic());
            let diagnostic = Diagnostic::new("E060", format!("`{name}` has no statistic"));
            return Err(diagnostic.at(place).help(help));
        }
        let statistic = Statistic::Value;
        Ok(Metric {
            statistic,
            quantity,
            predicate: None,
            window: None,
            within: None,
            about,
            spelling: Spelling::of(self.spelled.clone()),
        })
    }

    fn statistic(&self, name: &str, at: usize) -> Result<Statistic, Diagnostic> {
        Ok(match name {
            "mean" => Statistic::Mean,
            "sd" => Statistic::Sd,
            "max" => Statistic::Max,
            "share" => Statistic::Share,
            "count" => Statistic::Count,
            "rate" => Statistic::Rate,
            "total" => Statistic::Total,
            "at" => Statistic::At(Time::ZERO),
            _ => {
                let percent = name.strip_prefix('p').filter(|digits| {
                    digits.chars().all(|c| c.is_ascii_digit() || c == '.') && digits.len() <= 9
                });
                let q = percent.and_then(|digits| format!("{digits}e-2").parse::<f64>().ok());
                match q {
                    Some(q) if q > 0.0 && q < 1.0 => Statistic::Percentile(q),
                    Some(_) => {
                        let found = format!("`{name}` is not a percentile");
                        let place = self.place_of(at, at + name.len());
                        let diagnostic = Diagnostic::new("E060", found).at(place);
                        return Err(diagnostic.expected("expected p0.001 to p99.999"));
                    }
                    None => {
                        let found = format!("`{name}` is not a statistic");
                        let place = self.place_of(at, at + name.len());
                        let help = suggestion(name, STATISTICS);
                        return Err(Diagnostic::new("E060", found).at(place).maybe_help(help));
                    }
                }
            }
        })
    }

    /// A quantity, its normal form and its place.
    fn quantity(&mut self) -> Result<(Quantity, String, Place), Diagnostic> {
        let (start, name) = self.name();
        let first = self.resolve(start, name)?;
        self.spell(name);
        let mut quantity = first;
        while self.keyword("or") {
            let (at, name) = self.name();
            self.spell(&format!(" or {name}"));
            let next = self.resolve(at, name)?;
            match (&mut quantity, next) {
                (Quantity::Outcomes(all), Quantity::Outcomes(more)) => all.extend(more),
                _ => {
                    let found = "only outcomes of users combine with `or`";
                    return Err(Diagnostic::new("E063", found).at(self.place_of(start, self.at)));
                }
            }
        }
        if let Quantity::Outcomes(outcomes) = &mut quantity {
            outcomes.sort();
            outcomes.dedup();
        }
        let about = self.names.canonical(&quantity);
        Ok((quantity, about, self.place_of(start, self.at)))
    }

    fn resolve(&self, at: usize, name: &str) -> Result<Quantity, Diagnostic> {
        let place = self.place_of(at, at + name.len());
        if name.is_empty() {
            let diagnostic = Diagnostic::new("E060", "a quantity is missing").at(place);
            return Err(diagnostic.expected("expected a name such as `login.time`"));
        }
        self.names.resolve(name).map_err(|why| match why {
            Unresolved::Unknown(near) => {
                let near: Vec<String> = near.iter().map(|name| format!("`{name}`")).collect();
                let found = format!("nothing is called `{name}`");
                let diagnostic = Diagnostic::new("E061", found).at(place);
                diagnostic.help(format!("names begin with {}", near.join(", ")))
            }
            Unresolved::NoAspect {
                thing,
                aspect,
                known,
            } => {
                let found = match aspect.as_str() {
                    "" => format!("{thing} has no figure of its own"),
                    aspect => format!("{thing} has no `{aspect}`"),
                };
                let listed = known.iter().map(|k| format!("`.{k}`")).collect::<Vec<_>>();
                let all = (!known.is_empty()).then(|| format!("it has {}", listed.join(", ")));
                Diagnostic::new("E061", found).at(place).maybe_help(all)
            }
            Unresolved::Ambiguous(all) => {
                let all: Vec<String> = all.iter().map(|name| format!("`{name}`")).collect();
                let found = format!("`{name}` fits {}", all.join(" and "));
                Diagnostic::new("E062", found)
                    .at(place)
                    .help("write one of them in full")
            }
        })
    }

    fn comparison(&mut self) -> Option<Comparison> {
        const SIGNS: [(&str, Comparison); 6] = [
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("≤", Comparison::AtMost),
            ("≥", Comparison::AtLeast),
            ("<", Comparison::Less),
            (">", Comparison::More),
        ];
        SIGNS
            .into_iter()
            .find(|(sign, _)| self.eat(sign))
            .map(|(_, comparison)| comparison)
    }

    /// A value up to the next comma, parenthesis or keyword.
    fn value(&mut self) -> Result<(Thing, Place, &'a str), Diagnostic> {
        self.space();
        let rest = self.rest();
        let keyword = [" except", " for", " between", " before", " and"];
        let ends = keyword.iter().filter_map(|word| rest.find(word));
        let signs = [',', ')', '<', '>', '≤', '≥'];
        let end = ends.chain(rest.find(signs)).min().unwrap_or(rest.len());
        let written = rest[..end].trim_end();
        let place = self.place_of(self.at, self.at + written.len());
        self.at += end;
        let thing = value::parse(written, place, self.params)?;
        Ok((thing, place, written))
    }

    fn limit(&mut self, unit: Unit) -> Result<f64, Diagnostic> {
        let (thing, place, written) = self.value()?;
        let value = match (unit, &thing) {
            (Unit::Seconds, Thing::Amount(Amount::Time(time))) => Some(time.as_secs_f64()),
            (Unit::PerSecond, Thing::Amount(Amount::Rate(rate))) => Some(*rate),
            (Unit::Share, Thing::Amount(Amount::Percent(share) | Amount::Number(share))) => {
                (0.0..=1.0).contains(share).then_some(*share)
            }
            (
                Unit::Count | Unit::CountSeconds | Unit::Ratio,
                Thing::Amount(Amount::Number(number)),
            ) => Some(*number),
            _ => None,
        };
        if let Some(value) = value {
            self.spell_value(written, &write_limit(value, unit));
        }
        value.ok_or_else(|| {
            let expected = match unit {
                Unit::Seconds => "a duration such as `2s`",
                Unit::Share => "a share such as `95%`",
                Unit::PerSecond => "a rate such as `100/s`",
                Unit::Count | Unit::CountSeconds | Unit::Ratio => "a plain number",
            };
            let diagnostic = Diagnostic::new("E064", format!("the limit `{written}` does not fit"));
            diagnostic
                .at(place)
                .expected(format!("expected {expected}"))
        })
    }

    fn time(&mut self) -> Result<Time, Diagnostic> {
        let (thing, place, written) = self.value()?;
        match thing {
            Thing::Amount(Amount::Time(time)) => {
                self.spell_value(written, &write_time(time));
                Ok(time)
            }
            _ => {
                let diagnostic = Diagnostic::new("E064", format!("`{written}` is not a time"));
                Err(diagnostic
                    .at(place)
                    .expected("expected a time such as `10m`"))
            }
        }
    }

    fn duration(&mut self) -> Result<Span, Diagnostic> {
        let from = self.at;
        let time = self.time()?;
        value::span(Amount::Time(time)).ok_or_else(|| {
            let diagnostic = Diagnostic::new("E006", "a duration cannot be negative");
            diagnostic.at(self.place_of(from, self.at))
        })
    }

    fn within(&mut self) -> Result<Option<Within>, Diagnostic> {
        let start = self.at;
        if self.keyword("before") {
            self.spell(" before ");
            return Ok(Some(Within {
                from: None,
                to: self.time()?,
            }));
        }
        if !self.keyword("between") {
            return Ok(None);
        }
        self.spell(" between ");
        let from = self.time()?;
        if !self.keyword("and") {
            let diagnostic = Diagnostic::new("E060", "`between` needs two times");
            let place = self.place_of(start, self.at);
            return Err(diagnostic
                .at(place)
                .expected("expected `between 10m and 20m`"));
        }
        self.spell(" and ");
        let to = self.time()?;
        if to <= from {
            let diagnostic = Diagnostic::new("E006", "the period ends before it begins");
            return Err(diagnostic.at(self.place_of(start, self.at)));
        }
        Ok(Some(Within {
            from: Some(from),
            to,
        }))
    }
}

/// Whether an error names a metric, or an example of one, as the cure already.
fn says(error: &Diagnostic, metric: &str) -> bool {
    let help = error.help.as_deref().unwrap_or_default();
    help.contains(&format!("`{metric}`")) || help.contains("for example")
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.')
}
