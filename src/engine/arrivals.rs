//! Who comes next: every source in the order of its own instants, merged.
//!
//! A stream is made as it goes, by inverting its cumulated rate at unit-rate points (Çinlar 1975;
//! never by thinning); crowds, bursts and measured instants are sorted before the clock starts.
//! So a spike never enters the heap. Ties go by the name of the source, then by user.

use crate::base::math::fast_ln;
use crate::base::table::Id;
use crate::base::time::Time;
use crate::engine::agenda::newcomer_half;
use crate::engine::limits::{BETWEEN_LOOKS, listed};
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
    /// Makes ready for a replication; false when somebody asked to stop meanwhile.
    pub(super) fn prepare(
        &mut self,
        program: &Program,
        luck: Luck,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        self.horizon = Time(program.clock.horizon.0 - program.clock.start.0);
        (self.next, self.half) = (None, u64::MAX);
        self.live.clear();
        for source in program.sources.values() {
            let Some(live) = open(source, program, luck, stop) else {
                return false;
            };
            self.live.push(live);
        }
        self.choose();
        true
    }

    /// Bytes of those who were sorted beforehand, for the memory limit.
    pub(super) fn bytes(&self) -> usize {
        let lists = self.live.iter().map(|live| match &live.form {
            LiveForm::Stream { .. } => 0,
            LiveForm::List(users) => users.capacity() * size_of::<(Time, u32)>(),
        });
        lists.sum()
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

/// A source at its beginning; none when somebody asked to stop.
fn open(source: &Source, program: &Program, luck: Luck, stop: &dyn Fn() -> bool) -> Option<Live> {
    let mut live = Live {
        next: None,
        index: 0,
        form: LiveForm::Stream {
            piece: 0,
            done: 0.0,
        },
    };
    if let Form::Stream { .. } = source.form {
        advance(&mut live, source, luck, program.clock.start);
        return Some(live);
    }
    let list = list(source, program, luck, stop)?;
    live.next = list.first().map(|user| user.0);
    live.form = LiveForm::List(list);
    Some(live)
}

/// The users of a source that is no stream, sorted; none when somebody asked to stop.
fn list(
    source: &Source,
    program: &Program,
    luck: Luck,
    stop: &dyn Fn() -> bool,
) -> Option<Vec<(Time, u32)>> {
    let (start, horizon) = (program.clock.start, program.clock.horizon);
    let own = |index: u32| luck.uniform(source.owner.number(index), arrival_place(), 0);
    let at = |index: u32| match &source.form {
        Form::Stream { .. } => unreachable!("a stream is made as it goes"),
        Form::Crowd { from, arrive, .. } => *from + arrive.span(own(index)),
        Form::Burst { users, at, spread } => {
            let burst = at[(u64::from(index) / users) as usize];
            let late = spread.as_ref().map(|s| s.span(own(index)));
            late.map_or(burst, |late| burst + late)
        }
        Form::Times(times) => times[index as usize],
        Form::Population { .. } => start,
    };
    let users = listed(&source.form) as u32;
    let mut list = Vec::with_capacity(users as usize);
    for index in 0..users {
        if (index as usize).is_multiple_of(BETWEEN_LOOKS) && stop() {
            return None;
        }
        let at = at(index);
        if at <= horizon {
            list.push((Time(at.0 - start.0), index));
        }
    }
    is_sorted(&mut list, stop).then_some(list)
}

/// Sorts a list, in pieces so that a long one can be stopped; false when somebody asked to.
fn is_sorted(list: &mut [(Time, u32)], stop: &dyn Fn() -> bool) -> bool {
    const AT_ONCE: usize = 1 << 20;
    if list.len() <= AT_ONCE {
        list.sort_unstable();
        return true;
    }
    if stop() {
        return false;
    }
    let middle = list.len() / 2;
    list.select_nth_unstable(middle);
    let (low, high) = list.split_at_mut(middle);
    is_sorted(low, stop) && is_sorted(high, stop)
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

    #[test]
    fn long_lists_are_sorted_and_can_be_stopped() {
        let mixed = |i: u32| (Time(i64::from(i.wrapping_mul(2_654_435_761) >> 7)), i);
        let mut list: Vec<(Time, u32)> = (0..(5 << 20) / 2).map(mixed).collect();
        assert!(!is_sorted(&mut list, &|| true));
        assert!(is_sorted(&mut list, &|| false));
        assert!(list.is_sorted());
    }

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
