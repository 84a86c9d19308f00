//! How far a replication is, and what may end it: the horizon, limits, somebody who asks to stop.

use crate::base::slab::Ticket;
use crate::base::time::Time;
use crate::engine::calendar::key::MAX_SLOT;
use crate::engine::limits::{self, BETWEEN_LOOKS, Exceeded, MAX_EVENTS, Progress, Share};
use crate::engine::{Replication, Sim};
use crate::program::Program;

/// How far a replication is, and what may end it.
#[derive(Clone)]
pub(super) struct Course<'p> {
    replication: &'p Replication<'p>,
    /// The start of the clock, from T+0.
    pub(super) start: Time,
    pub(super) horizon: Time,
    pub(super) end: Time,
    /// The last instant whose events may come for now, where others part from this replication.
    pub(super) pause: Time,
    pub(super) events: u64,
    pub(super) last: Time,
    /// Turns of every `repeat`, and attempts that are tried again at once: the agenda does not see
    /// them.
    turns: u64,
    /// What counted against the limit of events at the last look: those planned, and turns.
    pub(super) spent: u64,
    /// Bytes that are in use whatever happens.
    fixed: usize,
    share: Share,
    progress: Progress,
    /// Why nothing more is done.
    given_up: Option<Exceeded>,
    /// After the horizon of a steady study: those for whom it goes on, the last of them first.
    pub(super) awaited: Option<Vec<Ticket>>,
}

impl<'p> Course<'p> {
    /// At the start of the clock.
    pub(super) fn new(
        program: &Program,
        replication: &'p Replication<'p>,
        share: Share,
    ) -> Course<'p> {
        let clock = &program.clock;
        let since = |t: Time| Time(t.0 - clock.start.0);
        let horizon = since(clock.horizon);
        Course {
            replication,
            start: clock.start,
            horizon,
            end: clock.tail.or(clock.drain).map_or(horizon, since),
            pause: Time::NEVER,
            events: 0,
            last: Time(0),
            turns: 0,
            spent: 0,
            fixed: limits::fixed(program),
            share,
            progress: Progress::default(),
            given_up: None,
            awaited: None,
        }
    }

    /// The part of the account, for the next replication.
    pub(super) fn share(self) -> Share {
        self.share
    }

    /// An instant, counted from T+0.
    pub(super) fn told(&self, at: Time) -> Time {
        Time(at.0 + self.start.0)
    }

    /// Asked now and then whether to stop.
    pub(super) fn stop(&self) -> &'p (dyn Fn() -> bool + Sync) {
        self.replication.stop
    }

    /// Why nothing more is done, if so.
    pub(super) fn given_up(&self) -> Option<Exceeded> {
        self.given_up
    }
}

impl Sim<'_> {
    /// Whether there is room for what is known beforehand.
    pub(super) fn has_room(&mut self) -> Result<(), Exceeded> {
        let needed = self.bytes() + limits::planned(self.rules.program);
        let limit = self.course.replication.limits.bytes;
        if self.course.share.set(needed) > limit {
            return Err(Exceeded::Size { needed, limit });
        }
        Ok(())
    }

    /// Looks whether a limit is reached, or somebody asked to stop.
    pub(super) fn check(&mut self) -> Result<(), Exceeded> {
        let at = Time(self.now.0 + self.course.start.0);
        let limits = self.course.replication.limits;
        if (self.course.replication.stop)() {
            return Err(Exceeded::Stopped);
        }
        self.is_frugal()?;
        let done = self.course.spent;
        let limit = limits.events.min(MAX_EVENTS);
        let there = self.people.slots() as u64;
        if let Some(events) = self
            .course
            .progress
            .exceeded(self.now, (done, there), limit)
        {
            return Err(Exceeded::Standstill { events, at });
        }
        let bytes = self.bytes();
        if self.course.share.set(bytes) > limits.bytes
            || self.people.slots() > MAX_SLOT as usize / 2
        {
            return Err(Exceeded::Memory {
                limit: limits.bytes,
                users: u64::from(self.rec.value(self.rules.users_inside())),
                at,
            });
        }
        Ok(())
    }

    /// Whether no more events were needed than are allowed. What is counted never falls, so that a
    /// look at the end alone decides; those before save time.
    pub(super) fn is_frugal(&mut self) -> Result<(), Exceeded> {
        let course = &mut self.course;
        course.spent = self.agenda.numbers().max(course.events) + course.turns;
        let limit = course.replication.limits.events.min(MAX_EVENTS);
        let at = Time(self.now.0 + course.start.0);
        match course.spent > limit {
            true => Err(Exceeded::Events { limit, at }),
            false => Ok(()),
        }
    }

    /// Looks at the limits in the middle of an event; false when nothing more is to be done.
    #[cold]
    pub(super) fn heed(&mut self) -> bool {
        self.course.given_up = self.course.given_up.or(self.check().err());
        if self.course.given_up.is_some() {
            self.pending.give_up();
        }
        self.course.given_up.is_none()
    }

    /// Another turn is taken, or another attempt sent after one that failed at once, within the
    /// present event; false when nothing more is to be done.
    #[inline]
    pub(super) fn another(&mut self) -> bool {
        self.course.turns += 1;
        !self.course.turns.is_multiple_of(BETWEEN_LOOKS as u64) || self.heed()
    }

    /// Bytes in use.
    fn bytes(&self) -> usize {
        let live = self.agenda.bytes() + self.people.bytes() + self.arrivals.bytes();
        let seen = self.rec.bytes() + self.rec.readings.bytes() + self.rec.profile.bytes();
        let there =
            self.services.bytes() + self.held.bytes() + self.pending.bytes() + self.callers.bytes();
        live + seen + there + self.course.fixed
    }
}
