//! Who comes next: every source in the order of its own instants, merged.
//!
//! A stream is made as it goes, by inverting its cumulated rate at unit-rate points (Çinlar 1975;
//! never by thinning); crowds, bursts and measured instants are sorted before the clock starts.
//! So a spike never enters the heap. Ties go by the name of the source, then by user.

mod rates;

use crate::base::math::ln_of_unit;
use crate::base::time::{Span, Time};
use crate::engine::calendar::key::newcomer_half;
use crate::engine::draws::Aside;
use crate::engine::limits::{BETWEEN_LOOKS, listed};
use crate::engine::people::switching::Switching;
use crate::program::{Form, Piece, Program, Source, SourceId, Spacing};
use crate::random::key::{Luck, Owner, Place};

/// Gaps of a Poisson stream that are made at one time: none waits for the one before, so the
/// processor works at several side by side.
const AHEAD: usize = 8;

/// A user who arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Newcomer {
    pub(in crate::engine) source: SourceId,
    pub(in crate::engine) index: u32,
}

/// All sources.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Arrivals {
    /// Nobody comes later.
    until: Time,
    live: Vec<Live>,
    /// The source whose user is next, if anybody is.
    next: usize,
    /// When that user comes, as the agenda compares it.
    half: u64,
}

/// A source under way.
#[derive(Clone, Debug)]
struct Live {
    /// When its next user comes, as the agenda compares it; never beyond the end of all sources.
    half: u64,
    index: u32,
    form: LiveForm,
}

#[derive(Clone, Debug)]
enum LiveForm {
    Stream(Stream),
    /// Instants and users, sorted.
    List(Vec<(Time, u32)>),
}

/// A stream, and what inverting it within the piece under way needs.
#[derive(Clone, Debug)]
struct Stream {
    owner: Owner,
    is_poisson: bool,
    /// Which piece is under way; beyond the last nobody comes.
    piece: usize,
    /// What makes the pieces as it goes, if they are not known before.
    switching: Option<Switching>,
    /// The cumulated rate since its beginning.
    done: f64,
    /// Gaps of unit rate, made [`AHEAD`] at one time.
    gaps: [f64; AHEAD],
    stretch: Stretch,
    /// Its rates, once they are none of the program's.
    own: Option<Box<[Piece]>>,
}

/// A piece as its inversion sees it.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// Where it begins, from the start of the clock.
    from: Time,
    /// The cumulated rate of all of it.
    whole: f64,
    /// Users per second at its beginning.
    rate: f64,
    /// By how many users per second the rate rises in a second; none where it is constant.
    slope: Option<f64>,
}

impl Arrivals {
    /// Until when users come.
    pub(in crate::engine) fn until(&self) -> Time {
        self.until
    }

    /// Makes ready for a replication; false when somebody asked to stop meanwhile.
    pub(in crate::engine) fn prepare(
        &mut self,
        program: &Program,
        luck: &Luck,
        stop: &dyn Fn() -> bool,
    ) -> bool {
        self.until = Time(program.clock.sources_end().0 - program.clock.start.0);
        self.live.clear();
        for source in program.sources.values() {
            let Some(mut live) = open(source, program, luck, stop) else {
                return false;
            };
            live.half = half(live.next(source, program, luck), self.until);
            self.live.push(live);
        }
        self.choose();
        true
    }

    /// Bytes of those who were sorted beforehand, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        let lists = self.live.iter().map(|live| match &live.form {
            LiveForm::Stream(_) => 0,
            LiveForm::List(users) => users.capacity() * size_of::<(Time, u32)>(),
        });
        lists.sum()
    }

    /// When the next user comes, as the agenda compares it (see [`newcomer_half`]).
    #[inline]
    pub(in crate::engine) fn next_half(&self) -> u64 {
        self.half
    }

    /// Takes the next user.
    #[inline]
    pub(in crate::engine) fn take(&mut self, program: &Program, luck: &Luck) -> Newcomer {
        let id = SourceId(self.next as u32);
        let live = &mut self.live[self.next];
        let index = match &live.form {
            LiveForm::Stream(_) => live.index,
            LiveForm::List(users) => users[live.index as usize].1,
        };
        live.index += 1;
        let next = live.next(&program.sources[id], program, luck);
        live.half = half(next, self.until);
        self.choose();
        Newcomer { source: id, index }
    }

    #[inline]
    fn choose(&mut self) {
        (self.next, self.half) = (0, u64::MAX);
        for (i, live) in self.live.iter().enumerate() {
            if live.half < self.half {
                (self.next, self.half) = (i, live.half);
            }
        }
    }
}

