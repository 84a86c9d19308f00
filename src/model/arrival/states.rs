//! A source that switches between rates: `states`, a Markov-modulated source.
//!
//! One idea: the source is in one state after the other, each for a time that is drawn anew, and
//! begins again with the first after the last.

use super::{Form, Spacing, State};
use crate::model::document::Node;
use crate::model::files::instants::Calendar;
use crate::model::reader::Reader;
use crate::model::table::{Kind, TableDef, key};
use crate::text::Diagnostic;

/// An entry of `states`.
pub(super) static STATE: TableDef = TableDef {
    name: "a state of a source",
    doc: "A rate, and how long it lasts each time.",
    keys: &[
        key("rate", Kind::Rate, "", "the rate while it lasts"),
        key(
            "stay",
            Kind::Times,
            "",
            "how long it lasts, drawn each time",
        ),
    ],
};

/// Turns of a source at most, so that nobody waits for states in which nobody comes.
const MOST_TURNS: f64 = 1e7;
/// States of a source at most.
const MOST_STATES: usize = 1_000;

/// Reads `states`.
pub(super) fn states<'a>(r: &mut Reader<'a>, node: &'a Node, clock: Calendar) -> Option<Form> {
    let Some(items) = node.list().filter(|items| items.len() > 1) else {
        r.wrong_kind(
            node,
            "a list of two or more, such as `[ { rate = \"20/s\", stay = \"exp(5m)\" }, { rate = \
             \"200/s\", stay = \"exp(30s)\" } ]`",
        );
        return None;
    };
    r.fits(items.len(), MOST_STATES, node.place);
    let mut states = Vec::new();
    for item in items.iter().take(MOST_STATES) {
        let fields = r.fields(item, &STATE)?;
        let rate = fields.require(r, "rate").and_then(|node| r.rate(node));
        let stay = fields.require(r, "stay").and_then(|node| r.times(node));
        let (rate, stay) = (rate?, stay?);
        if stay.mean().is_none_or(|mean| !mean.is_finite()) {
            let found = "a stay without a mean has no long-run rate";
            r.push(Diagnostic::new("E020", found).at(fields.key_place("stay")));
            return None;
        }
        states.push(State { rate, stay });
    }
    let round: f64 = states.iter().filter_map(|state| state.stay.mean()).sum();
    let turns = clock.run_for.as_secs_f64() / round * states.len() as f64;
    if turns.is_nan() || turns > MOST_TURNS {
        let found = "the states change too often";
        let diagnostic = Diagnostic::new("E006", found).at(node.place);
        r.push(diagnostic.expected("expected at most 10,000,000 changes before the end"));
        return None;
    }
    Some(Form::States {
        states,
        spacing: Spacing::Poisson,
    })
}
