//! Who comes, and when: sources of users.
//!
//! `rate`, `stages` and rates from a file are all resolved to one piecewise-linear rate, with
//! `total` and `scale` already worked in; the other forms name how many users and when.

mod data;
pub(crate) mod layout;
pub(crate) mod reading;
mod repeating;
pub(crate) mod replay;
mod states;

use crate::base::time::{Span, Time};
use crate::random::family::Distribution;
use crate::text::Place;
use repeating::mean_delay;

/// One source of users.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrivals {
    /// The journey that its users make.
    pub journey: String,
    /// The kind of traffic that they make.
    pub class: Option<String>,
    /// How many and when; `scale` and `total` are worked in.
    pub form: Form,
    /// Where its table begins.
    pub place: Place,
}

/// How many users come, and when.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// Users at a rate that may change in time: adjoining pieces in order of time, the first from
    /// T+0, none beyond the horizon. Where no piece is, nobody comes.
    Flow {
        /// The rate in time.
        pieces: Vec<Piece>,
        /// How regular the arrivals are.
        spacing: Spacing,
    },
    /// Users at the rate of one state after the other, the first from T+0.
    States {
        /// The states, at least two.
        states: Vec<State>,
        /// How regular the arrivals are.
        spacing: Spacing,
    },
    /// Exactly so many users; the n-th comes at `from` plus its own draw of `arrive`.
    Crowd {
        /// How many.
        users: u64,
        /// The earliest possible arrival, possibly before T+0.
        from: Time,
        /// Seconds after `from`.
        arrive: Distribution,
    },
    /// So many users at once, possibly again and again until the horizon.
    Burst {
        /// How many each time.
        users: u64,
        /// The first burst.
        at: Time,
        /// From one burst to the next; once if absent.
        every: Option<Span>,
        /// Seconds that each burst is late, the next one not.
        jitter: Option<Distribution>,
        /// Seconds that each user comes after the burst's instant.
        spread: Distribution,
    },
    /// One user at each of these instants, in order of time.
    Instants(Vec<Time>),
    /// A closed population: so many users, present from T+0, each starting over when done.
    Population(u64),
}

/// A rate, and how long it lasts each time.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Users per second while it lasts.
    pub rate: f64,
    /// Seconds that it lasts, drawn each time; it has a mean.
    pub stay: Distribution,
}

/// A stretch of time in which the rate is constant or changes linearly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Piece {
    /// Begin.
    pub from: Time,
    /// End, not before `from`.
    pub to: Time,
    /// Users per second at the begin.
    pub rate_from: f64,
    /// Users per second at the end.
    pub rate_to: f64,
}

/// How regular the gaps of a flow are, before they are stretched to its rate.
#[derive(Clone, Debug, PartialEq)]
pub enum Spacing {
    /// Independent users: exponential gaps.
    Poisson,
    /// Equal gaps.
    Even,
    /// Gaps drawn from a distribution of mean 1.
    Gaps(Distribution),
}

impl Piece {
    /// Expected users of the piece.
    pub fn users(&self) -> f64 {
        (self.rate_from + self.rate_to) / 2.0 * self.to.since(self.from).as_secs_f64()
    }
}

impl Arrivals {
    /// The earliest instant at which a user of this source can come.
    pub fn begins(&self) -> Time {
        match &self.form {
            Form::Flow { pieces, .. } => pieces.first().map_or(Time::ZERO, |piece| piece.from),
            Form::Crowd { from, .. } => *from,
            Form::Burst { at, .. } => *at,
            Form::Instants(instants) => instants.first().copied().unwrap_or(Time::ZERO),
            Form::States { .. } | Form::Population(_) => Time::ZERO,
        }
    }

    /// Whether users come at a rate, so that their number is not known beforehand.
    pub fn is_stream(&self) -> bool {
        matches!(self.form, Form::Flow { .. } | Form::States { .. })
    }

    /// Users expected to come before `horizon`; a closed population counts once.
    pub fn users_expected(&self, horizon: Time) -> f64 {
        match &self.form {
            Form::Flow { pieces, .. } => pieces.iter().map(Piece::users).sum(),
            Form::States { states, .. } => {
                long_run(states) * horizon.since(Time::ZERO).as_secs_f64()
            }
            Form::Crowd { users, .. } => *users as f64,
            Form::Burst {
                users, at, every, ..
            } => *users as f64 * bursts(*at, *every, horizon) as f64,
            Form::Instants(instants) => instants
                .iter()
                .filter(|instant| **instant < horizon)
                .count() as f64,
            Form::Population(users) => *users as f64,
        }
    }
}

impl Arrivals {
    /// Users expected before an instant, by the law of their arrival; a closed population is there
    /// from the start.
    pub fn users_before(&self, until: Time) -> f64 {
        let by = |from: Time, law: &Distribution| match until > from {
            true => law.cdf(until.since(from).as_secs_f64()),
            false => 0.0,
        };
        match &self.form {
            Form::Crowd {
                users,
                from,
                arrive,
            } => *users as f64 * by(*from, arrive),
            Form::Burst {
                users,
                at,
                every,
                jitter,
                spread,
            } => some_bursts(*at + mean_delay(jitter.as_ref()), *every, until)
                .map(|(burst, many)| many * *users as f64 * by(burst, spread))
                .sum(),
            Form::Flow { .. } | Form::States { .. } | Form::Instants(_) | Form::Population(_) => {
                self.users_expected(until)
            }
        }
    }
}

/// The rate of states in the long run: that of each for the part of the time that it lasts.
pub fn long_run(states: &[State]) -> f64 {
    let mean = |state: &State| state.stay.mean().unwrap_or(0.0);
    let round: f64 = states.iter().map(mean).sum();
    let users: f64 = states.iter().map(|state| state.rate * mean(state)).sum();
    users / round
}

/// How many bursts there are before an instant.
pub fn bursts(at: Time, every: Option<Span>, until: Time) -> i64 {
    match every {
        _ if at >= until => 0,
        Some(every) if every.nanos() > 0 => (until.since(at).nanos() - 1) / every.nanos() + 1,
        _ => 1,
    }
}

/// The bursts before an instant, and how many each stands for: of very many, one for its
/// neighbours.
pub(crate) fn some_bursts(
    at: Time,
    every: Option<Span>,
    until: Time,
) -> impl Iterator<Item = (Time, f64)> {
    const MANY: i64 = 10_000;
    let all = bursts(at, every, until);
    let stride = (all / MANY).max(1);
    let every = every.unwrap_or(Span::ZERO);
    (0..all).step_by(stride as usize).map(move |n| {
        let stands_for = stride.min(all - n);
        (at + every * n, stands_for as f64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_bursts_stand_for_all() {
        let (at, until) = (Time(5), Time(1_000_005));
        let some: Vec<(Time, f64)> = some_bursts(at, Some(Span(10)), until).collect();
        assert_eq!(some.iter().map(|one| one.1 as u64).sum::<u64>(), 100_000);
        assert_eq!((some[0].0, some[1].0, some.len()), (at, Time(105), 10_000));
        let once: Vec<(Time, f64)> = some_bursts(at, None, until).collect();
        assert_eq!(once, [(at, 1.0)]);
        assert_eq!(some_bursts(at, Some(Span(10)), at).count(), 0);
    }
}
