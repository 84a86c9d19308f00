//! A source that switches between rates (semantics#arrivals): its pieces are made as it goes.
//!
//! One idea: once the stays are drawn the rate is known, so users come by inversion as anywhere.
//! A stay belongs to the source and the turn: a rate that changes moves no stay, and what an action
//! changes holds within the state under way.

use crate::base::time::Time;
use crate::engine::draws::Aside;
use crate::program::{Form, Piece, Program, Source};
use crate::random::key::{Luck, Place};

/// Where a source stands in the order of its states.
#[derive(Clone, Debug)]
pub(super) struct Switching {
    /// Where the next piece begins.
    at: Time,
    /// When the state under way ends.
    ends: Time,
    /// Turns begun.
    turns: u32,
    /// Which of the rates hold.
    rates: usize,
}

impl Switching {
    /// Before the first state.
    pub(super) fn new() -> Self {
        Self {
            at: Time::ZERO,
            ends: Time::ZERO,
            turns: 0,
            rates: 0,
        }
    }

    /// The next stretch of time with one rate; none when nobody comes any more.
    #[cold]
    pub(super) fn next(
        &mut self,
        source: &Source,
        program: &Program,
        luck: &Luck,
    ) -> Option<Piece> {
        let Form::Switching { stays, rates, .. } = &source.form else {
            unreachable!("only states make pieces as they go");
        };
        let until = program.clock.sources_end();
        while self.at <= until {
            if self.ends <= self.at {
                let law = &stays[self.turns as usize % stays.len()].law;
                let place = Place::ROOT.step(Aside::Stay as u64);
                let stay = law.span(luck.uniform(source.owner, place, self.turns));
                self.ends = Time(self.at.0.saturating_add(stay.0));
                self.turns += 1;
                continue;
            }
            let after = rates.get(self.rates + 1).map(|(from, _)| *from);
            if after.is_some_and(|after| after <= self.at) {
                self.rates += 1;
                continue;
            }
            let state = (self.turns - 1) as usize % stays.len();
            let rate = rates[self.rates].1[state];
            let (from, to) = (
                self.at,
                after.map_or(self.ends, |after| self.ends.min(after)),
            );
            self.at = to;
            return Some(Piece {
                from,
                length: to.since(from),
                rate,
                rate_end: rate,
            });
        }
        None
    }
}
