//! A line before something that has room for some: who stands in it, and how full that is.
//!
//! A task in a line awaits a number of its own. It leaves by awaiting another, so that whoever
//! gives up, times out or is stopped is out of the line before the line is told.

use crate::base::time::{Span, Time};
use crate::engine::Sim;
use crate::engine::calendar::key::{NO_EVENT, Number};
use crate::engine::lines::queue::Queue;
use crate::engine::lines::standing::{Keeping, Standing};
use crate::engine::record::gauge::Gauge;
use crate::engine::tasks::doing::Doing;
use crate::engine::tasks::population::Population;
use crate::observation::LevelId;
use crate::program::QueueOrder;

/// A line, and the gauge of what it stands before.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Line {
    queue: Queue,
    /// Since when somebody has been in it, while somebody is.
    since: Time,
    /// Σ dᵢ·tᵢ of those who wait, modulo 2⁶⁴.
    moment: u64,
    /// How full it is behind the line.
    pub(in crate::engine) gauge: Gauge,
}

impl Line {
    /// An empty line before something of this gauge.
    pub(in crate::engine) fn before(gauge: Gauge) -> Line {
        Line {
            gauge,
            ..Line::default()
        }
    }

    /// How many stand in it.
    #[inline]
    pub(in crate::engine) fn len(&self) -> u32 {
        self.queue.len()
    }

    /// Who has stood in it longest, as far as is known without a look at who has left.
    #[inline]
    pub(in crate::engine) fn front(&self) -> Option<u32> {
        self.queue.front()
    }

    /// Who has stood in it longest.
    pub(in crate::engine) fn eldest(&self, people: &Population) -> Option<u32> {
        self.queue
            .eldest(|slot, number| people.awaits(slot, number))
    }

    /// Those who stand in it, in no order that means anything.
    pub(in crate::engine) fn those(&self, people: &Population) -> Vec<u32> {
        self.queue.those(|slot, number| people.awaits(slot, number))
    }

    /// A task that awaits this number comes to the end of it.
    #[inline]
    pub(in crate::engine) fn join(&mut self, (slot, number): (u32, Number), now: Time) {
        self.fills(now);
        self.queue.join(slot, number);
        self.moment = self.moment.wrapping_add(now.0 as u64);
        self.gauge.joined();
        self.gauge.want(self.queue.len(), now);
    }

    /// The same where who is next depends on where each stands.
    pub(in crate::engine) fn join_as(
        &mut self,
        entry: (u32, Number),
        standing: Standing,
        now: Time,
    ) {
        self.fills(now);
        self.queue.join_as(entry, standing);
        self.gauge.joined();
        self.gauge.want(self.queue.len(), now);
    }

    /// Somebody joins: a line that was empty is no longer.
    #[inline]
    fn fills(&mut self, now: Time) {
        if self.queue.len() == 0 {
            self.since = now;
        }
    }

    /// Whether it was never empty for so long until now, when somebody is in it.
    pub(in crate::engine) fn stands(&self, interval: Span, now: Time) -> bool {
        now - self.since >= interval
    }

    /// Keeps those in it in another way, each where `standing` says.
    pub(in crate::engine) fn keep(
        &mut self,
        keeping: Keeping,
        people: &Population,
        standing: impl Fn(u32) -> Standing,
    ) {
        let waited = self
            .queue
            .keep(keeping, |slot, number| people.awaits(slot, number));
        for (slot, number) in waited {
            self.queue.join_as((slot, number), standing(slot));
        }
    }

    /// Somebody who stood in it by this turn awaits something else now.
    pub(in crate::engine) fn left_turn(&mut self, turn: u64, people: &Population, now: Time) {
        self.queue
            .left_turn(turn, |slot, number| people.awaits(slot, number));
        self.gauge.want(self.queue.len(), now);
    }

    /// Somebody who stood in it awaits something else now.
    #[inline]
    pub(in crate::engine) fn left(&mut self, people: &Population, now: Time) {
        self.queue.left(|slot, number| people.awaits(slot, number));
        self.moment = self.moment.wrapping_sub(now.0 as u64);
        self.gauge.want(self.queue.len(), now);
    }

    /// Takes the next out of it; `draw` gives uniform numbers for a random order.
    #[inline]
    pub(in crate::engine) fn next(
        &mut self,
        order: QueueOrder,
        people: &Population,
        draw: impl FnMut() -> f64,
        now: Time,
    ) -> Option<u32> {
        let still = |slot, number| people.awaits(slot, number);
        let next = self.queue.next(order, still, draw);
        if next.is_some() {
            self.moment = self.moment.wrapping_sub(now.0 as u64);
        }
        self.gauge.want(self.queue.len(), now);
        next
    }

    /// Takes everybody out, in the order of arrival.
    pub(in crate::engine) fn drain(&mut self, people: &Population, now: Time) -> Vec<u32> {
        self.gauge.want(0, now);
        self.moment = self.waited_so_far(now).wrapping_neg();
        self.queue.drain(|slot, number| people.awaits(slot, number))
    }

    /// Those who stand in it stand in the order of what is drawn for each.
    pub(in crate::engine) fn mix(&mut self, people: &Population, draw: impl Fn(u32) -> u64) {
        self.queue
            .mix(|slot, number| people.awaits(slot, number), draw);
    }

    /// Nanoseconds that those in it have waited so far, modulo 2⁶⁴, also those who left.
    pub(in crate::engine) fn waited_so_far(&self, now: Time) -> u64 {
        let waiting = u64::from(self.queue.len());
        waiting.wrapping_mul(now.0 as u64).wrapping_sub(self.moment)
    }

    /// Bytes in use, for the memory limit.
    pub(in crate::engine) fn bytes(&self) -> usize {
        self.queue.bytes()
    }
}

impl Sim<'_> {
    /// A user's task begins to wait in a line under this number: the line is one longer, and
    /// patience is asked for.
    pub(in crate::engine) fn wait_in_line(
        &mut self,
        slot: u32,
        (doing, number): (Doing, Number),
        length: LevelId,
    ) {
        let task = self.people.task_mut(slot);
        (task.doing, task.awaits) = (doing, number);
        self.rec.more(length, self.now);
        self.begin_wait(slot);
    }

    /// A user's task is out of the line, whatever comes now: since when it stood there.
    pub(in crate::engine) fn leave_line(&mut self, slot: u32, length: LevelId) -> Time {
        let task = self.people.task_mut(slot);
        let since = match task.doing {
            Doing::AtPool { since } | Doing::AtDoor { since } => since.get(),
            other => unreachable!("who stands in a line waits, and is not {other:?}"),
        };
        task.awaits = NO_EVENT;
        self.rec.less(length, self.now);
        self.end_wait(slot);
        since
    }
}
