//! Sources that begin anew again and again: `every`, and the `jitter` of each time.

use super::{Form, Piece};
use crate::base::time::{Span, Time};
use crate::model::arrival::reading::clipped;
use crate::model::reader::{Fields, Reader};
use crate::random::family::Distribution;
use crate::text::Diagnostic;

/// Pieces of a rate at most, and instants.
const MOST: usize = 10_000_000;

/// What `every` and `jitter` of a source make of its form.
pub(super) fn repeated<'a>(
    r: &mut Reader<'a>,
    fields: &Fields<'a>,
    form: Form,
    horizon: Time,
) -> Option<Form> {
    let every = fields.period(r, "every");
    let jitter = fields.times(r, "jitter");
    let Some(every) = every else {
        if fields.get("jitter").is_some() && fields.get("every").is_none() {
            let found = "`jitter` moves what comes again, but nothing does";
            let diagnostic = Diagnostic::new("E041", found).at(fields.key_place("jitter"));
            r.push(diagnostic.help("say how often: `every = \"1h\"`"));
        }
        return Some(form);
    };
    if jitter.is_some() && !matches!(form, Form::Crowd { .. }) {
        let found = "`jitter` fits only a `crowd` and a `burst`";
        r.push(Diagnostic::new("E041", found).at(fields.key_place("jitter")));
    }
    let place = fields.key_place("every");
    let refuse = |r: &mut Reader<'a>, found: &str, help: &str| {
        r.push(Diagnostic::new("E041", found).at(place).help(help));
        None
    };
    match form {
        Form::Flow { pieces, spacing } => {
            let end = pieces.last().map_or(Time::ZERO, |piece| piece.to);
            if end > Time::ZERO + every {
                let found = "the next time begins before this one is over";
                return refuse(r, found, "make `every` longer, or the stages shorter");
            }
            match again(&pieces, every, horizon) {
                Some(pieces) => Some(Form::Flow { pieces, spacing }),
                None => refuse(r, "it comes again too often", "make `every` longer"),
            }
        }
        Form::Crowd {
            users,
            from,
            arrive,
        } => Some(Form::Burst {
            users,
            at: from,
            every: Some(every),
            jitter,
            spread: arrive,
        }),
        Form::Instants(instants) => {
            let times = copies(Time::ZERO, every, horizon);
            let copy = |n: i64| instants.iter().map(move |at| *at + every * n);
            match (times as usize).saturating_mul(instants.len()) {
                many if many > MOST => refuse(r, "it comes again too often", "make `every` longer"),
                _ => {
                    let mut all: Vec<Time> = (0..times).flat_map(copy).collect();
                    all.sort_unstable();
                    Some(Form::Instants(all))
                }
            }
        }
        Form::Burst { .. } => refuse(r, "a burst says inside how often it comes", IN_BURST),
        Form::States { .. } | Form::Population(_) => refuse(
            r,
            "this form goes on to the end anyway",
            "leave `every` out",
        ),
    }
}

const IN_BURST: &str = "write `burst = { users = 100, at = \"0s\", every = \"1h\" }`";

/// How many copies begin before an instant.
fn copies(from: Time, every: Span, until: Time) -> i64 {
    super::bursts(from, Some(every), until)
}

/// A rate in time that begins anew every so often; nothing if that makes too many pieces.
fn again(pieces: &[Piece], every: Span, horizon: Time) -> Option<Vec<Piece>> {
    let times = copies(Time::ZERO, every, horizon);
    if (times as usize).saturating_mul(pieces.len()) > MOST {
        return None;
    }
    let copy = |n: i64| {
        pieces.iter().map(move |piece| Piece {
            from: piece.from + every * n,
            to: piece.to + every * n,
            ..*piece
        })
    };
    Some(clipped((0..times).flat_map(copy).collect(), horizon))
}

/// How late a time of a burst is on average, for what is reckoned before anything runs.
pub(super) fn mean_delay(jitter: Option<&Distribution>) -> Span {
    let mean = jitter.and_then(Distribution::mean).unwrap_or(0.0);
    Span::from_secs_f64(mean)
}
