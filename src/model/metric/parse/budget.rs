//! Availability and the error budget: `availability(login)`, `budget_spent(login, 99.9%)`.
//!
//! One idea: both are of those that end well (requests `ok`, users `served`), so they are nothing
//! but other words for a share of them, held against a target.

use super::Parser;
use crate::base::time::Span;
use crate::model::metric::names::Unresolved;
use crate::model::metric::{Metric, Quantity, Spelling, Statistic, Unit};
use crate::text::Diagnostic;

/// The words that are read here.
pub(super) const WORDS: [&str; 2] = ["availability", "budget_spent"];

impl Parser<'_> {
    /// What follows one of the words and its parenthesis.
    pub(super) fn budget(&mut self, word: &str) -> Result<Metric, Diagnostic> {
        self.spell(&format!("{word}("));
        let (at, name) = self.name();
        let quantity = self.ending_well((at, name), word)?;
        self.spell(name);
        let about = self.names.canonical(&quantity);
        let (mut statistic, mut window) = (Statistic::Share, None);
        if word == "budget_spent" {
            statistic = Statistic::BudgetSpent(self.target()?);
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
        Ok(Metric {
            statistic,
            quantity,
            predicate: None,
            window,
            within,
            about,
            spelling: Spelling::of(self.spelled.clone()),
        })
    }

    /// Those of a name that end well: requests of a step or an endpoint, users of a journey.
    fn ending_well(&self, (at, name): (usize, &str), word: &str) -> Result<Quantity, Diagnostic> {
        for end in ["ok", "served"] {
            match self.names.resolve(&format!("{name}.{end}")) {
                Ok(quantity) => return Ok(quantity),
                Err(Unresolved::Ambiguous(_)) => break,
                Err(_) => {}
            }
        }
        if !name.is_empty() && self.names.resolve(name).is_err() {
            // What is wrong with the name itself says more.
            self.resolve(at, name)?;
        }
        let place = self.place_of(at, at + name.len());
        let diagnostic = Diagnostic::new("E063", format!("`{name}` has no `{word}`")).at(place);
        Err(diagnostic
            .help("name a step, an endpoint or a journey, in full where two share a name"))
    }

    /// The target of a budget.
    fn target(&mut self) -> Result<f64, Diagnostic> {
        let start = self.at;
        if !self.eat(",") {
            let diagnostic = Diagnostic::new("E060", "`budget_spent` needs a target");
            return Err(diagnostic
                .at(self.rest_place())
                .expected("expected `budget_spent(login, 99.9%)`"));
        }
        self.spell(", ");
        let target = self.limit(Unit::Share)?;
        if target >= 1.0 {
            let found = "a target of 100% leaves no budget";
            let diagnostic = Diagnostic::new("E006", found).at(self.place_of(start, self.at));
            return Err(diagnostic.expected("expected a share below it, such as `99.9%`"));
        }
        Ok(target)
    }

    /// The length of a sliding window.
    pub(super) fn window(&mut self) -> Result<Span, Diagnostic> {
        let from = self.at;
        let span = self.duration()?;
        if span.is_zero() {
            let diagnostic = Diagnostic::new("E006", "a window cannot be empty");
            return Err(diagnostic.at(self.place_of(from, self.at)));
        }
        if span.nanos() % Span::SECOND.nanos() != 0 {
            let diagnostic = Diagnostic::new("E006", "a window must be a whole number of seconds");
            let place = self.place_of(from, self.at);
            return Err(diagnostic
                .at(place)
                .expected("expected `1s`, `2s` and so on"));
        }
        Ok(span)
    }
}
