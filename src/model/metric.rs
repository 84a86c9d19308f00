//! What can be asked of a simulation: `p95(login.time, 60s)`, `share(served) before 30m`.
//!
//! A metric is parsed once, with its names resolved against the model. It is printed as its author
//! spelled it, so that whoever looks a figure up finds it under what they wrote; two spellings of
//! one thing are equal, and [`Metric::normal`] is the form that all of them share. What a quantity
//! *means* stands beside it; how it is recorded is not known here.

pub(crate) mod names;
pub(crate) mod parse;
mod repair;
mod sense;
pub mod quantity;

use std::fmt;

use crate::base::time::{Span, Time};

pub use quantity::{
    MessageAspect, Nature, OutcomeOf, PoolAspect, Quantity, RecoveryAspect, RequestAspect,
    RequestsOf, RoomAspect, ServiceAspect, StepOwner, StockAspect, VisitAspect,
};

/// One figure that a replication yields, or fails to yield.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// What is computed.
    pub statistic: Statistic,
    /// From what.
    pub quantity: Quantity,
    /// Which part of it counts: `<= 2s`, `>= 5`. Only with [`Statistic::Share`].
    pub predicate: Option<Predicate>,
    /// A sliding window: the value is then that of the worst one.
    pub window: Option<Span>,
    /// Only this part of the time.
    pub within: Option<Within>,
    /// The quantity in normal form: `login.time`, `preorder.served or preorder.sold_out`.
    pub about: String,
    /// How it is written.
    pub spelling: Spelling,
}

/// How a metric is written by its author. It takes no part in comparing: `at(x, 90s)` is
/// `at(x, 1m30s)`.
#[derive(Clone, Debug, Default)]
pub struct Spelling(Option<String>);

impl PartialEq for Spelling {
    fn eq(&self, _: &Spelling) -> bool {
        true
    }
}

impl Spelling {
    /// The text of an author, its spaces in order already.
    pub(crate) fn of(text: String) -> Spelling {
        Spelling(Some(text))
    }
}

/// What is computed from a quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statistic {
    /// Average: over things for durations, over time for levels and fractions.
    Mean,
    /// Standard deviation over things.
    Sd,
    /// The ⌈q·n⌉-th of n values; the number is q, 0 to 1.
    Percentile(f64),
    /// The greatest.
    Max,
    /// The part of things (or of time, for a level with a predicate), 0 to 1.
    Share,
    /// How many.
    Count,
    /// How many per second.
    Rate,
    /// A level's integral over time.
    Total,
    /// A level at an instant.
    At(Time),
    /// How much of the error budget of a target was spent: what did not end ok ÷ what may not; the
    /// number is the target, below 1.
    BudgetSpent(f64),
    /// A figure that exists once in a replication, such as `recovery.time`.
    Value,
}

/// How a figure is compared with a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// A condition on each value of a quantity, in its unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predicate {
    /// How.
    pub comparison: Comparison,
    /// With what.
    pub limit: f64,
}

/// A part of the time, left-closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Within {
    /// From; the beginning if absent (`before`).
    pub from: Option<Time>,
    /// To.
    pub to: Time,
}

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// 0 to 1.
    Share,
    /// Things, users, units.
    Count,
    /// Things per second.
    PerSecond,
    /// Thing-seconds.
    CountSeconds,
    /// A ratio without unit, such as amplification.
    Ratio,
}

impl Unit {
    /// The unit as results documents write it.
    pub fn symbol(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Share => "share",
            Unit::Count => "count",
            Unit::PerSecond => "1/s",
            Unit::CountSeconds => "count·s",
            Unit::Ratio => "ratio",
        }
    }
}

impl Comparison {
    /// Whether `value` stands so to `limit`.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Comparison::Less => value < limit,
            Comparison::AtMost => value <= limit,
            Comparison::More => value > limit,
            Comparison::AtLeast => value >= limit,
        }
    }

    /// Whether small values meet it.
    pub fn wants_small(self) -> bool {
        matches!(self, Comparison::Less | Comparison::AtMost)
    }

    /// The sign.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::More => ">",
            Comparison::AtLeast => ">=",
        }
    }
}

