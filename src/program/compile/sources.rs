//! From `[arrivals.…]` to sources.
//!
//! A rate that an action changes holds up to the instant of its effect; from there on the pieces of
//! the model after it hold. The other forms are decided before anything happens.

use super::eras::Era;
use super::index::Index;
use super::words::time;
use crate::base::table::Table;
use crate::base::time::Time;
use crate::model::Model;
use crate::model::arrival::{self, Arrivals};
use crate::program::source::Lasting;
use crate::program::{Clock, Form, Piece, Source, SourceId, Spacing};
use crate::random::key::Owner;

/// The sources of a program, with the models that hold one after the other.
pub(super) fn sources(eras: &[Era], index: &Index, clock: &Clock) -> Table<SourceId, Source> {
    let horizon = clock.horizon;
    let first = &eras[0].model;
    let source = |(name, arrivals): (&String, &Arrivals)| Source {
        journey: index.journey(&arrivals.journey),
        owner: Owner::named(&format!("arrivals {name}")),
        class: arrivals.class.as_ref().map(|name| index.class(name)),
        form: match &arrivals.form {
            arrival::Form::Flow { spacing, .. } => Form::Stream {
                pieces: with_tail(pieces(eras, name, horizon), clock),
                spacing: self::spacing(spacing),
            },
            arrival::Form::States { states, spacing } => Form::Switching {
                stays: states.iter().map(stay).collect(),
                rates: rates(eras, name),
                spacing: self::spacing(spacing),
            },
            arrival::Form::Crowd {
                users,
                from,
                arrive,
            } => Form::Crowd {
                users: *users,
                from: *from,
                arrive: arrive.sampler(),
            },
            arrival::Form::Burst {
                users,
                at,
                every,
                jitter,
                spread,
            } => {
                let every = every.filter(|every| every.nanos() > 0);
                let next = |at: &Time| every.map(|every| *at + every);
                let at = std::iter::successors(Some(*at), next).take_while(|at| *at < horizon);
                Form::Burst {
                    users: *users,
                    at: at.collect(),
                    jitter: jitter.as_ref().and_then(time),
                    spread: time(spread),
                }
            }
            arrival::Form::Instants(instants) => Form::Times(instants.clone()),
            arrival::Form::Population(users) => Form::Population { users: *users },
        },
    };
    first.arrivals.iter().map(source).collect()
}

fn stay(state: &arrival::State) -> Lasting {
    Lasting {
        law: state.stay.sampler(),
        mean: state.stay.mean().expect("a stay has a mean"),
    }
}

/// The pieces of one source as a model has them; none where it is no stream.
pub(super) fn flow(model: &Model, name: &str, clock: &Clock) -> Vec<Piece> {
    match model.arrivals.get(name).map(|source| &source.form) {
        Some(arrival::Form::Flow { pieces, .. }) => {
            let until = clock.horizon;
            let pieces = pieces.iter();
            let pieces = pieces.filter_map(|piece| clip(piece, Time::EARLIEST, until));
            with_tail(pieces.collect(), clock)
        }
        _ => Vec::new(),
    }
}

fn spacing(spacing: &arrival::Spacing) -> Spacing {
    match spacing {
        arrival::Spacing::Poisson => Spacing::Poisson,
        arrival::Spacing::Even => Spacing::Even,
        arrival::Spacing::Gaps(law) => Spacing::Gaps(law.sampler()),
    }
}

/// The pieces of one source over all eras.
fn pieces(eras: &[Era], name: &str, horizon: Time) -> Vec<Piece> {
    // An action that leaves the rate alone must not move anybody, not even by rounding.
    let mut changes: Vec<(Time, &[arrival::Piece])> = Vec::new();
    for era in eras {
        let form = era.model.arrivals.get(name).map(|arrivals| &arrivals.form);
        let Some(arrival::Form::Flow { pieces, .. }) = form else {
            panic!("the form of `{name}` was checked to stay what it is");
        };
        match changes.last() {
            None => changes.push((Time::EARLIEST, pieces)),
            Some((_, before)) if before == pieces => {}
            Some(_) => changes.push((era.at, pieces)),
        }
    }
    let ends = changes.iter().skip(1).map(|(at, _)| *at).chain([horizon]);
    let mut all = Vec::new();
    for ((from, pieces), until) in changes.iter().zip(ends) {
        let until = until.min(horizon);
        all.extend(pieces.iter().filter_map(|piece| clip(piece, *from, until)));
    }
    all
}

/// The rates of the states of one source, and from when on they hold.
fn rates(eras: &[Era], name: &str) -> Vec<(Time, Vec<f64>)> {
    let mut all: Vec<(Time, Vec<f64>)> = Vec::new();
    for era in eras {
        let form = era.model.arrivals.get(name).map(|arrivals| &arrivals.form);
        let Some(arrival::Form::States { states, .. }) = form else {
            panic!("the form of `{name}` was checked to stay what it is");
        };
        let rates: Vec<f64> = states.iter().map(|state| state.rate).collect();
        if all.last().is_none_or(|(_, before)| *before != rates) {
            all.push((era.at, rates));
        }
    }
    all
}

/// After the horizon of a steady study a source keeps the rate in force at it.
fn with_tail(mut pieces: Vec<Piece>, clock: &Clock) -> Vec<Piece> {
    if let (Some(tail), Some(last)) = (clock.tail, pieces.last().copied())
        && last.from + last.length == clock.horizon
        && last.rate_end > 0.0
    {
        pieces.push(Piece {
            from: clock.horizon,
            length: tail - clock.horizon,
            rate: last.rate_end,
            rate_end: last.rate_end,
        });
    }
    pieces
}

/// The part of a piece between two instants, if there is one.
fn clip(piece: &arrival::Piece, from: Time, until: Time) -> Option<Piece> {
    let (begin, end) = (piece.from.max(from), piece.to.min(until));
    let length = end.since(begin);
    let whole = piece.to.since(piece.from).as_secs_f64();
    let rate_at = |at: Time| {
        let part = at.since(piece.from).as_secs_f64() / whole;
        piece.rate_from + (piece.rate_to - piece.rate_from) * part
    };
    let rate = if begin == piece.from {
        piece.rate_from
    } else {
        rate_at(begin)
    };
    let rate_end = if end == piece.to {
        piece.rate_to
    } else {
        rate_at(end)
    };
    (!length.is_zero()).then_some(Piece {
        from: begin,
        length,
        rate,
        rate_end,
    })
}
