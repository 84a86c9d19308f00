//! Who comes next: every source in the order of its own instants, merged.
//!
//! A stream is made as it goes, by inverting its cumulated rate at unit-rate points (Çinlar 1975;
//! never by thinning); crowds, bursts and measured instants are sorted before the clock starts.
//! So a spike never enters the heap. Ties go by the name of the source, then by user.

use crate::base::math::fast_ln;
use crate::base::table::Id;
use crate::base::time::Time;
use crate::engine::agenda::newcomer_half;
use crate::program::{Form, Piece, Program, Source, SourceId, Spacing};
use crate::random::key::{Luck, Owner, Place};

/// The step of every user's path that holds the luck of the arrival.
const ARRIVAL: u64 = 0x6172_7269_7661_6c00;

/// A user who arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Newcomer {
    pub(super) source: SourceId,
    pub(super) index: u32,
}

/// All sources.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    horizon: Time,
    live: Vec<Live>,
    /// The source whose user is next, and when.
    next: Option<(SourceId, Time)>,
    /// The same instant as the agenda compares it.
    half: u64,
}

/// A source under way.
#[derive(Debug)]
struct Live {
    next: Option<Time>,
    index: u32,
    form: LiveForm,
}

#[derive(Debug)]
enum LiveForm {
    /// The piece, and the cumulated rate since its beginning.
    Stream { piece: usize, done: f64 },
    /// Instants and users, sorted.
    List(Vec<(Time, u32)>),
}

/// What inverting a stream needs.
struct Stream<'p> {
    owner: Owner,
    pieces: &'p [Piece],
    spacing: &'p Spacing,
    luck: Luck,
    start: Time,
}

impl Arrivals {
    /// Makes ready for a replication.
    pub(super) fn prepare(&mut self, program: &Program, luck: Luck) {
        self.horizon = Time(program.clock.horizon.0 - program.clock.start.0);
        self.live.clear();
        for source in program.sources.values() {
            let live = open(source, program, luck);
            self.live.push(live);
        }
        self.choose();
    }

    /// When the next user comes, as the agenda compares it (see [`newcomer_half`]).
    #[inline]
    pub(super) fn next_half(&self) -> u64 {
        self.half
    }

    /// Takes the next user.
    #[inline]
    pub(super) fn take(&mut self, program: &Program, luck: Luck) -> Newcomer {
        let (source, _) = self.next.expect("a user is next");
        let live = &mut self.live[source.index()];
        let index = match &live.form {
            LiveForm::Stream { .. } => live.index,
            LiveForm::List(users) => users[live.index as usize].1,
        };
        live.index += 1;
        advance(live, &program.sources[source], luck, program.clock.start);
        self.choose();
        Newcomer { source, index }
    }

    #[inline]
    fn choose(&mut self) {
        self.next = None;
        for (i, live) in self.live.iter().enumerate() {
            if let Some(at) = live.next
                && at <= self.horizon
                && self.next.is_none_or(|(_, least)| at < least)
            {
                self.next = Some((SourceId::from_index(i), at));
            }
        }
        self.half = newcomer_half(self.next.map(|(_, at)| at));
    }
}

/// The place of the luck of an arrival.
fn arrival_place() -> Place {
    Place::ROOT.step(ARRIVAL)
}

fn open(source: &Source, program: &Program, luck: Luck) -> Live {
    let (start, horizon) = (program.clock.start, program.clock.horizon);
    let own = |index: u32| luck.uniform(source.owner.number(index), arrival_place(), 0);
    let mut list = Vec::new();
    match &source.form {
        Form::Stream { .. } => {
            let form = LiveForm::Stream {
                piece: 0,
                done: 0.0,
            };
            let mut live = Live {
                next: None,
                index: 0,
                form,
            };
            advance(&mut live, source, luck, start);
            return live;
        }
        Form::Crowd {
            users,
            from,
            arrive,
        } => {
            list.extend((0..*users as u32).map(|i| (*from + arrive.span(own(i)), i)));
        }
        Form::Burst { users, at, spread } => {
            for (burst, &at) in at.iter().enumerate() {
                for i in 0..*users as u32 {
                    let index = burst as u32 * *users as u32 + i;
                    let late = spread.as_ref().map(|s| s.span(own(index)));
                    list.push((late.map_or(at, |late| at + late), index));
                }
            }
        }
        Form::Times(times) => list.extend(times.iter().copied().zip(0..)),
        Form::Population { users } => list.extend((0..*users as u32).map(|i| (start, i))),
    }
    list.retain(|&(at, _)| at <= horizon);
    for user in &mut list {
        user.0 = Time(user.0.0 - start.0);
    }
    list.sort_unstable();
    Live {
        next: list.first().map(|u| u.0),
        index: 0,
        form: LiveForm::List(list),
    }
}

#[inline]
fn advance(live: &mut Live, source: &Source, luck: Luck, start: Time) {
    match (&mut live.form, &source.form) {
        (LiveForm::List(users), _) => {
            live.next = users.get(live.index as usize).map(|u| u.0);
        }
        (LiveForm::Stream { piece, done }, Form::Stream { pieces, spacing }) => {
            let stream = Stream {
                owner: source.owner,
                pieces,
                spacing,
                luck,
                start,
            };
            live.next = stream.next(live.index, piece, done);
        }
        (LiveForm::Stream { .. }, _) => unreachable!("only streams are made as they go"),
    }
}

impl Stream<'_> {
    /// The instant of the next unit-rate point beyond `done` in `piece`.
    #[inline]
    fn next(&self, index: u32, piece: &mut usize, done: &mut f64) -> Option<Time> {
        let u = || {
            self.luck
                .uniform(self.owner.number(index), arrival_place(), 0)
        };
        *done += match self.spacing {
            Spacing::Poisson => -fast_ln(u()),
            Spacing::Even => 1.0,
            Spacing::Gaps(gaps) => gaps.sample(u()),
        };
        loop {
            let p = self.pieces.get(*piece)?;
            let whole = (p.rate + p.rate_end) * 0.5 * p.length.as_secs_f64();
            // A point on the border belongs to the earlier piece.
            if *done <= whole {
                let ns = invert(p, *done) * 1e9;
                return Some(Time(p.from.0 + ns.round() as i64 - self.start.0));
            }
            *done -= whole;
            *piece += 1;
        }
    }
}

/// The seconds after which the cumulated rate of a piece reaches `units`.
#[inline]
fn invert(piece: &Piece, units: f64) -> f64 {
    let rise = piece.rate_end - piece.rate;
    if rise.abs() < 1e-300 {
        return units / piece.rate;
    }
    let slope = rise / piece.length.as_secs_f64();
    let root = (piece.rate * piece.rate + 2.0 * slope * units)
        .max(0.0)
        .sqrt();
    2.0 * units / (piece.rate + root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Span;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn inverting_gives_back_the_cumulated_rate(
            rate in 0.0f64..100.0, end in 0.0f64..100.0, secs in 1i64..1000, part in 0.01f64..1.0
        ) {
            let p = Piece { from: Time(0), length: Span::from_secs(secs), rate, rate_end: end };
            let whole = (rate + end) * 0.5 * secs as f64;
            prop_assume!(whole > 1e-6);
            let t = invert(&p, part * whole);
            let slope = (end - rate) / secs as f64;
            let units = rate * t + 0.5 * slope * t * t;
            prop_assert!(t <= secs as f64 * (1.0 + 1e-9));
            prop_assert!((units - part * whole).abs() <= 1e-9 * whole.max(1.0));
        }
    }
}