impl Metric {
    /// The unit of its value.
    pub fn unit(&self) -> Unit {
        match (self.statistic, self.quantity.nature()) {
            (Statistic::Share, _) => Unit::Share,
            (Statistic::Count, _) => Unit::Count,
            (Statistic::BudgetSpent(_), _) => Unit::Ratio,
            (Statistic::Rate, _) => Unit::PerSecond,
            (Statistic::Total, _) => Unit::CountSeconds,
            (_, Nature::Durations { .. } | Nature::Instant) => Unit::Seconds,
            (_, Nature::Fraction | Nature::Chance) => Unit::Share,
            (_, Nature::Ratio) => Unit::Ratio,
            (_, Nature::Level | Nature::Events { .. }) => Unit::Count,
        }
    }

    /// Whether a smaller value is better news; of a sliding window the worst one counts.
    pub fn small_is_good(&self) -> bool {
        if matches!(self.statistic, Statistic::BudgetSpent(_)) {
            return true;
        }
        match self.predicate {
            Some(predicate) => !predicate.comparison.wants_small(),
            None => self.quantity.small_is_good(),
        }
    }
}

/// As its author wrote it, else in normal form.
impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.spelling.0 {
            Some(written) => f.write_str(written),
            None => f.write_str(&self.normal()),
        }
    }
}

impl Metric {
    /// The one form of all its spellings: the shortest names, durations in their shortest exact
    /// form (`2.5s`, `1m30s`).
    pub fn normal(&self) -> String {
        let mut inner = self.about.clone();
        if let Some(predicate) = self.predicate {
            let unit = self.quantity.value_unit();
            let limit = write_limit(predicate.limit, unit);
            inner.push_str(&format!(" {} {limit}", predicate.comparison.sign()));
        }
        match self.statistic {
            Statistic::At(time) => inner.push_str(&format!(", {}", write_time(time))),
            Statistic::BudgetSpent(target) => {
                let whose = inner.strip_suffix(".ok").or(inner.strip_suffix(".served"));
                let whose = whose.unwrap_or(&inner).to_owned();
                inner = format!("{whose}, {}", write_limit(target, Unit::Share));
            }
            _ => {
                if let Some(window) = self.window {
                    inner.push_str(&format!(", {}", write_span(window)));
                }
            }
        }
        let mut text = match self.statistic {
            Statistic::Value => inner,
            statistic => format!("{}({inner})", statistic.word()),
        };
        match self.within {
            Some(Within {
                from: Some(from),
                to,
            }) => {
                let part = format!(" between {} and {}", write_time(from), write_time(to));
                text.push_str(&part);
            }
            Some(Within { from: None, to }) => {
                text.push_str(&format!(" before {}", write_time(to)));
            }
            None => {}
        }
        text
    }
}

impl Statistic {
    /// The word that it is written with.
    pub fn word(self) -> String {
        match self {
            Statistic::Mean => "mean".to_owned(),
            Statistic::Sd => "sd".to_owned(),
            Statistic::Percentile(q) => format!("p{}", percent(q)),
            Statistic::Max => "max".to_owned(),
            Statistic::Share => "share".to_owned(),
            Statistic::Count => "count".to_owned(),
            Statistic::Rate => "rate".to_owned(),
            Statistic::Total => "total".to_owned(),
            Statistic::At(_) => "at".to_owned(),
            Statistic::BudgetSpent(_) => "budget_spent".to_owned(),
            Statistic::Value => String::new(),
        }
    }
}

/// A share as percent without the noise of the division: 0.999 → `99.9`.
fn percent(share: f64) -> String {
    let digits = format!("{:.9}", share * 100.0);
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// A duration as it would be written in a model, in its shortest exact form: `1m30s`, `2.5s`.
pub(crate) fn write_span(span: Span) -> String {
    span.written()
}

/// An instant as it would be written in a model: a duration from T+0.
pub(crate) fn write_time(time: Time) -> String {
    Span(time.nanos()).written()
}

/// A limit in its unit, as it would be written in a model.
pub(crate) fn write_limit(limit: f64, unit: Unit) -> String {
    match unit {
        Unit::Seconds => write_span(Span::from_secs_f64(limit)),
        Unit::Share => format!("{}%", percent(limit)),
        Unit::PerSecond => format!("{limit}/s"),
        Unit::Count | Unit::CountSeconds | Unit::Ratio => format!("{limit}"),
    }
}