/// An instant as the agenda compares it; later than that nobody comes.
#[inline]
fn half(next: Option<Time>, until: Time) -> u64 {
    newcomer_half(next.filter(|at| *at <= until))
}

/// The place of the luck of an arrival.
const ARRIVAL_PLACE: Place = Place::ROOT.step(Aside::Arrival as u64);

/// A source at its beginning; none when somebody asked to stop.
fn open(source: &Source, program: &Program, luck: &Luck, stop: &dyn Fn() -> bool) -> Option<Live> {
    let form = match &source.form {
        Form::Stream { pieces, spacing } => {
            LiveForm::Stream(Stream::new(source, spacing, pieces.first(), program))
        }
        Form::Switching { spacing, .. } => {
            let mut switching = Switching::new();
            let first = switching.next(source, program, luck);
            let mut stream = Stream::new(source, spacing, first.as_ref(), program);
            stream.switching = Some(switching);
            LiveForm::Stream(stream)
        }
        _ => LiveForm::List(list(source, program, luck, stop)?),
    };
    Some(Live {
        half: u64::MAX,
        index: 0,
        form,
    })
}

/// The users of a source that is no stream, sorted; none when somebody asked to stop.
fn list(
    source: &Source,
    program: &Program,
    luck: &Luck,
    stop: &dyn Fn() -> bool,
) -> Option<Vec<(Time, u32)>> {
    let (start, until) = (program.clock.start, program.clock.sources_end());
    let own = |index: u32| luck.uniform(source.owner.number(index), ARRIVAL_PLACE, 0);
    let late = late_bursts(source, luck);
    let at = |index: u32| match &source.form {
        Form::Stream { .. } | Form::Switching { .. } => {
            unreachable!("a stream is made as it goes")
        }
        Form::Crowd { from, arrive, .. } => *from + arrive.span(own(index)),
        Form::Burst {
            users, at, spread, ..
        } => {
            let which = (u64::from(index) / users) as usize;
            let burst = late.get(which).copied().unwrap_or(at[which]);
            let after = spread.as_ref().map(|s| s.span(own(index)));
            after.map_or(burst, |after| burst + after)
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
        if at <= until {
            list.push((Time(at.0 - start.0), index));
        }
    }
    is_sorted(&mut list, stop).then_some(list)
}

/// When the bursts of a source come that are late by their own luck; nothing where none is.
fn late_bursts(source: &Source, luck: &Luck) -> Vec<Time> {
    let Form::Burst {
        at,
        jitter: Some(jitter),
        ..
    } = &source.form
    else {
        return Vec::new();
    };
    let place = Place::ROOT.step(Aside::Jitter as u64);
    let late = |n: u32| jitter.span(luck.uniform(source.owner, place, n));
    (0..).zip(at).map(|(n, at)| *at + late(n)).collect()
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

impl Live {
    /// When user `index` comes.
    #[inline]
    fn next(&mut self, source: &Source, program: &Program, luck: &Luck) -> Option<Time> {
        match &mut self.form {
            LiveForm::List(users) => users.get(self.index as usize).map(|user| user.0),
            LiveForm::Stream(stream) => {
                stream.done += if stream.is_poisson {
                    stream.poisson_gap(self.index, luck)
                } else {
                    gap(source, || stream.luck(self.index, luck))
                };
                if stream.done > stream.stretch.whole && !stream.goes_on(source, program, luck) {
                    return None;
                }
                Some(stream.stretch.invert(stream.done))
            }
        }
    }
}

/// The gap before the next unit-rate point of a stream that is no Poisson stream.
#[inline(never)]
fn gap(source: &Source, luck: impl Fn() -> f64) -> f64 {
    match &source.form {
        Form::Stream { spacing, .. } | Form::Switching { spacing, .. } => match spacing {
            Spacing::Poisson => unreachable!("the usual one was looked at before"),
            Spacing::Even => 1.0,
            Spacing::Gaps(gaps) => gaps.sample(luck()),
        },
        _ => unreachable!("only streams are made as they go"),
    }
}

impl Stream {
    /// A stream at the beginning of its first piece.
    fn new(source: &Source, spacing: &Spacing, first: Option<&Piece>, program: &Program) -> Self {
        Self {
            owner: source.owner,
            is_poisson: matches!(spacing, Spacing::Poisson),
            piece: 0,
            switching: None,
            done: 0.0,
            gaps: [0.0; AHEAD],
            stretch: Stretch::of(first, program.clock.start),
            own: None,
        }
    }

    /// The uniform number of a user's arrival.
    #[inline]
    fn luck(&self, index: u32, luck: &Luck) -> f64 {
        luck.uniform(self.owner.number(index), ARRIVAL_PLACE, 0)
    }

    /// The gap of unit rate before a user of a Poisson stream.
    #[inline]
    fn poisson_gap(&mut self, index: u32, luck: &Luck) -> f64 {
        let place = index as usize % AHEAD;
        if place == 0 {
            self.look_ahead(index, luck);
        }
        self.gaps[place]
    }

    /// Makes the gaps before a user and those who follow.
    #[inline(never)]
    fn look_ahead(&mut self, index: u32, luck: &Luck) {
        self.gaps = std::array::from_fn(|i| {
            let number = index.wrapping_add(i as u32);
            -ln_of_unit(self.luck(number, luck))
        });
    }

    /// Goes on to the piece with the next point; false when there is none. A point on the border
    /// belongs to the earlier piece.
    #[cold]
    fn goes_on(&mut self, source: &Source, program: &Program, luck: &Luck) -> bool {
        if let Some(switching) = &mut self.switching {
            while self.done > self.stretch.whole {
                let Some(piece) = switching.next(source, program, luck) else {
                    return false;
                };
                self.done -= self.stretch.whole;
                self.stretch = Stretch::of(Some(&piece), program.clock.start);
            }
            return true;
        }
        let Form::Stream { pieces, .. } = &source.form else {
            unreachable!("only streams are made as they go");
        };
        let own = self.own.take();
        let goes_on = self.finds(own.as_deref().unwrap_or(pieces), program.clock.start);
        self.own = own;
        goes_on
    }

    /// The piece with the next point, from the one under way on; false when there is none.
    fn finds(&mut self, pieces: &[Piece], start: Time) -> bool {
        while self.piece < pieces.len() && self.done > self.stretch.whole {
            self.done -= self.stretch.whole;
            self.piece += 1;
            self.stretch = Stretch::of(pieces.get(self.piece), start);
        }
        self.piece < pieces.len()
    }
}

impl Stretch {
    /// A piece, or what comes after the last: nobody.
    fn of(piece: Option<&Piece>, start: Time) -> Self {
        let Some(p) = piece else {
            return Self {
                from: Time(0),
                whole: f64::NEG_INFINITY,
                rate: 0.0,
                slope: None,
            };
        };
        let (rise, secs) = (p.rate_end - p.rate, p.length.as_secs_f64());
        Self {
            from: Time(p.from.0 - start.0),
            whole: (p.rate + p.rate_end) * 0.5 * secs,
            rate: p.rate,
            slope: (rise.abs() >= 1e-300).then(|| rise / secs),
        }
    }

    /// The instant at which its cumulated rate reaches `units`.
    #[inline]
    fn invert(&self, units: f64) -> Time {
        self.from + Span::from_nanos_f64(self.secs(units) * 1e9)
    }

    /// The same in seconds from its beginning.
    #[inline]
    fn secs(&self, units: f64) -> f64 {
        let Some(slope) = self.slope else {
            return units / self.rate;
        };
        let root = (self.rate * self.rate + 2.0 * slope * units)
            .max(0.0)
            .sqrt();
        2.0 * units / (self.rate + root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
            let t = Stretch::of(Some(&p), Time(0)).secs(part * whole);
            let slope = (end - rate) / secs as f64;
            let units = rate * t + 0.5 * slope * t * t;
            prop_assert!(t <= secs as f64 * (1.0 + 1e-9));
            prop_assert!((units - part * whole).abs() <= 1e-9 * whole.max(1.0));
        }
    }
}
